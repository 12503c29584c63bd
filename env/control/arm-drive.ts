/** @file From an action to the motors, substep by substep: when it takes effect, what it asks for, how strong they are. */

import type { ArmModel } from "../arm/arm-model.ts";
import type { ArmWorld } from "../arm/arm-world.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import { ActionDelay } from "./action-delay.ts";
import { type ActionMeaning, actionMeanings, Control, type ControlSettings } from "./control.ts";

/** All that a drive is between two substeps; a copy. */
export interface DriveState {
  readonly substeps: number;
  readonly control: readonly Float64Array[];
  readonly waiting: readonly { readonly due: number; readonly action: Float32Array }[];
}

/** Drives one arm. */
export class ArmDrive {
  /** What ±1 of each number of an action does, [A]. */
  readonly actions: readonly ActionMeaning[];
  /** What the motors give, [N] N m; its own, for reading. */
  readonly torques: Float64Array;
  readonly #control: Control;
  readonly #delay = new ActionDelay();
  readonly #rest: Float32Array;
  #strength: readonly number[];
  /** Whether actions take effect after the moment at which they were chosen. */
  #late = false;
  #substeps = 0;

  constructor(model: ArmModel, settings: ControlSettings) {
    this.actions = actionMeanings(model, settings);
    this.#control = new Control(model, settings);
    this.torques = new Float64Array(model.links.length);
    this.#rest = new Float32Array(this.actions.length);
    this.#strength = model.links.map(() => 1);
  }

  /** Substeps since the episode began. */
  get substeps(): number {
    return this.#substeps;
  }

  /**
   * Starts an episode at rest.
   *
   * @param kinematics    up to date with the arm's angles
   * @param delaySubsteps after which an action takes effect
   * @param strength      factor on the torque that each motor gives, [N]
   */
  begin(arm: ArmWorld, kinematics: ArmKinematics, delaySubsteps: number, strength: readonly number[]): void {
    this.#substeps = 0;
    this.#strength = strength;
    this.#late = delaySubsteps > 0;
    this.#delay.begin(delaySubsteps);
    this.#control.begin(this.#rest, arm, kinematics);
    this.torques.fill(0);
  }

  /** Takes an action, [A] in [−1, 1], chosen with the kinematics up to date; copies it. */
  act(action: Float32Array): void {
    this.#delay.choose(action, this.#substeps);
  }

  /** Lets one substep pass; brings the kinematics up to date only if an action takes effect late. */
  step(arm: ArmWorld, kinematics: ArmKinematics): void {
    const due = this.#delay.due(this.#substeps);
    if (due !== undefined) {
      if (this.#late) kinematics.update(arm.angles);
      this.#control.begin(due, arm, kinematics);
    }
    this.#control.update(arm);
    const { torques } = this.#control;
    for (let i = 0; i < torques.length; i++) this.torques[i] = torques[i]! * this.#strength[i]!;
    arm.step(this.torques, 1, this.#control.fingerForce);
    this.#substeps += 1;
  }

  saveState(): DriveState {
    return {
      substeps: this.#substeps,
      control: this.#control.numbers.map((each) => each.slice()),
      waiting: this.#delay.waiting.map(({ due, action }) => ({ due, action: action.slice() })),
    };
  }

  /** Goes on from a saved state of an episode with the same delay and strength, which `begin` was told. */
  restoreState({ substeps, control, waiting }: DriveState): void {
    this.#substeps = substeps;
    for (const [i, each] of this.#control.numbers.entries()) each.set(control[i]!);
    this.#delay.restore(waiting);
  }
}
