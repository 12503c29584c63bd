/**
 * @file A multi-layer perceptron whose weights are one flat vector.
 *
 * One vector for a network keeps everything about it simple: Adam and target blending are a few
 * operations on it, a checkpoint is one array, and its gradient is one node.
 */

import { internal } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { type BatchMoments, type BatchStatistics, batchNorm } from "./batch-norm.ts";
import { elementCount, type Node, type Shape, showShape, sizeAt } from "./node.ts";
import { add, layerNorm, matMul, relu, reshape, slice, tanh } from "./ops.ts";

/** One matrix or vector within the flat vector, row-major. */
export interface Part {
  /**
   * `0.weight`, `0.bias`; where layers are normalised `0.gain`, `0.shift`, and by the batch the running
   * `0.mean`, `0.variance` too. Layers count from 0.
   */
  readonly name: string;
  /** Weights are [inputs, outputs]: a row vector is multiplied from the left. */
  readonly shape: Shape;
  /** Index of its first number in the flat vector. */
  readonly offset: number;
  readonly size: number;
}

/** Where each weight of a network stands in its flat vector. */
export interface MlpLayout {
  /** Numbers into the first layer, out of each hidden one, and out of the last. */
  readonly sizes: readonly number[];
  readonly normalization: Normalization;
  readonly parts: readonly Part[];
  /** Numbers in the flat vector. */
  readonly size: number;
}

/** How hidden layers are normalised before their activation; by layer as in RLPD (arXiv:2302.02948). */
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

/** What a network makes of a batch; B rows. */
export interface MlpOutput {
  /** The last layer's sums, without activation, [B, outputs]. */
  readonly output: Node;
  /** The hidden layers, first to last. */
  readonly hidden: readonly HiddenLayer[];
  /** Of each hidden layer, where it was normalised by the batch's own moments; else empty. */
  readonly moments: readonly BatchMoments[];
}

export interface MlpOptions {
  /** Default relu. */
  readonly activation?: "relu" | "tanh";
  /** What a network of normalization `batch` goes by; default running. */
  readonly statistics?: BatchStatistics;
}

export interface HiddenLayer {
  /** What goes into the activation, after normalisation if there is one, [B, units]. */
  readonly preActivation: Node;
  /** What comes out of it, [B, units]. */
  readonly features: Node;
}

/**
 * Runs a batch through a network; the last layer is linear.
 *
 * @param parameters the flat vector, [layout.size]
 * @param x          [B, layout.sizes[0]]
 */
export function mlp(
  layout: MlpLayout,
  parameters: Node,
  x: Node,
  { activation = "relu", statistics = "running" }: MlpOptions = {},
): MlpOutput {
  if (parameters.shape.length !== 1 || parameters.shape[0] !== layout.size) {
    throw internal(`mlp: expected ${layout.size} parameters, got ${showShape(parameters.shape)}`);
  }
  const opened = new Map(layout.parts.map((part) => [part.name, open(parameters, part)]));
  const part = (name: string) => {
    const node = opened.get(name);
    if (node === undefined) throw internal(`mlp: no part is called ${name}`);
    return node;
  };
  const hidden: HiddenLayer[] = [];
  const moments: BatchMoments[] = [];
  const last = layout.sizes.length - 2;
  let features = x;
  for (let layer = 0; layer < last; layer++) {
    const sums = add(matMul(features, part(`${layer}.weight`)), part(`${layer}.bias`));
    let preActivation: Node = sums;
    if (layout.normalization === "layer") {
      preActivation = layerNorm(sums, part(`${layer}.gain`), part(`${layer}.shift`));
    } else if (layout.normalization === "batch") {
      const [gain, shift] = [part(`${layer}.gain`), part(`${layer}.shift`)];
      const running = { mean: part(`${layer}.mean`), variance: part(`${layer}.variance`) };
      const normalized = batchNorm(sums, { gain, shift, ...running }, statistics);
      preActivation = normalized.output;
      if (normalized.moments !== undefined) moments.push(normalized.moments);
    }
    features = activation === "relu" ? relu(preActivation) : tanh(preActivation);
    hidden.push({ preActivation, features });
  }
  return { output: add(matMul(features, part(`${last}.weight`)), part(`${last}.bias`)), hidden, moments };
}

function open(parameters: Node, { offset, size, shape }: Part): Node {
  const flat = slice(parameters, 0, offset, offset + size);
  return shape.length === 1 ? flat : reshape(flat, shape);
}

/**
 * First weights: uniform in ±1/√inputs for hidden layers, in ±`lastBound` for the last; gains and
 * running variances are 1, shifts and running means 0.
 *
 * As in DDPG (Lillicrap et al. 2015, arXiv:1509.02971, supplement), whose last bound is 3e-3: it keeps
 * the first actions and values near 0.
 *
 * @returns the flat vector, the caller's own
 */
export function initialWeights(layout: MlpLayout, rng: Rng, lastBound: number): Float32Array {
  const weights = new Float32Array(layout.size);
  const lastLayer = layout.sizes.length - 2;
  for (const { name, offset, size } of layout.parts) {
    const [layer, kind] = name.split(".");
    if (kind === "shift" || kind === "mean") continue;
    if (kind === "gain" || kind === "variance") {
      weights.fill(1, offset, offset + size);
      continue;
    }
    const bound =
      Number(layer) === lastLayer ? lastBound : 1 / Math.sqrt(sizeAt(layout.sizes, Number(layer)));
    for (let i = offset; i < offset + size; i++) weights[i] = rng.uniformIn(-bound, bound);
  }
  return weights;
}
