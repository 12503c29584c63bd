/** @file When a run need not be trained to its end: rules over its evaluations, off unless asked for, always reported. */

import type { TrainConfig } from "../shared/config.ts";

/** A success rate that counts as solved. */
export const SOLVED = 0.95;

/** Why a run was ended before its steps were taken. */
export type EarlyStop = "converged" | "hopeless";

/**
 * Whether training is to end now. A function of the evaluations alone, so a resumed run decides the same.
 *
 * @param evaluations in their order, the one just made last
 */
export function earlyStop(
  { stopConverged, stopHopeless }: Pick<TrainConfig, "stopConverged" | "stopHopeless">,
  evaluations: readonly { readonly step: number; readonly successRate: number }[],
): EarlyStop | undefined {
  const last = evaluations.at(-1);
  if (last === undefined) return undefined;
  if (stopConverged > 0 && evaluations.length >= stopConverged) {
    if (evaluations.slice(-stopConverged).every(({ successRate }) => successRate >= SOLVED))
      return "converged";
  }
  if (stopHopeless > 0 && last.step >= stopHopeless) {
    if (evaluations.every(({ successRate }) => successRate === 0)) return "hopeless";
  }
  return undefined;
}
