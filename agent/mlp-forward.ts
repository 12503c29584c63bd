/**
 * @file A network run in plain typed arrays, one input at a time.
 *
 * For a single action this is a hundred times cheaper than a call into an engine.
 */

import { BATCH_NORM_EPSILON } from "./graph/batch-norm.ts";
import type { MlpLayout, Part } from "./graph/mlp-layout.ts";
import { LAYER_NORM_EPSILON } from "./graph/ops.ts";

interface Layer {
  readonly sums: Float64Array;
  readonly weight: Part;
  readonly bias: Part;
  readonly gain: Part | undefined;
  readonly shift: Part | undefined;
  readonly mean: Part | undefined;
  readonly variance: Part | undefined;
  readonly isLast: boolean;
}

/** The network of one layout; its sums are kept from call to call, in float64. */
export class MlpForward {
  /** What the first layer is shown; fill it before `run`. */
  readonly input: Float32Array;
  readonly #layers: readonly Layer[];
  readonly #output: Float64Array;

  constructor({ sizes, parts }: MlpLayout) {
    this.input = new Float32Array(sizes[0]!);
    const named = new Map(parts.map((part) => [part.name, part]));
    this.#layers = sizes.slice(1).map((size, layer) => ({
      sums: new Float64Array(size),
      weight: named.get(`${layer}.weight`)!,
      bias: named.get(`${layer}.bias`)!,
      gain: named.get(`${layer}.gain`),
      shift: named.get(`${layer}.shift`),
      mean: named.get(`${layer}.mean`),
      variance: named.get(`${layer}.variance`),
      isLast: layer + 2 === sizes.length,
    }));
    this.#output = this.#layers[this.#layers.length - 1]!.sums;
  }

  /** What each hidden layer's units gave at the last run, first layer first: views, not to be written to. */
  get hidden(): readonly Float64Array[] {
    return this.#layers.slice(0, -1).map(({ sums }) => sums);
  }

  /** The last layer's sums for `input` and a flat vector of weights: a view, valid until the next run. */
  run(weights: Float32Array): Float64Array {
    let below: Float32Array | Float64Array = this.input;
    for (const { sums, weight, bias, gain, shift, mean, variance, isLast } of this.#layers) {
      dense(weights, weight.offset, bias.offset, below, sums);
      if (gain !== undefined && shift !== undefined) {
        if (mean === undefined || variance === undefined) standardize(sums);
        else standardizeBy(weights, mean.offset, variance.offset, sums);
        for (let i = 0; i < sums.length; i++)
          sums[i] = sums[i]! * weights[gain.offset + i]! + weights[shift.offset + i]!;
      }
      if (!isLast) for (let i = 0; i < sums.length; i++) if (!(sums[i]! > 0)) sums[i] = 0;
      below = sums;
    }
    return this.#output;
  }
}

/** sums ← bias + below · weight, for a row-major weight [inputs, outputs]. */
function dense(
  weights: Float32Array,
  weight: number,
  bias: number,
  below: Float32Array | Float64Array,
  sums: Float64Array,
): void {
  const outputs = sums.length;
  for (let o = 0; o < outputs; o++) sums[o] = weights[bias + o]!;
  for (let i = 0; i < below.length; i++) {
    const x = below[i]!;
    // Half of what comes out of a ReLU is 0.
    if (x === 0) continue;
    const row = weight + i * outputs;
    for (let o = 0; o < outputs; o++) sums[o]! += x * weights[row + o]!;
  }
}

/** To mean 0 and deviation 1 over the layer, as `layerNorm` in graph/ops.ts. */
function standardize(sums: Float64Array): void {
  const size = sums.length;
  let mean = 0;
  for (let i = 0; i < size; i++) mean += sums[i]!;
  mean /= size;
  let variance = 0;
  for (let i = 0; i < size; i++) variance += (sums[i]! - mean) ** 2;
  const deviation = Math.sqrt(variance / size + LAYER_NORM_EPSILON);
  for (let i = 0; i < size; i++) sums[i] = (sums[i]! - mean) / deviation;
}

/** By the running moments, as `batchNorm` in graph/batch-norm.ts. */
function standardizeBy(weights: Float32Array, mean: number, variance: number, sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++)
    sums[i] = (sums[i]! - weights[mean + i]!) / Math.sqrt(weights[variance + i]! + BATCH_NORM_EPSILON);
}
