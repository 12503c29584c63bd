/** @file The Adam optimiser as graph operations on one flat vector of parameters. */

import { internal } from "../../shared/errors.ts";
import { type InputNode, type Node, sameShape, showShape } from "./node.ts";
import { add, constant, div, input, mul, type Operand, slice, sqrt, square, sub } from "./ops.ts";
import type { StateUpdate } from "./program.ts";

export interface AdamSettings {
  /** Step size α: a number, or a scalar node for a schedule. */
  readonly learningRate: Operand;
  /** Decay of the gradient's mean; default 0.9. */
  readonly beta1?: number;
  /** Decay of the squared gradient's mean; default 0.999. */
  readonly beta2?: number;
  /** Guards the division; default 1e-8. */
  readonly epsilon?: number;
}

export const ADAM_DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Decayed sums of one parameter vector's gradients. */
export interface AdamState {
  /** `<name>/sum`: Σ β₁ᵏ g. */
  readonly sum: InputNode;
  /** `<name>/squareSum`: Σ β₂ᵏ g². */
  readonly squareSum: InputNode;
  /** `<name>/count`: [2], Σ β₁ᵏ and Σ β₂ᵏ. */
  readonly count: InputNode;
}

export interface AdamStep {
  /** The parameters after the step. */
  readonly parameters: Node;
  readonly state: readonly StateUpdate[];
}

/** An optimiser in the manner of optax. */
export interface Adam {
  /** Declares the state for a parameter vector; it starts as zeros. */
  readonly init: (parameters: InputNode) => AdamState;
  /** One step against the gradient. */
  readonly update: (gradient: Node, state: AdamState, parameters: Node) => AdamStep;
}

/**
 * Added to every gradient. It keeps the decayed sums of a dead unit above float32's subnormal range, where a
 * multiplication takes forty times as long. Together with ε it moves a parameter by less than α · 1e-9 a step.
 */
const GRADIENT_OFFSET = 1e-18;

/**
 * Adam (Kingma & Ba 2014, arXiv:1412.6980, algorithm 1).
 *
 * The state is decayed sums S ← βS + g and decayed counts N ← βN + 1 instead of running means and a step count:
 * S / N is the bias-corrected mean. This saves two passes over the vectors, and float32 holds N exactly enough
 * at any step.
 */
export function adam(settings: AdamSettings): Adam {
  const { learningRate, beta1, beta2, epsilon } = { ...ADAM_DEFAULTS, ...settings };
  return {
    init: ({ name, shape }) => ({
      sum: input(`${name}/sum`, shape),
      squareSum: input(`${name}/squareSum`, shape),
      count: input(`${name}/count`, [2]),
    }),
    update: (gradient, { sum, squareSum, count }, parameters) => {
      if (!sameShape(gradient.shape, parameters.shape)) {
        throw internal(
          `adam: expected a gradient of shape ${showShape(parameters.shape)}, got ${showShape(gradient.shape)}`,
        );
      }
      const offset = add(gradient, GRADIENT_OFFSET);
      const nextSum = add(mul(sum, beta1), offset);
      const nextSquareSum = add(mul(squareSum, beta2), square(offset));
      const nextCount = add(mul(count, constant([beta1, beta2])), 1);
      // α m̂ / (√v̂ + ε) with both counts factored out: two scalars instead of two more passes over the vectors.
      const rootCount = sqrt(slice(nextCount, 0, 1, 2));
      const stepSize = div(mul(rootCount, learningRate), slice(nextCount, 0, 0, 1));
      const denominator = add(sqrt(nextSquareSum), mul(rootCount, epsilon));
      return {
        parameters: sub(parameters, mul(div(nextSum, denominator), stepSize)),
        state: [
          { current: sum, next: nextSum },
          { current: squareSum, next: nextSquareSum },
          { current: count, next: nextCount },
        ],
      };
    },
  };
}

/** The direction m̂ / (√v̂ + ε) that a saved state gives one parameter: the last step was α times this. */
export function adamDirection(
  sum: number,
  squareSum: number,
  [count, squareCount]: readonly [count: number, squareCount: number],
  epsilon: number = ADAM_DEFAULTS.epsilon,
): number {
  return sum / count / (Math.sqrt(squareSum / squareCount) + epsilon);
}
