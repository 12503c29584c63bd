/**
 * @file A network run in plain typed arrays, one input at a time.
 *
 * For a single action this is a hundred times cheaper than a call into an engine.
 */

import type { MlpLayout } from "./graph/mlp.ts";

/** The network of one layout, without layer norm; its sums are kept from call to call, in float64. */
export class MlpForward {
  /** What the first layer is shown; fill it before `run`. */
  readonly input: Float32Array;
  readonly #layout: MlpLayout;
  readonly #layers: readonly Float64Array[];

  constructor(layout: MlpLayout) {
    this.#layout = layout;
    this.input = new Float32Array(layout.sizes[0]!);
    this.#layers = layout.sizes.slice(1).map((size) => new Float64Array(size));
  }

  /** The last layer's sums for `input` and a flat vector of weights: a view, valid until the next run. */
  run(weights: Float32Array): Float64Array {
    const { parts } = this.#layout;
    let below: Float32Array | Float64Array = this.input;
    let sums = this.#layers[0]!;
    for (const [layer, each] of this.#layers.entries()) {
      sums = each;
      dense(weights, parts[2 * layer]!.offset, parts[2 * layer + 1]!.offset, below, sums);
      if (layer + 1 < this.#layers.length) {
        for (let i = 0; i < sums.length; i++) if (!(sums[i]! > 0)) sums[i] = 0;
      }
      below = sums;
    }
    return sums;
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
