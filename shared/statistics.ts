/** @file Statistics for small samples such as seeds: averages, spread, quantiles. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A mean difference with its 95 % interval. */
export interface Difference extends Interval {
  readonly mean: number;
}

/** Arithmetic mean; NaN for an empty list. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Population standard deviation (divides by n, as numpy.std). */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
}

/** Quantile p in [0, 1], linear between order statistics as numpy.quantile; NaN for an empty list. */
export function quantile(values: readonly number[], p: number): number {
  return sortedQuantile(
    [...values].sort((a, b) => a - b),
    p,
  );
}

/** `quantile` of values already in ascending order. */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  const position = p * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  // Also the result of two infinite values, whose difference is NaN.
  if (low === high) return low;
  return low + (high - low) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Interquartile mean: the mean of the middle half.
 *
 * ⌊n/4⌋ values are cut at each end, as SciPy's trim_mean(0.25) (Agarwal et al. 2021, arXiv:2108.13264).
 */
export function interquartileMean(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!;
  return sum / (sorted.length - 2 * cut);
}
