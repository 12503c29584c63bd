/** @file Which methods of a sweep did best: what a search goes on with. */

import { mean } from "../../shared/statistics.ts";
import type { Outcome } from "./outcome.ts";

export interface Ranked {
  readonly method: string;
  /** Mean success at the end; a run without a result counts as 0, for a setting that breaks is no good one. */
  readonly success: number;
  /** Mean success over all evaluations: what decides between equals. */
  readonly onTheWay: number;
  /** Runs without a result. */
  readonly failed: number;
}

/** Best first; of equals the one that was there before. */
export function rankMethods(outcomes: readonly Outcome[]): readonly Ranked[] {
  const methods = [...new Set(outcomes.map(({ job }) => job.method))];
  return methods
    .map((method) => {
      const mine = outcomes.filter(({ job }) => job.method === method);
      return {
        method,
        success: mean(mine.map(({ result }) => result?.successRate ?? 0)),
        onTheWay: mean(
          mine.map(({ curve }) => (curve.length === 0 ? 0 : mean(curve.map((each) => each.successRate)))),
        ),
        failed: mine.filter(({ result }) => result === undefined).length,
      };
    })
    .toSorted((a, b) => b.success - a.success || b.onTheWay - a.onTheWay);
}
