/** @file Ranking of a sweep's methods, by which a hyperparameter search selects trials. */

import { mean } from "../../shared/statistics.ts";
import type { Outcome } from "./outcome.ts";

export interface Ranked {
  readonly method: string;
  /** Mean final success rate; a run without a result counts as 0. */
  readonly success: number;
  /** Mean success rate over all evaluations during training; breaks ties. */
  readonly duringTraining: number;
  /** Runs without a result. */
  readonly failed: number;
}

/** Methods ordered from best to worst; the sort is stable. */
export function rankMethods(outcomes: readonly Outcome[]): readonly Ranked[] {
  const methods = [...new Set(outcomes.map(({ job }) => job.method))];
  return methods
    .map((method) => {
      const runs = outcomes.filter(({ job }) => job.method === method);
      return {
        method,
        success: mean(runs.map(({ result }) => result?.successRate ?? 0)),
        duringTraining: mean(
          runs.map(({ curve }) => (curve.length === 0 ? 0 : mean(curve.map((each) => each.successRate)))),
        ),
        failed: runs.filter(({ result }) => result === undefined).length,
      };
    })
    .toSorted((a, b) => b.success - a.success || b.duringTraining - a.duringTraining);
}
