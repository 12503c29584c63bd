/** @file What is said of a handful of seeds: averages that outliers cannot rule, and bootstrap intervals. */

import { internal } from "./errors.ts";
import type { Rng } from "./rng.ts";

const RESAMPLES = 10_000;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A mean difference and where it lies with 95 % confidence. */
export interface Difference extends Interval {
  readonly mean: number;
}

export type Statistic = (values: readonly number[]) => number;

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The standard deviation of a population: divided by n, since it describes these values only. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
}

/** Linear between order statistics, as NumPy's default; NaN of nothing. `p` in [0, 1]. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The mean of the middle half.
 *
 * Agarwal et al. 2021, arXiv:2108.13264, as SciPy's trim_mean(0.25) has it: ⌊n/4⌋ values are cut off at each end.
 */
export function interquartileMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 4);
  return mean([...values].sort((a, b) => a - b).slice(cut, values.length - cut));
}

/** The percentile bootstrap interval of a statistic of the samples. */
export function bootstrapInterval(
  samples: readonly number[],
  statistic: Statistic,
  options: { readonly rng: Rng; readonly resamples?: number; readonly confidence?: number },
): Interval {
  const { rng, resamples = RESAMPLES, confidence = 0.95 } = options;
  if (samples.length === 0) return { low: Number.NaN, high: Number.NaN };
  const drawn = new Array<number>(samples.length).fill(0);
  const found = Array.from({ length: resamples }, () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = samples[rng.integer(samples.length)]!;
    return statistic(drawn);
  });
  const tail = (1 - confidence) / 2;
  return { low: quantile(found, tail), high: quantile(found, 1 - tail) };
}

/** How much more a than b, pair by pair of the same seed: the mean and its 95 % bootstrap interval. */
export function pairedDifference(a: readonly number[], b: readonly number[], rng: Rng): Difference {
  if (a.length !== b.length) throw internal(`${a.length} values paired with ${b.length}`);
  const differences = a.map((x, i) => x - b[i]!);
  return { mean: mean(differences), ...bootstrapInterval(differences, mean, { rng }) };
}
