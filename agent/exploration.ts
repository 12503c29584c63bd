/**
 * @file Exploration: Gaussian noise on the policy's action, and now and then a random action that is held.
 *
 * HER 2017 (arXiv:1707.01495) replaces single actions by uniform ones. Here a random action is held
 * for a few steps: independent torque noise averages out over a swing (Plappert et al. 2018).
 */

import type { AgentConfig } from "../shared/config.ts";
import type { Rng } from "../shared/rng.ts";

export type ExplorationConfig = AgentConfig["exploration"];

export class Exploration {
  readonly #config: ExplorationConfig;
  readonly #held: Float32Array;
  #left = 0;

  constructor(config: ExplorationConfig, actionSize: number) {
    this.#config = config;
    this.#held = new Float32Array(actionSize);
  }

  /** Forgets a held action; call it before each episode. */
  begin(): void {
    this.#left = 0;
  }

  /** Replaces the policy's action in place by the one to try: noisy and clipped to [−1, 1], or random. */
  perturb(action: Float32Array, rng: Rng): void {
    if (this.#left === 0 && rng.uniform() < this.#config.randomActionProbability) this.#draw(rng);
    if (this.#left > 0) this.#hold(action);
    else {
      for (let i = 0; i < action.length; i++) {
        const noisy = action[i]! + this.#config.noiseScale * rng.normal();
        action[i] = Math.min(Math.max(noisy, -1), 1);
      }
    }
  }

  /** Writes a random action, held like any other: what warm-up plays before there is a policy. */
  random(action: Float32Array, rng: Rng): void {
    if (this.#left === 0) this.#draw(rng);
    this.#hold(action);
  }

  #draw(rng: Rng): void {
    for (let i = 0; i < this.#held.length; i++) this.#held[i] = rng.uniformIn(-1, 1);
    this.#left = 1 + rng.integer(this.#config.randomActionHold);
  }

  #hold(action: Float32Array): void {
    action.set(this.#held);
    this.#left -= 1;
  }
}
