/**
 * @file Exploration: action noise and random actions that are held for several steps.
 *
 * HER 2017 (arXiv:1707.01495) replaces single actions by uniform ones. Here a random action is held,
 * since independent torque noise averages out over a movement (Plappert et al. 2018). The
 * Ornstein–Uhlenbeck process is DDPG 2015's, in time steps of the environment.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { Rng } from "../shared/rng.ts";
import { linearDecay } from "./linear-decay.ts";

export type ExplorationConfig = AgentConfig["exploration"];

/** No exploration; spread it and override single settings. */
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

/** Multiplier of all exploration after some steps: decays linearly from 1 to decayTo. */
export function explorationScale({ decaySteps, decayTo }: ExplorationConfig, steps: number): number {
  return linearDecay(decayTo, decaySteps, steps);
}

export class Exploration {
  readonly #config: ExplorationConfig;
  /** The random action in use, and the number of steps it is still held for. */
  readonly #heldAction: Float32Array;
  #heldSteps = 0;
  /** State of the Ornstein–Uhlenbeck process. */
  readonly #ouState: Float64Array;

  constructor(config: ExplorationConfig, actionSize: number) {
    this.#config = config;
    this.#heldAction = new Float32Array(actionSize);
    this.#ouState = new Float64Array(actionSize);
  }

  /** Resets the noise; call it before each episode. */
  begin(): void {
    this.#heldSteps = 0;
    this.#ouState.fill(0);
  }

  /**
   * Replaces the policy's action in place by a noisy one, clipped to [−1, 1], or a random one.
   *
   * @param scale multiplier of noise and of the probability of random actions, [0, 1]
   */
  perturb(action: Float32Array, scale: number, rng: Rng): void {
    const { randomActionProbability, noise, noiseScale } = this.#config;
    if (this.#heldSteps === 0 && rng.uniform() < scale * randomActionProbability) this.#drawHeld(rng);
    if (this.#heldSteps > 0) this.#hold(action);
    else if (noise === "ou") this.#addOuNoise(action, scale, rng);
    else {
      for (let i = 0; i < action.length; i++) {
        action[i] = clipToOne(action[i]! + scale * noiseScale * rng.normal());
      }
    }
  }

  /** Writes a random action, held like any other; for warm-up. */
  random(action: Float32Array, rng: Rng): void {
    if (this.#heldSteps === 0) this.#drawHeld(rng);
    this.#hold(action);
  }

  /** x ← (1 − θ) x + σ √(θ (2 − θ)) N: the stationary standard deviation is σ for every θ. */
  #addOuNoise(action: Float32Array, scale: number, rng: Rng): void {
    const { ouTheta, noiseScale } = this.#config;
    const kick = noiseScale * Math.sqrt(ouTheta * (2 - ouTheta));
    for (let i = 0; i < action.length; i++) {
      this.#ouState[i] = (1 - ouTheta) * this.#ouState[i]! + kick * rng.normal();
      action[i] = clipToOne(action[i]! + scale * this.#ouState[i]!);
    }
  }

  #drawHeld(rng: Rng): void {
    for (let i = 0; i < this.#heldAction.length; i++) this.#heldAction[i] = rng.uniformIn(-1, 1);
    this.#heldSteps = 1 + rng.integer(this.#config.randomActionHold);
  }

  #hold(action: Float32Array): void {
    action.set(this.#heldAction);
    this.#heldSteps -= 1;
  }
}

function clipToOne(x: number): number {
  return Math.min(Math.max(x, -1), 1);
}
