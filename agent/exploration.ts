/**
 * @file Exploration: noise on the policy's action, and now and then a random action that is held.
 *
 * HER 2017 (arXiv:1707.01495) replaces single actions by uniform ones. Here a random action is held
 * for a few steps: independent torque noise averages out over a swing (Plappert et al. 2018). The
 * Ornstein–Uhlenbeck process is DDPG 2015's, in steps of the environment.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { Rng } from "../shared/rng.ts";

export type ExplorationConfig = AgentConfig["exploration"];

/** Nothing is explored: what to add single kinds to. */
export const NO_EXPLORATION: ExplorationConfig = {
  noise: "gaussian",
  noiseScale: 0,
  ouTheta: 0.15,
  randomActionProbability: 0,
  randomActionHold: 1,
  parameterNoise: 0,
  decaySteps: 0,
  decayTo: 1,
};

/** Share of exploration that is left after some steps: linear from 1 to decayTo. */
export function explorationLeft({ decaySteps, decayTo }: ExplorationConfig, steps: number): number {
  return decaySteps === 0 ? 1 : decayTo + (1 - decayTo) * (1 - Math.min(1, steps / decaySteps));
}

export class Exploration {
  readonly #config: ExplorationConfig;
  readonly #held: Float32Array;
  readonly #drift: Float64Array;
  #left = 0;

  constructor(config: ExplorationConfig, actionSize: number) {
    this.#config = config;
    this.#held = new Float32Array(actionSize);
    this.#drift = new Float64Array(actionSize);
  }

  /** Forgets a held action and where the noise had drifted; call it before each episode. */
  begin(): void {
    this.#left = 0;
    this.#drift.fill(0);
  }

  /**
   * Replaces the policy's action in place by the one to try: noisy and clipped to [−1, 1], or random.
   *
   * @param left share of exploration that is left, [0, 1]
   */
  perturb(action: Float32Array, left: number, rng: Rng): void {
    if (this.#left === 0 && rng.uniform() < left * this.#config.randomActionProbability) this.#draw(rng);
    if (this.#left > 0) this.#hold(action);
    else if (this.#config.noise === "ou") this.#addDrift(action, left, rng);
    else {
      for (let i = 0; i < action.length; i++) {
        const noisy = action[i]! + left * this.#config.noiseScale * rng.normal();
        action[i] = Math.min(Math.max(noisy, -1), 1);
      }
    }
  }

  /** Writes a random action, held like any other: what warm-up plays before there is a policy. */
  random(action: Float32Array, rng: Rng): void {
    if (this.#left === 0) this.#draw(rng);
    this.#hold(action);
  }

  /** x ← (1 − θ) x + σ √(θ (2 − θ)) N: its deviation at rest is σ, whatever θ is. */
  #addDrift(action: Float32Array, left: number, rng: Rng): void {
    const { ouTheta, noiseScale } = this.#config;
    const kick = noiseScale * Math.sqrt(ouTheta * (2 - ouTheta));
    for (let i = 0; i < action.length; i++) {
      this.#drift[i] = (1 - ouTheta) * this.#drift[i]! + kick * rng.normal();
      action[i] = Math.min(Math.max(action[i]! + left * this.#drift[i]!, -1), 1);
    }
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
