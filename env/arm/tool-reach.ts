/** @file Whether an arm can bring its tool to a point: by inverse kinematics from home, within the joint limits. */

import type { ArmModel } from "./arm-model.ts";
import { InverseKinematics } from "./inverse-kinematics.ts";
import { ArmKinematics } from "./kinematics.ts";

/** Distance at which the tool is at a point, metres: a fifth of the distance at which a goal is achieved. */
const TOLERANCE = 0.01;

/** Attempts of the inverse kinematics, each from where the one before ended; points near the first axis need more than 10. */
const ROUNDS = 25;

/** The points that one arm reaches. */
export class ToolReach {
  readonly #model: ArmModel;
  readonly #inverse: InverseKinematics;
  readonly #kinematics: ArmKinematics;

  constructor(model: ArmModel) {
    this.#model = model;
    this.#inverse = new InverseKinematics(model, true);
    this.#kinematics = new ArmKinematics(model);
  }

  /** Returns whether the tool reaches a point, [3] metres; coordinates along which it cannot move are ignored. */
  reaches(target: ArrayLike<number>): boolean {
    const inverse = this.#inverse;
    let from: ArrayLike<number> = this.#model.home;
    for (let round = 0; round < ROUNDS; round++) {
      inverse.solve(from, target);
      if (this.#distance(target) < TOLERANCE) return true;
      from = inverse.angles;
    }
    return false;
  }

  #distance(target: ArrayLike<number>): number {
    this.#kinematics.update(this.#inverse.angles);
    let distance = 0;
    for (const axis of this.#model.toolAxes) {
      distance = Math.hypot(distance, target[axis]! - this.#kinematics.endEffector[axis]!);
    }
    return distance;
  }
}
