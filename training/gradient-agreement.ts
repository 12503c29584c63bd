/** @file How far independent batches agree on where the actor should go. */

export interface GradientAgreement {
  /** Mean cosine of all pairs (Ilyas et al. 2018, arXiv:1811.02553, §2.1): 1 is one direction, 0 is noise. */
  readonly cosine: number;
  /**
   * Squared length of the true gradient over the variance of one batch's, estimated without bias: below 1 a
   * batch is mostly noise (McCandlish et al. 2018, arXiv:1812.06162: batch size over the noise scale).
   */
  readonly signalToNoise: number;
}

/** Compares gradients of independent batches, at least two. */
export function gradientAgreement(gradients: readonly Float32Array[]): GradientAgreement {
  const k = gradients.length;
  const lengths = gradients.map((gradient) => Math.sqrt(dot(gradient, gradient)));
  let products = 0;
  let cosines = 0;
  let pairs = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      const product = dot(gradients[i]!, gradients[j]!);
      products += product;
      const scale = lengths[i]! * lengths[j]!;
      cosines += scale > 0 ? product / scale : 0;
      pairs += 1;
    }
  }
  // Different batches share only the signal: their mean product is its squared length, without bias.
  const signal = products / pairs;
  const power = lengths.reduce((sum, length) => sum + length * length, 0) / k;
  const noise = power - signal;
  return { cosine: cosines / pairs, signalToNoise: noise > 0 ? Math.max(0, signal) / noise : 0 };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
