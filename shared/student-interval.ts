/**
 * @file The mean paired difference of few samples with Student's t interval.
 *
 * A percentile bootstrap of the mean covers 84 % instead of 95 % at five samples, because resamples cannot be more
 * spread than the samples. Student's interval has its level for normal differences of any number.
 */

import { internal } from "./errors.ts";
import { type Difference, mean } from "./statistics.ts";

/** 0.975 quantiles of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/** Normal quantile, and the first correction for many degrees of freedom (Abramowitz & Stegun 26.7.5). */
const NORMAL_975 = 1.959964;
const quantile = (degrees: number) =>
  T_975[degrees - 1] ?? NORMAL_975 + (NORMAL_975 ** 3 + NORMAL_975) / (4 * degrees);

/** Returns the mean of a − b with its 95 % interval; infinite bounds for one pair. */
export function studentDifference(a: readonly number[], b: readonly number[]): Difference {
  if (a.length !== b.length) throw internal(`${a.length} values paired with ${b.length}`);
  const differences = a.map((x, i) => x - b[i]!);
  const center = mean(differences);
  const count = differences.length;
  if (count < 2) return { mean: center, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = differences.reduce((sum, x) => sum + (x - center) ** 2, 0) / (count - 1);
  const half = quantile(count - 1) * Math.sqrt(variance / count);
  return { mean: center, low: center - half, high: center + half };
}
