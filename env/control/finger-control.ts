/**
 * @file What the last number of an action means to a gripper: the force of its fingers, or how far they should go.
 *
 * Where the joints are driven by torques, fingers are driven by force. Else ±1 asks each finger to open
 * or shut by 2 cm from where it is: what is in the way is pressed with the same share of the force limit.
 * As in Fetch and panda-gym 0 asks for no way, hence no force: to hold a thing is to go on shutting.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { Gripper } from "../arm/arm-model.ts";
import type { ArmWorld } from "../arm/arm-world.ts";

/** Metres that each finger is asked to go by an action of 1, unless it is driven by force. */
export const OPENING_OF_ONE = 0.02;

/** Share of critical damping with which fingers close in on what is asked. */
const DAMPING_RATIO = 0.7;

export class FingerControl {
  /** Force for the next substep, N, and the opening asked for, metres: all that is kept, to be copied or filled. */
  readonly numbers = new Float64Array(2);
  readonly #gripper: Gripper;
  readonly #byForce: boolean;
  /** N/m and N s/m. */
  readonly #stiffness: number;
  readonly #damping: number;

  constructor(gripper: Gripper, control: EnvConfig["control"]) {
    const { fingers, forceLimit, damping } = gripper;
    this.#gripper = gripper;
    this.#byForce = control === "torque";
    this.#stiffness = forceLimit / OPENING_OF_ONE;
    const wanted = 2 * DAMPING_RATIO * Math.sqrt(this.#stiffness * fingers[0].mass);
    this.#damping = Math.max(wanted - damping, 0);
  }

  /** On each finger for the next substep, N; positive opens. */
  get force(): number {
    return this.numbers[0]!;
  }

  /** Takes a number in [−1, 1] at the beginning of a control step. */
  begin(action: number, arm: ArmWorld): void {
    if (this.#byForce) this.numbers[0] = action * this.#gripper.forceLimit;
    else this.numbers[1] = meanOf(arm.openings) + action * OPENING_OF_ONE;
  }

  /** Computes the force for the next substep from where the fingers are now. */
  update(arm: ArmWorld): void {
    if (this.#byForce) return;
    const { forceLimit } = this.#gripper;
    const force =
      this.#stiffness * (this.numbers[1]! - meanOf(arm.openings)) - this.#damping * meanOf(arm.openingSpeeds);
    this.numbers[0] = Math.min(Math.max(force, -forceLimit), forceLimit);
  }
}

function meanOf(pair: Float64Array): number {
  return (pair[0]! + pair[1]!) / 2;
}
