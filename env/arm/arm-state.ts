/** @file What is saved of an arm, and of an environment with one: plain data, for going on later bit for bit. */

import type { RngState } from "../../shared/rng.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { BodyHandle } from "../body.ts";
import type { DriveState } from "../control/arm-drive.ts";

/** All that an arm and what stands about it are at one moment. */
export interface ArmState {
  /** Rapier's bytes. */
  readonly snapshot: Uint8Array;
  /** Whose bodies are whose in it. */
  readonly links: readonly BodyHandle[];
  readonly fingers: readonly BodyHandle[];
  readonly objects: readonly BodyHandle[];
  readonly substeps: number;
  readonly push: { readonly link: number; readonly force: Vec3; readonly moment: Vec3 };
  readonly numbers: readonly (Float64Array | Float32Array)[];
}

/** How far an environment has come: no episode yet, one that runs or is over, or nothing more to come. */
export type Phase = "new" | "running" | "over" | "disposed";

/**
 * An environment at one moment, with all that what comes depends on. Made by `saveState`, for
 * `restoreState` of an environment of the same settings, in this process or after a structured clone's
 * journey to another; its fields are nobody else's business.
 */
export interface EnvState {
  /** Environment, build of Rapier and settings that it is a state of. */
  readonly of: string;
  readonly arm: ArmState | null;
  readonly rng: RngState;
  readonly phase: Phase;
  readonly counters: readonly [steps: number, stepsAtLimits: number, seed: number, episode: number];
  readonly goals: readonly [achieved: Float32Array, desired: Float32Array];
  readonly actions: readonly Float32Array[];
  readonly drive: DriveState;
}
