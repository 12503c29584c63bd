/** @file Agreement of the actor gradients of independent batches. */

export interface GradientAgreement {
  /** Mean cosine over all pairs (Ilyas et al. 2018, arXiv:1811.02553, §2.1): 1 is full agreement, 0 is noise. */
  readonly cosine: number;
  /**
   * Unbiased estimate of the squared norm of the true gradient over the variance of one batch's: below 1
   * a batch is mostly noise (McCandlish et al. 2018, arXiv:1812.06162: batch size over noise scale).
   */
  readonly signalToNoise: number;
}

/** Compares the gradients of at least two independent batches. */
export function gradientAgreement(gradients: readonly Float32Array[]): GradientAgreement {
  const k = gradients.length;
  const norms = gradients.map((gradient) => Math.sqrt(dot(gradient, gradient)));
  let products = 0;
  let cosines = 0;
  let pairs = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      const product = dot(gradients[i]!, gradients[j]!);
      products += product;
      const scale = norms[i]! * norms[j]!;
      cosines += scale > 0 ? product / scale : 0;
      pairs += 1;
    }
  }
  // The noise of different batches is independent, so their mean product estimates the squared signal.
  const signal = products / pairs;
  const meanSquaredNorm = norms.reduce((sum, norm) => sum + norm * norm, 0) / k;
  const noise = meanSquaredNorm - signal;
  return { cosine: cosines / pairs, signalToNoise: noise > 0 ? Math.max(0, signal) / noise : 0 };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
