/**
 * @file A multi-layer perceptron whose weights are one flat vector.
 *
 * With one vector per network, Adam and target blending are a few operations, a checkpoint is one array, and the
 * gradient is one node.
 */

import { internal } from "../../shared/errors.ts";
import { type BatchMoments, type BatchStatistics, batchNorm } from "./batch-norm.ts";
import type { MlpLayout, Part } from "./mlp-layout.ts";
import { type Node, showShape } from "./node.ts";
import { add, layerNorm, matMul, relu, reshape, slice, tanh } from "./ops.ts";

/** A forward pass; B rows. */
export interface MlpOutput {
  /** [B, outputs] of the last layer, which is linear. */
  readonly output: Node;
  /** The hidden layers, first to last. */
  readonly hidden: readonly HiddenLayer[];
  /** Batch moments of each hidden layer; empty without batch statistics. */
  readonly moments: readonly BatchMoments[];
}

export interface MlpOptions {
  /** Default relu. */
  readonly activation?: "relu" | "tanh";
  /** Statistics for batch normalisation; default running. */
  readonly statistics?: BatchStatistics;
}

export interface HiddenLayer {
  /** [B, units] input of the activation, after any normalisation. */
  readonly preActivation: Node;
  /** [B, units] output of the activation. */
  readonly features: Node;
}

/**
 * The forward pass of a batch.
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
  const nodes = new Map(layout.parts.map((part) => [part.name, partNode(parameters, part)]));
  const part = (name: string) => {
    const node = nodes.get(name);
    if (node === undefined) throw internal(`mlp: expected a part ${name} in the layout`);
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

function partNode(parameters: Node, { offset, size, shape }: Part): Node {
  const flat = slice(parameters, 0, offset, offset + size);
  return shape.length === 1 ? flat : reshape(flat, shape);
}
