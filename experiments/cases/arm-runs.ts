/** @file Results of a case's training runs on the arm: metrics per seed, and remedies compared seed by seed. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Difference, mean, standardDeviation } from "../../shared/statistics.ts";
import { studentDifference } from "../../shared/student-interval.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE } from "../../storage/manifest.ts";
import type { MetricRow } from "../../storage/metrics.ts";
import { readIntactResult } from "../../storage/run-result.ts";
import { type Remedy, remedyRun } from "./remedies.ts";

/** A scalar by which remedies are compared. */
export interface RunMetric {
  readonly name: string;
  readonly better: "more" | "less";
  /** The smallest difference that matters. */
  readonly margin: number;
  readonly decimals: number;
  readonly of: (run: RunSummary) => number;
}

export const SUCCESS: RunMetric = {
  name: "success at the end",
  better: "more",
  margin: 0.1,
  decimals: 2,
  of: ({ success }) => success,
};
export const STEPS_TO_95: RunMetric = {
  name: "steps to 0.95",
  better: "less",
  margin: 2000,
  decimals: 0,
  of: ({ stepsTo95 }) => stepsTo95,
};
export const OSCILLATION: RunMetric = {
  name: "oscillation",
  better: "less",
  margin: 0.05,
  decimals: 2,
  of: ({ oscillation }) => oscillation,
};
export const GRADIENT_COSINE: RunMetric = {
  name: "gradient cosine",
  better: "more",
  margin: 0.1,
  decimals: 2,
  of: ({ gradientCosine }) => gradientCosine,
};
/** On a logarithmic scale, since gradient norms differ by factors. */
export const FIRST_GRADIENT_NORM: RunMetric = {
  name: "log₁₀ ‖∇L_actor‖ at the beginning",
  better: "more",
  margin: 0.3,
  decimals: 2,
  of: ({ firstGradientNorm }) => Math.log10(firstGradientNorm),
};

/** The metrics of every table. */
export const RUN_METRICS: readonly RunMetric[] = [SUCCESS, STEPS_TO_95, OSCILLATION];

/** One completed run. */
export interface RunSummary {
  readonly seed: number;
  /** Share of the final evaluation episodes with success at the last step. */
  readonly success: number;
  /** Step of the first evaluation at 0.95 or above; the run's length if there is none. */
  readonly stepsTo95: number;
  /** Standard deviation of the evaluations in the last half of training. */
  readonly oscillation: number;
  /** Mean cosine between actor gradients of independent batches in the last half; NaN before the first update. */
  readonly gradientCosine: number;
  /** Norm of the actor's gradient averaged over its first logged updates; NaN if there are none. */
  readonly firstGradientNorm: number;
  readonly rows: readonly MetricRow[];
}

/** A remedy compared with its base, on the seeds that both have completed. */
export interface RemedyComparison {
  readonly remedy: Remedy;
  readonly base: Remedy;
  /** Number of pairs. */
  readonly seeds: number;
  /** Paired difference: remedy minus base. */
  readonly difference: Difference;
}

export interface ArmRuns {
  readonly seeds: readonly number[];
  readonly steps: number;
  /** The completed runs of a remedy in the order of seeds; diverged runs are missing. */
  of(remedy: Remedy): readonly RunSummary[];
  /** @param confidence of the difference's interval; default 0.95 */
  compare(remedy: Remedy, base: Remedy, metric: RunMetric, confidence?: number): RemedyComparison;
  /** Mean over seeds of a logged metric's mean over the last half of training; NaN if it was never logged. */
  late(remedy: Remedy, metric: string): number;
  /** Mean over seeds of the first logged value of a metric. */
  first(remedy: Remedy, metric: string): number;
}

/** Opens the runs below a folder; each run is read once, at its first use. */
export function openArmRuns(root: string, seeds: readonly number[], steps: number): ArmRuns {
  const cache = new Map<string, readonly RunSummary[]>();
  const of = (remedy: Remedy) => {
    const runs =
      cache.get(remedy.name) ?? seeds.flatMap((seed) => readRun(remedyRun(root, remedy, seed), seed, steps));
    cache.set(remedy.name, runs);
    return runs;
  };
  return {
    seeds,
    steps,
    of,
    compare: (remedy, base, metric, confidence) => {
      const baseRuns = of(base);
      const pairs = of(remedy).flatMap((run) => {
        const baseRun = baseRuns.find(({ seed }) => seed === run.seed);
        return baseRun === undefined ? [] : [[metric.of(run), metric.of(baseRun)] as const];
      });
      const difference = studentDifference(
        pairs.map(([value]) => value),
        pairs.map(([, baseValue]) => baseValue),
        confidence,
      );
      return { remedy, base, seeds: pairs.length, difference };
    },
    late: (remedy, metric) => {
      const means = of(remedy).map(({ rows }) => mean(lateValues(rows, metric, steps)));
      return mean(means.filter(Number.isFinite));
    },
    first: (remedy, metric) =>
      mean(of(remedy).flatMap(({ rows }) => valuesAfter(0, rows, metric).slice(0, 1))),
  };
}

function readRun(run: string, seed: number, steps: number): RunSummary[] {
  const result = existsSync(join(run, MANIFEST_FILE)) ? readIntactResult(run) : undefined;
  if (result === undefined) return [];
  const rows = readMetricRows(join(run, JSONL_FILE));
  return [
    {
      seed,
      success: result.successRate,
      stepsTo95: result.stepsTo95 ?? steps,
      oscillation: standardDeviation(lateValues(rows, "eval/success_rate", steps)),
      gradientCosine: mean(lateValues(rows, "diagnostics/actor_grad_cosine", steps)),
      firstGradientNorm: valuesAfter(0, rows, "train/actor_grad_norm")[0] ?? Number.NaN,
      rows,
    },
  ];
}

function lateValues(rows: readonly MetricRow[], metric: string, steps: number): number[] {
  return valuesAfter(steps / 2, rows, metric);
}

function valuesAfter(start: number, rows: readonly MetricRow[], metric: string): number[] {
  return rows
    .filter(({ step }) => step > start)
    .flatMap(({ values }) => values[metric] ?? [])
    .filter(Number.isFinite);
}
