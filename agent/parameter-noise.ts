/**
 * @file Noise on the actor's weights, scaled by its effect on actions.
 *
 * Parameter space noise (Plappert et al. 2018, arXiv:1706.01905), adaptive variant for DDPG: one
 * perturbation an episode. The standard deviation grows by 1 % while perturbed actions differ from the
 * policy's by less than the target distance, and shrinks otherwise.
 */

import type { Rng } from "../shared/rng.ts";

const ADAPTATION = 1.01;

/** States on which the distance is measured. */
export const PROBES = 64;

export class ParameterNoise {
  /** Standard deviation of the noise. */
  std: number;
  readonly #targetDistance: number;

  /** @param targetDistance root mean square difference of perturbed and unperturbed actions; the first std too */
  constructor(targetDistance: number) {
    this.#targetDistance = targetDistance;
    this.std = targetDistance;
  }

  /** A perturbed copy of the weights. @param scale multiplier of the noise, [0, 1] */
  perturb(weights: Float32Array, scale: number, rng: Rng): Float32Array {
    return weights.map((weight) => weight + scale * this.std * rng.normal());
  }

  /** Adapts to the root mean square distance that the last perturbation caused. */
  adapt(distance: number): void {
    this.std = distance < this.#targetDistance ? this.std * ADAPTATION : this.std / ADAPTATION;
  }
}
