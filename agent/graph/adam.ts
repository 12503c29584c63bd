/** @file The Adam optimiser as part of the graph, on one flat vector of parameters. */

import { internal } from "../../shared/errors.ts";
import { type InputNode, type Node, sameShape, showShape } from "./node.ts";
import { add, constant, div, input, mul, type Operand, slice, sqrt, square, sub } from "./ops.ts";
import type { Carried } from "./program.ts";

export interface AdamSettings {
  /** Step size α: a number, or a scalar node for one that changes. */
  readonly learningRate: Operand;
  /** Decay of the gradient's mean; default 0.9. */
  readonly beta1?: number;
  /** Decay of the squared gradient's mean; default 0.999. */
  readonly beta2?: number;
  /** Guards the division; default 1e-8. */
  readonly epsilon?: number;
}

export interface AdamStep {
  /** The parameters after the step. */
  readonly next: Node;
  /**
   * What is to be carried: the parameters under their own name, and `<name>/sum`, `<name>/squareSum`
   * and `<name>/count`, all of which start as zeros.
   */
  readonly state: readonly Carried[];
}

/**
 * Added to every gradient, so that the sums of a dead unit's gradients stop shrinking before they are
 * too small for float32's full precision: from there on a multiplication takes forty times as long.
 * Beside ε it moves a parameter by less than α · 1e-9 a step.
 */
const LEAST_GRADIENT = 1e-18;

/**
 * One step of Adam (Kingma & Ba 2014, arXiv:1412.6980, algorithm 1).
 *
 * Instead of running means and the step count t it carries decayed sums, S ← βS + g, and how many
 * gradients such a sum amounts to, N ← βN + 1, so that S / N is the bias-corrected mean: two passes over
 * the vectors less, and float32 holds N to its last digits for any t.
 *
 * @param parameters a carried vector
 * @param gradient   the loss's derivative by it, in its shape
 */
export function adamStep(parameters: InputNode, gradient: Node, settings: AdamSettings): AdamStep {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
  const { name, shape } = parameters;
  if (!sameShape(shape, gradient.shape)) {
    throw internal(
      `adamStep: expected a gradient in the shape of ${name}, got ${showShape(gradient.shape)} for ${showShape(shape)}`,
    );
  }
  const sum = input(`${name}/sum`, shape);
  const squareSum = input(`${name}/squareSum`, shape);
  const count = input(`${name}/count`, [2]);

  const guarded = add(gradient, LEAST_GRADIENT);
  const nextSum = add(mul(sum, beta1), guarded);
  const nextSquareSum = add(mul(squareSum, beta2), square(guarded));
  const nextCount = add(mul(count, constant([beta1, beta2])), 1);
  const rootCount = sqrt(slice(nextCount, 0, 1, 2));
  // α m̂ / (√v̂ + ε) with both counts pulled out of the vectors: two numbers instead of two more passes.
  const stepSize = div(mul(rootCount, learningRate), slice(nextCount, 0, 0, 1));
  const denominator = add(sqrt(nextSquareSum), mul(rootCount, epsilon));
  const next = sub(parameters, mul(div(nextSum, denominator), stepSize));
  return {
    next,
    state: [
      { name, current: parameters, next },
      { name: sum.name, current: sum, next: nextSum },
      { name: squareSum.name, current: squareSum, next: nextSquareSum },
      { name: count.name, current: count, next: nextCount },
    ],
  };
}
