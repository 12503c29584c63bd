/** @file The success rates of a training in one line. */

import { successSpread } from "../playback/oscillation.ts";

/** Describes the success rates of a run's evaluations, at least one. */
export function describeRates(rates: readonly number[]): string {
  const evaluations = `${rates.length} evaluation${rates.length === 1 ? "" : "s"}`;
  const spread = successSpread(rates);
  if (spread !== undefined) {
    const range = `${spread.min.toFixed(2)} to ${spread.max.toFixed(2)}`;
    return `${range} in ${spread.evaluations} of ${evaluations}, since it first came near its maximum`;
  }
  const best = Math.max(...rates);
  if (best === 0) return `0.00 in ${evaluations}`;
  return `${(rates[rates.length - 1] ?? 0).toFixed(2)} in the newest of ${evaluations}, at most ${best.toFixed(2)}`;
}
