/** @file Turns actions into joint torques and finger forces, under any of the control modes. */

import type { ArmModel } from "../arm/arm-model.ts";
import type { JointState } from "../arm/joint-state.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import type { ControlMode } from "./action-meaning.ts";
import { FingerControl, type FingerControlState } from "./finger-control.ts";
import { MotionControl, type MotionSettings, type MotionState } from "./motion-control.ts";

export interface ControlSettings extends MotionSettings {
  readonly control: ControlMode;
  /** Share of each torque limit that an action of 1 stands for under torque control. */
  readonly torqueScale: number;
}

/** Saved state of a controller between two substeps; the arrays are copies. */
export interface ControlState {
  readonly torques: Float64Array;
  /** null under torque control. */
  readonly motion: MotionState | null;
  /** null without a gripper. */
  readonly fingers: FingerControlState | null;
}

/** Controller of one arm. */
export class Control {
  /** Torques for the next substep, [N] N m, within the torque limits; overwritten by `begin` and `update`. */
  readonly torques: Float64Array;
  /** Torques for an action of 1 under torque control, [N] N m. */
  readonly #torquesPerUnit: readonly number[];
  /** null under torque control. */
  readonly #motion: MotionControl | null;
  readonly #fingers: FingerControl | null;

  constructor(model: ArmModel, settings: ControlSettings) {
    const { control, torqueScale } = settings;
    this.torques = new Float64Array(model.links.length);
    this.#torquesPerUnit = model.links.map(({ torqueLimit }) => torqueLimit * torqueScale);
    this.#motion = control === "torque" ? null : new MotionControl(model, settings, control);
    this.#fingers = model.gripper === undefined ? null : new FingerControl(model.gripper, control);
  }

  /** Force on each finger for the next substep, N; positive opens. */
  get fingerForce(): number {
    return this.#fingers?.force ?? 0;
  }

  /**
   * Starts a control step with an action.
   *
   * @param action     [A] in [−1, 1]; the fingers' element comes last
   * @param kinematics up to date with the joint angles
   */
  begin(action: Float32Array, joints: JointState, kinematics: ArmKinematics): void {
    if (this.#motion === null) {
      for (let i = 0; i < this.torques.length; i++) this.torques[i] = action[i]! * this.#torquesPerUnit[i]!;
    } else {
      this.#motion.begin(action, joints, kinematics);
    }
    this.#fingers?.begin(action[action.length - 1]!, joints);
  }

  /** Computes torques and finger force for the next substep. */
  update(joints: JointState): void {
    this.#motion?.update(joints, this.torques);
    this.#fingers?.update(joints);
  }

  saveState(): ControlState {
    return {
      torques: this.torques.slice(),
      motion: this.#motion?.saveState() ?? null,
      fingers: this.#fingers?.saveState() ?? null,
    };
  }

  /** Continues from a saved state of the same arm and control mode. */
  restoreState({ torques, motion, fingers }: ControlState): void {
    this.torques.set(torques);
    if (motion !== null) this.#motion?.restoreState(motion);
    if (fingers !== null) this.#fingers?.restoreState(fingers);
  }
}
