/**
 * @file The mean paired difference of few samples with Student's t interval.
 *
 * A percentile bootstrap of the mean covers 84 % instead of 95 % at five samples, because resamples cannot be more
 * spread than the samples. Student's interval has its level for normal differences of any number.
 */

import { internal } from "./errors.ts";
import { type Difference, mean } from "./statistics.ts";

/**
 * Returns the mean of a − b with its interval; infinite bounds for one pair.
 *
 * @param confidence coverage of the interval, below 1
 */
export function studentDifference(a: readonly number[], b: readonly number[], confidence = 0.95): Difference {
  if (a.length !== b.length) throw internal(`${a.length} values paired with ${b.length}`);
  const differences = a.map((x, i) => x - b[i]!);
  const center = mean(differences);
  const count = differences.length;
  if (count < 2) return { mean: center, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = differences.reduce((sum, x) => sum + (x - center) ** 2, 0) / (count - 1);
  const half = studentQuantile(confidence, count - 1) * Math.sqrt(variance / count);
  return { mean: center, low: center - half, high: center + half };
}

/**
 * Returns the t that |T| stays below with the given probability, by bisection.
 *
 * @param probability in [0, 1)
 * @param degrees of freedom, a positive integer
 */
export function studentQuantile(probability: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (probabilityWithin(high, degrees) < probability) high *= 2;
  // Until neighbouring numbers are left.
  for (let middle = high / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (probabilityWithin(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** P(|T| < t), a finite sum for a whole number of degrees (Abramowitz & Stegun 26.7.3 and 26.7.4). */
function probabilityWithin(t: number, degrees: number): number {
  const angle = Math.atan2(t, Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
