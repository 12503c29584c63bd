/**
 * @file A multi-layer perceptron whose weights are one flat vector.
 *
 * One vector for a network keeps everything about it simple: Adam and target blending are a few
 * operations on it, a checkpoint is one array, and its gradient is one node.
 */

import { internal } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { elementCount, type Node, type Shape, showShape, sizeAt } from "./node.ts";
import { add, layerNorm, matMul, relu, reshape, slice, tanh } from "./ops.ts";

/** One matrix or vector within the flat vector, row-major. */
export interface Part {
  /** `0.weight`, `0.bias`, and with layer norm `0.gain`, `0.shift`; layers count from 0. */
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
  readonly layerNorm: boolean;
  readonly parts: readonly Part[];
  /** Numbers in the flat vector. */
  readonly size: number;
}

export interface MlpOptions {
  /** Whether hidden layers are normalised before their activation, as in RLPD (arXiv:2302.02948); default false. */
  readonly layerNorm?: boolean;
}

/** Lays out a network: `mlpLayout([33, 64, 64, 1])` maps 33 numbers to 1 through two hidden layers of 64. */
export function mlpLayout(sizes: readonly number[], { layerNorm = false }: MlpOptions = {}): MlpLayout {
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
    if (layerNorm && layer + 2 < sizes.length) {
      place(`${layer}.gain`, [outputs]);
      place(`${layer}.shift`, [outputs]);
    }
  }
  return { sizes: [...sizes], layerNorm, parts, size: offset };
}

/** What a network makes of a batch; B rows. */
export interface MlpOutput {
  /** The last layer's sums, without activation, [B, outputs]. */
  readonly output: Node;
  /** The hidden layers, first to last. */
  readonly hidden: readonly HiddenLayer[];
}

export interface HiddenLayer {
  /** What goes into the activation, after layer norm if there is one, [B, units]. */
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
  activation: "relu" | "tanh" = "relu",
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
  const last = layout.sizes.length - 2;
  let features = x;
  for (let layer = 0; layer < last; layer++) {
    const sums = add(matMul(features, part(`${layer}.weight`)), part(`${layer}.bias`));
    const preActivation = layout.layerNorm
      ? layerNorm(sums, part(`${layer}.gain`), part(`${layer}.shift`))
      : sums;
    features = activation === "relu" ? relu(preActivation) : tanh(preActivation);
    hidden.push({ preActivation, features });
  }
  return { output: add(matMul(features, part(`${last}.weight`)), part(`${last}.bias`)), hidden };
}

function open(parameters: Node, { offset, size, shape }: Part): Node {
  const flat = slice(parameters, 0, offset, offset + size);
  return shape.length === 1 ? flat : reshape(flat, shape);
}

/**
 * First weights: uniform in ±1/√inputs for hidden layers, in ±`lastBound` for the last; gains are 1, shifts 0.
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
    if (kind === "shift") continue;
    if (kind === "gain") {
      weights.fill(1, offset, offset + size);
      continue;
    }
    const bound =
      Number(layer) === lastLayer ? lastBound : 1 / Math.sqrt(sizeAt(layout.sizes, Number(layer)));
    for (let i = offset; i < offset + size; i++) weights[i] = rng.uniformIn(-bound, bound);
  }
  return weights;
}
