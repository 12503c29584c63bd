/**
 * @file Rules that end a run before `train.steps`; off by default, always recorded in result.json.
 *
 * They are applied at each evaluation, to the evaluations before it: it is itself still in progress.
 */

import type { TrainConfig } from "../shared/config.ts";

/** A success rate that counts as solved in progress and reports. */
export const SOLVED = 0.95;

export const EARLY_STOPS = ["converged", "hopeless"] as const;

/** Why a run ended early. */
export type EarlyStop = (typeof EARLY_STOPS)[number];

/**
 * Returns why training should end now, or undefined.
 *
 * Depends on the evaluations only, so a resumed run decides the same.
 *
 * @param evaluations oldest first
 */
export function earlyStop(
  {
    stopConverged,
    convergedRate,
    stopHopeless,
  }: Pick<TrainConfig, "stopConverged" | "convergedRate" | "stopHopeless">,
  evaluations: readonly { readonly step: number; readonly successRate: number }[],
): EarlyStop | undefined {
  const last = evaluations.at(-1);
  if (last === undefined) return undefined;
  if (stopConverged > 0 && evaluations.length >= stopConverged) {
    if (evaluations.slice(-stopConverged).every(({ successRate }) => successRate >= convergedRate))
      return "converged";
  }
  if (stopHopeless > 0 && last.step >= stopHopeless) {
    if (evaluations.every(({ successRate }) => successRate === 0)) return "hopeless";
  }
  return undefined;
}
