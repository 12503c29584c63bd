/** @file Computes motor torques from actions, substep by substep: action delay, control mode, motor strength. */

import type { ArmModel } from "../arm/arm-model.ts";
import type { JointState } from "../arm/joint-state.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import { ActionDelay, type PendingAction } from "./action-delay.ts";
import { type ActionMeaning, actionMeanings } from "./action-meaning.ts";
import { Control, type ControlSettings, type ControlState } from "./control.ts";

/** Saved state of a drive between two substeps; the arrays are copies. */
export interface DriveState {
  readonly substeps: number;
  readonly control: ControlState;
  readonly pendingActions: readonly PendingAction[];
}

/** The drive of one arm. */
export class ArmDrive {
  /** Meaning of ±1 in each element of an action, [A]. */
  readonly actions: readonly ActionMeaning[];
  /** Torques for the next substep, [N] N m; overwritten by `update`. */
  readonly torques: Float64Array;
  readonly #control: Control;
  readonly #delay = new ActionDelay();
  readonly #zeroAction: Float32Array;
  #strength: readonly number[];
  #isDelayed = false;
  #substeps = 0;

  constructor(model: ArmModel, settings: ControlSettings) {
    this.actions = actionMeanings(model, settings);
    this.#control = new Control(model, settings);
    this.torques = new Float64Array(model.links.length);
    this.#zeroAction = new Float32Array(this.actions.length);
    this.#strength = model.links.map(() => 1);
  }

  /** Substeps since the episode began. */
  get substeps(): number {
    return this.#substeps;
  }

  /** Force on each finger for the next substep, N; positive opens. */
  get fingerForce(): number {
    return this.#control.fingerForce;
  }

  /**
   * Starts an episode with an action of 0.
   *
   * @param kinematics    up to date with the joint angles
   * @param delaySubsteps substeps until an action takes effect
   * @param strength      factor on each motor's torque, [N]
   */
  begin(
    joints: JointState,
    kinematics: ArmKinematics,
    delaySubsteps: number,
    strength: readonly number[],
  ): void {
    this.#substeps = 0;
    this.#strength = strength;
    this.#isDelayed = delaySubsteps > 0;
    this.#delay.begin(delaySubsteps);
    this.#control.begin(this.#zeroAction, joints, kinematics);
    this.torques.fill(0);
  }

  /** Queues a copy of an action, [A] in [−1, 1]. Without delay, the kinematics must be up to date at the next `update`. */
  act(action: Float32Array): void {
    this.#delay.add(action, this.#substeps);
  }

  /** Computes the next substep's torques and finger force; updates the kinematics if a delayed action takes effect. */
  update(joints: JointState, kinematics: ArmKinematics): void {
    const action = this.#delay.takeDue(this.#substeps);
    if (action !== undefined) {
      if (this.#isDelayed) kinematics.update(joints.angles);
      this.#control.begin(action, joints, kinematics);
    }
    this.#control.update(joints);
    const { torques } = this.#control;
    for (let i = 0; i < torques.length; i++) this.torques[i] = torques[i]! * this.#strength[i]!;
    this.#substeps += 1;
  }

  saveState(): DriveState {
    return {
      substeps: this.#substeps,
      control: this.#control.saveState(),
      pendingActions: this.#delay.saveState(),
    };
  }

  /** Continues from a saved state; call `begin` with that episode's delay and strength first. */
  restoreState({ substeps, control, pendingActions }: DriveState): void {
    this.#substeps = substeps;
    this.#control.restoreState(control);
    this.#delay.restoreState(pendingActions);
  }
}
