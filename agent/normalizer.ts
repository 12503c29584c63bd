/**
 * @file Running mean and standard deviation of inputs.
 *
 * As OpenAI Baselines' HER normalizer (`her/normalizer.py`): statistics of all inputs so far, a minimum
 * standard deviation, clipped results. Moments are merged after Chan et al. 1979 in float64, so that
 * long runs do not accumulate rounding errors.
 */

import { z } from "zod";
import { refuse } from "../shared/errors.ts";
import { Count, Float64Values } from "../shared/state-schemas.ts";

/** Keeps inputs that hardly vary from being amplified. */
const MIN_STD = 1e-2;

/** The statistics, in checkpoints and policy files. */
export const NormalizerState = z.strictObject({
  /** Vectors observed. */
  count: Count,
  /** [N] */
  mean: Float64Values,
  /** [N] sum of squared differences from the mean. */
  squares: Float64Values,
});
export type NormalizerState = z.infer<typeof NormalizerState>;

export class Normalizer {
  readonly size: number;
  readonly clip: number;
  #count = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  /** [N] 1 / standard deviation. */
  readonly #scale: Float64Array;

  /**
   * Without statistics, a normalizer only clips.
   *
   * @param size numbers in a vector
   * @param clip bound of normalised values, ±; Infinity for none
   */
  constructor(size: number, clip: number) {
    this.size = size;
    this.clip = clip;
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
    this.#scale = new Float64Array(size).fill(1);
  }

  /** Adds vectors to the statistics. @param values [rows × N] */
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

  /**
   * Writes normalised vectors.
   *
   * @param values [rows × N]
   * @param into   rows of `stride` numbers; the vectors start at column `at`
   */
  apply(values: Float32Array, rows: number, into: Float32Array, stride: number, at: number): void {
    const { size, clip } = this;
    const mean = this.#mean;
    const scale = this.#scale;
    const isIdentity = this.#count === 0 && clip === Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows; row++) {
      const from = row * size;
      const to = row * stride + at;
      if (isIdentity) {
        for (let i = 0; i < size; i++) into[to + i] = values[from + i]!;
        continue;
      }
      for (let i = 0; i < size; i++) {
        const x = (values[from + i]! - mean[i]!) * scale[i]!;
        into[to + i] = Math.min(Math.max(x, -clip), clip);
      }
    }
  }

  /** The standard deviation that input i is divided by. */
  std(i: number): number {
    return 1 / this.#scale[i]!;
  }

  /** A copy of the statistics. */
  getState(): NormalizerState {
    return { count: this.#count, mean: this.#mean.slice(), squares: this.#squares.slice() };
  }

  /**
   * Restores saved statistics.
   *
   * @param where their path, for the error
   * @throws InputError, before anything has changed, if they are of another size or not possible
   */
  setState({ count, mean, squares }: NormalizerState, where: string): void {
    for (const [name, values] of Object.entries({ mean, squares })) {
      if (values.length !== this.size) {
        throw refuse(`${where}.${name}`, `${this.size} numbers, one for each input`, values.length);
      }
    }
    const invalid = mean.findIndex((x) => !Number.isFinite(x));
    if (invalid >= 0) throw refuse(`${where}.mean[${invalid}]`, "a finite number", mean[invalid]);
    const negative = squares.findIndex((x) => !(x >= 0));
    if (negative >= 0) throw refuse(`${where}.squares[${negative}]`, "a number ≥ 0", squares[negative]);
    if (!(count >= 0)) throw refuse(`${where}.count`, "a number ≥ 0", count);
    this.#count = count;
    this.#mean.set(mean);
    this.#squares.set(squares);
    this.#rescale();
  }

  #rescale(): void {
    if (this.#count === 0) return;
    for (let i = 0; i < this.size; i++) {
      this.#scale[i] = 1 / Math.max(Math.sqrt(this.#squares[i]! / this.#count), MIN_STD);
    }
  }
}
