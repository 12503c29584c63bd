/**
 * @file The forward pass of a network in plain typed arrays, one input at a time.
 *
 * For a single action this is a hundred times faster than a call into an engine.
 */

import { BATCH_NORM_EPSILON } from "./graph/batch-norm.ts";
import type { MlpLayout, Part } from "./graph/mlp-layout.ts";
import { LAYER_NORM_EPSILON } from "./graph/ops.ts";

interface Layer {
  readonly outputs: Float64Array;
  readonly weight: Part;
  readonly bias: Part;
  readonly gain: Part | undefined;
  readonly shift: Part | undefined;
  readonly mean: Part | undefined;
  readonly variance: Part | undefined;
  readonly isLast: boolean;
}

/** A network of one layout; its layers' outputs are float64 and reused between calls. */
export class MlpForward {
  /** Input of the first layer; fill it before `run`. */
  readonly input: Float32Array;
  readonly #layers: readonly Layer[];

  constructor({ sizes, parts }: MlpLayout) {
    this.input = new Float32Array(sizes[0]!);
    const named = new Map(parts.map((part) => [part.name, part]));
    this.#layers = sizes.slice(1).map((size, layer) => ({
      outputs: new Float64Array(size),
      weight: named.get(`${layer}.weight`)!,
      bias: named.get(`${layer}.bias`)!,
      gain: named.get(`${layer}.gain`),
      shift: named.get(`${layer}.shift`),
      mean: named.get(`${layer}.mean`),
      variance: named.get(`${layer}.variance`),
      isLast: layer + 2 === sizes.length,
    }));
  }

  /** Activations of each hidden layer at the last run: read-only views. */
  get hidden(): readonly Float64Array[] {
    return this.#layers.slice(0, -1).map(({ outputs }) => outputs);
  }

  /** The output for `input` and a flat weight vector: a view, valid until the next run. */
  run(weights: Float32Array): Float64Array {
    let x: Float32Array | Float64Array = this.input;
    for (const { outputs, weight, bias, gain, shift, mean, variance, isLast } of this.#layers) {
      dense(weights, weight.offset, bias.offset, x, outputs);
      if (gain !== undefined && shift !== undefined) {
        if (mean === undefined || variance === undefined) layerNormalize(outputs);
        else normalizeByRunning(weights, mean.offset, variance.offset, outputs);
        for (let i = 0; i < outputs.length; i++)
          outputs[i] = outputs[i]! * weights[gain.offset + i]! + weights[shift.offset + i]!;
      }
      if (!isLast) for (let i = 0; i < outputs.length; i++) if (!(outputs[i]! > 0)) outputs[i] = 0;
      x = outputs;
    }
    return this.#layers.at(-1)!.outputs;
  }
}

/** y ← bias + x · weight, for a row-major weight [inputs, outputs]. */
function dense(
  weights: Float32Array,
  weightOffset: number,
  biasOffset: number,
  x: Float32Array | Float64Array,
  y: Float64Array,
): void {
  const outputs = y.length;
  for (let o = 0; o < outputs; o++) y[o] = weights[biasOffset + o]!;
  for (let i = 0; i < x.length; i++) {
    const xi = x[i]!;
    // About half of a ReLU's outputs are 0.
    if (xi === 0) continue;
    const row = weightOffset + i * outputs;
    for (let o = 0; o < outputs; o++) y[o]! += xi * weights[row + o]!;
  }
}

/** To mean 0 and standard deviation 1 over the layer, as `layerNorm` in graph/ops.ts. */
function layerNormalize(y: Float64Array): void {
  const size = y.length;
  let mean = 0;
  for (let i = 0; i < size; i++) mean += y[i]!;
  mean /= size;
  let variance = 0;
  for (let i = 0; i < size; i++) variance += (y[i]! - mean) ** 2;
  const std = Math.sqrt(variance / size + LAYER_NORM_EPSILON);
  for (let i = 0; i < size; i++) y[i] = (y[i]! - mean) / std;
}

/** By the running moments, as `batchNorm` in graph/batch-norm.ts. */
function normalizeByRunning(
  weights: Float32Array,
  meanOffset: number,
  varianceOffset: number,
  y: Float64Array,
): void {
  for (let i = 0; i < y.length; i++)
    y[i] = (y[i]! - weights[meanOffset + i]!) / Math.sqrt(weights[varianceOffset + i]! + BATCH_NORM_EPSILON);
}
