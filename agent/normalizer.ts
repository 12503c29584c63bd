/**
 * @file Running mean and deviation of the inputs.
 *
 * As OpenAI Baselines' HER normalizer (`her/normalizer.py`): statistics over everything seen so
 * far, a floor under the deviation, the result clipped. Moments are merged by Chan et al. 1979,
 * in float64, so that a long run does not lose them to rounding.
 */

import { refuse, unquoted } from "../shared/errors.ts";

/** Deviations below this count as this much: an input that hardly moves must not be blown up. */
const LEAST_DEVIATION = 1e-2;

/** All that a normalizer knows; for checkpoints and policies. */
export interface NormalizerState {
  readonly count: number;
  /** [N] */
  readonly mean: Float64Array;
  /** [N] summed squared distances from the mean. */
  readonly squares: Float64Array;
}

export class Normalizer {
  readonly size: number;
  readonly clip: number;
  #count = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #scale: Float64Array;

  /**
   * @param size numbers in a vector
   * @param clip results stay in ± this; Infinity for a normalizer that changes nothing until it is fed
   */
  constructor(size: number, clip: number) {
    this.size = size;
    this.clip = clip;
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
    this.#scale = new Float64Array(size).fill(1);
  }

  /** Takes `rows` vectors into the statistics, read one after another from `values`. */
  observe(values: Float32Array, rows: number): void {
    if (rows === 0) return;
    const { size } = this;
    const total = this.#count + rows;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += values[row * size + i]!;
      const mean = sum / rows;
      let squares = 0;
      for (let row = 0; row < rows; row++) squares += (values[row * size + i]! - mean) ** 2;
      const shift = mean - this.#mean[i]!;
      this.#mean[i]! += (shift * rows) / total;
      this.#squares[i]! += squares + (shift * shift * this.#count * rows) / total;
    }
    this.#count = total;
    this.#rescale();
  }

  /** Writes normalised vectors: `rows` rows from `values` into `into`, whose rows are `stride` long, from `at` on. */
  apply(values: Float32Array, rows: number, into: Float32Array, stride: number, at: number): void {
    const { size, clip } = this;
    for (let row = 0; row < rows; row++) {
      const from = row * size;
      const to = row * stride + at;
      for (let i = 0; i < size; i++) {
        const x = (values[from + i]! - this.#mean[i]!) * this.#scale[i]!;
        into[to + i] = Math.min(Math.max(x, -clip), clip);
      }
    }
  }

  /** The deviation that input i is divided by, in its own unit. */
  deviation(i: number): number {
    return 1 / this.#scale[i]!;
  }

  /** A copy of the statistics. */
  getState(): NormalizerState {
    return { count: this.#count, mean: this.#mean.slice(), squares: this.#squares.slice() };
  }

  /** Takes over saved statistics. Throws InputError if they are of another size or impossible. */
  setState(state: NormalizerState): void {
    if (state.mean.length !== this.size || state.squares.length !== this.size) {
      throw refuse("normalizer", `statistics of ${this.size} inputs`, state.mean.length);
    }
    if (!(state.count >= 0) || !state.squares.every((x) => x >= 0) || !state.mean.every(Number.isFinite)) {
      throw refuse("normalizer", "finite means and squares ≥ 0", unquoted("others"));
    }
    this.#count = state.count;
    this.#mean.set(state.mean);
    this.#squares.set(state.squares);
    this.#rescale();
  }

  #rescale(): void {
    if (this.#count === 0) return;
    for (let i = 0; i < this.size; i++) {
      this.#scale[i] = 1 / Math.max(Math.sqrt(this.#squares[i]! / this.#count), LEAST_DEVIATION);
    }
  }
}
