/** @file A goal that moves at constant speed along straight lines between goals of the task. */

import type { InteractiveArm } from "../../env/interactive-arm.ts";
import type { Rng } from "../../shared/rng.ts";
import { distance, type Vec3 } from "../../shared/vec3.ts";

export class MovingGoal {
  readonly #arm: Pick<InteractiveArm, "goal" | "drawGoal" | "setGoal">;
  readonly #speed: number;
  readonly #rng: Rng;
  #from: Vec3;
  #to: Vec3;

  /**
   * @param arm   in an episode; its goal is where the motion starts
   * @param speed m/s
   */
  constructor(arm: Pick<InteractiveArm, "goal" | "drawGoal" | "setGoal">, speed: number, rng: Rng) {
    this.#arm = arm;
    this.#speed = speed;
    this.#rng = rng;
    this.#from = arm.goal;
    this.#to = arm.drawGoal(rng);
  }

  /** Moves the arm's goal by `speed` · `seconds` metres. */
  advance(seconds: number): void {
    let remaining = this.#speed * seconds;
    for (;;) {
      const left = distance(this.#from, this.#to);
      if (remaining < left) {
        this.#from = between(this.#from, this.#to, remaining / left);
        this.#arm.setGoal(this.#from);
        return;
      }
      remaining -= left;
      this.#from = this.#to;
      this.#arm.setGoal(this.#from);
      this.#to = this.#arm.drawGoal(this.#rng);
    }
  }
}

function between(from: Vec3, to: Vec3, share: number): Vec3 {
  const at = (i: 0 | 1 | 2) => from[i] + share * (to[i] - from[i]);
  return [at(0), at(1), at(2)];
}
