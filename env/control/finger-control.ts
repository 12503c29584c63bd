/**
 * @file Gripper control: the last element of an action is the fingers' force, or a displacement of the fingers.
 *
 * Torque control drives the fingers by force. Under the other modes ±1 opens or closes each finger by 2 cm from
 * its current opening, like a spring: an obstacle is pressed with that share of the force limit. As in Fetch
 * and panda-gym an action of 0 exerts no force, so holding an object needs a closing action.
 */

import type { Gripper } from "../arm/arm-model.ts";
import type { JointState } from "../arm/joint-state.ts";
import { type ControlMode, OPENING_PER_UNIT } from "./action-meaning.ts";

/** Damping ratio of the fingers' position feedback. */
const DAMPING_RATIO = 0.7;

/** Saved state of a finger controller between two substeps. */
export interface FingerControlState {
  readonly force: number;
  readonly targetOpening: number;
}

/** Finger controller of one gripper. */
export class FingerControl {
  #force = 0;
  /** Metres; unused under torque control. */
  #targetOpening = 0;
  readonly #gripper: Gripper;
  readonly #byForce: boolean;
  /** N/m and N s/m. */
  readonly #stiffness: number;
  readonly #damping: number;

  constructor(gripper: Gripper, control: ControlMode) {
    const { fingers, forceLimit, damping } = gripper;
    this.#gripper = gripper;
    this.#byForce = control === "torque";
    this.#stiffness = forceLimit / OPENING_PER_UNIT;
    const totalDamping = 2 * DAMPING_RATIO * Math.sqrt(this.#stiffness * fingers[0].mass);
    this.#damping = Math.max(totalDamping - damping, 0);
  }

  /** Force on each finger for the next substep, N; positive opens. */
  get force(): number {
    return this.#force;
  }

  /** Starts a control step with the fingers' element of an action, in [−1, 1]. */
  begin(action: number, { openings }: JointState): void {
    if (this.#byForce) this.#force = action * this.#gripper.forceLimit;
    else this.#targetOpening = mean(openings) + action * OPENING_PER_UNIT;
  }

  /** Computes the force for the next substep. */
  update({ openings, openingSpeeds }: JointState): void {
    if (this.#byForce) return;
    const { forceLimit } = this.#gripper;
    const force =
      this.#stiffness * (this.#targetOpening - mean(openings)) - this.#damping * mean(openingSpeeds);
    this.#force = Math.min(Math.max(force, -forceLimit), forceLimit);
  }

  saveState(): FingerControlState {
    return { force: this.#force, targetOpening: this.#targetOpening };
  }

  restoreState({ force, targetOpening }: FingerControlState): void {
    this.#force = force;
    this.#targetOpening = targetOpening;
  }
}

function mean(pair: Float64Array): number {
  return (pair[0]! + pair[1]!) / 2;
}
