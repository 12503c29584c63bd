/**
 * @file Noise on the actor's weights, as large as moves its actions by a wanted distance.
 *
 * Parameter space noise (Plappert et al. 2018, arXiv:1706.01905), the adaptive variant for DDPG: one
 * perturbation an episode; its deviation grows by 1 % while the perturbed actions stay nearer than
 * wanted to the plain ones, and shrinks otherwise.
 */

import type { Rng } from "../shared/rng.ts";

const ADAPTION = 1.01;

/** States that the distance is measured on. */
export const PROBES = 64;

export class ParameterNoise {
  #deviation: number;
  readonly #wanted: number;

  /** @param wanted root mean square between plain and perturbed actions */
  constructor(wanted: number) {
    this.#wanted = wanted;
    this.#deviation = wanted;
  }

  get deviation(): number {
    return this.#deviation;
  }

  set deviation(deviation: number) {
    this.#deviation = deviation;
  }

  /** Perturbed weights, a new array; `left` is the share of exploration that is left. */
  perturb(weights: Float32Array, left: number, rng: Rng): Float32Array {
    return weights.map((weight) => weight + left * this.#deviation * rng.normal());
  }

  /** Adapts to the root mean square distance that the last perturbation led to. */
  adapt(distance: number): void {
    this.#deviation = distance < this.#wanted ? this.#deviation * ADAPTION : this.#deviation / ADAPTION;
  }
}
