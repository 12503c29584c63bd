/**
 * @file Loads Rapier: the only file that imports its packages.
 *
 * Two builds of the same version can be loaded: `compat`, and `deterministic`, which promises the same bits on
 * every platform.
 */

import type { EnvConfig } from "../shared/config.ts";
import { internal } from "../shared/errors.ts";

export type Rapier = typeof import("@dimforge/rapier3d-compat");

/** Loads and initialises a build of Rapier. Its clock stands still. */
export async function loadRapier(build: EnvConfig["physics"]): Promise<Rapier> {
  const rapier: object =
    build === "compat"
      ? await import("@dimforge/rapier3d-compat")
      : await import("@dimforge/rapier3d-deterministic-compat");
  if (!isRapier(rapier)) throw internal(`the ${build} build of Rapier lacks a member of the API`);
  await rapier.init();
  stopClock(rapier);
  return rapier;
}

/**
 * Makes a build of Rapier use a clock that stands still.
 *
 * Rapier reads the time 32 times per step for timings that are not used, even with its profiler off. It looks up
 * `performance` in its first step and keeps it.
 */
function stopClock(rapier: Rapier): void {
  const world = new rapier.World({ x: 0, y: 0, z: 0 });
  const clock = Object.getOwnPropertyDescriptor(globalThis, "performance");
  Object.defineProperty(globalThis, "performance", { value: { now: () => 0 }, configurable: true });
  try {
    world.step();
  } finally {
    if (clock === undefined) Reflect.deleteProperty(globalThis, "performance");
    else Object.defineProperty(globalThis, "performance", clock);
    world.free();
  }
}

/** The two builds have the same API, but to TypeScript their classes differ. */
function isRapier(module: object): module is Rapier {
  const used = [
    "init",
    "version",
    "World",
    "RigidBodyDesc",
    "ColliderDesc",
    "CoefficientCombineRule",
    "SerializationPipeline",
    "JointData",
    "JointAxis",
    "VectorOps",
    "RotationOps",
  ];
  return used.every((name) => name in module);
}
