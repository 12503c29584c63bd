/** @file The layout of a network's flat weight vector, and its initial weights. */

import { internal } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { elementCount, type Shape, sizeAt } from "./node.ts";

/** One matrix or vector within the flat vector, row-major. */
export interface Part {
  /**
   * `0.weight`, `0.bias`; with normalisation `0.gain`, `0.shift`; with batch normalisation also the running
   * `0.mean`, `0.variance`. Layers count from 0.
   */
  readonly name: string;
  /** Weights are [inputs, outputs]: a row vector is multiplied from the left. */
  readonly shape: Shape;
  /** Index of the first number in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

export interface MlpLayout {
  /** Sizes of the input, of each hidden layer, and of the output. */
  readonly sizes: readonly number[];
  readonly normalization: Normalization;
  readonly parts: readonly Part[];
  /** Numbers in the flat vector. */
  readonly size: number;
}

/** Normalisation of hidden layers before their activation; layer norm as in RLPD (arXiv:2302.02948). */
export type Normalization = "none" | "layer" | "batch";

/** Lays out a network: `mlpLayout([33, 64, 64, 1])` maps 33 numbers to 1 through two hidden layers of 64. */
export function mlpLayout(sizes: readonly number[], normalization: Normalization = "none"): MlpLayout {
  if (sizes.length < 2)
    throw internal(`mlpLayout: expected at least an input and an output size, got ${sizes}`);
  const parts: Part[] = [];
  let offset = 0;
  const place = (name: string, shape: Shape) => {
    const size = elementCount(shape);
    parts.push({ name, shape, offset, size });
    offset += size;
  };
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer]!, sizes[layer + 1]!];
    place(`${layer}.weight`, [inputs, outputs]);
    place(`${layer}.bias`, [outputs]);
    if (layer + 2 === sizes.length) continue;
    const kinds = { none: [], layer: ["gain", "shift"], batch: ["gain", "shift", "mean", "variance"] };
    for (const kind of kinds[normalization]) place(`${layer}.${kind}`, [outputs]);
  }
  return { sizes: [...sizes], normalization, parts, size: offset };
}

/**
 * Initial weights: uniform in ±1/√inputs for hidden layers, in ±`lastBound` for the last; gains and
 * running variances are 1, shifts and running means 0.
 *
 * As in DDPG (Lillicrap et al. 2015, arXiv:1509.02971, supplement), where the last bound is 3e-3 to keep the
 * first actions and values near 0.
 *
 * @param weights the flat vector to write to; networks that share one write to disjoint parts
 * @returns the flat vector
 */
export function initialWeights(
  layout: MlpLayout,
  rng: Rng,
  lastBound: number,
  weights = new Float32Array(layout.size),
): Float32Array {
  const lastLayer = layout.sizes.length - 2;
  for (const { name, offset, size } of layout.parts) {
    const [layer, kind] = name.split(".");
    if (kind === "shift" || kind === "mean") continue;
    if (kind === "gain" || kind === "variance") {
      weights.fill(1, offset, offset + size);
      continue;
    }
    const bound = Number(layer) === lastLayer ? lastBound : initialBound(sizeAt(layout.sizes, Number(layer)));
    for (let i = offset; i < offset + size; i++) weights[i] = rng.uniformIn(-bound, bound);
  }
  return weights;
}

/** Bound of a hidden layer's uniform initial weights, 1/√inputs. Their variance is bound²/3. */
export function initialBound(inputs: number): number {
  return 1 / Math.sqrt(inputs);
}
