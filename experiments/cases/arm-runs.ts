/** @file What the runs of a case came to: figures of each seed, and remedies held against each other seed by seed. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "../../shared/rng.ts";
import { type Difference, mean, pairedDifference, standardDeviation } from "../../shared/statistics.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE } from "../../storage/manifest.ts";
import type { MetricRow } from "../../storage/metrics.ts";
import { readResult } from "../../storage/run-result.ts";
import { type Remedy, remedyRun } from "./remedies.ts";

/** A figure by which remedies are compared. */
export interface FigureKind {
  readonly name: string;
  readonly better: "more" | "less";
  /** Less than this is no difference worth the name. */
  readonly margin: number;
  readonly decimals: number;
  readonly of: (run: RunFigures) => number;
}

export const SUCCESS: FigureKind = {
  name: "success at the end",
  better: "more",
  margin: 0.1,
  decimals: 2,
  of: ({ success }) => success,
};
export const STEPS_TO_95: FigureKind = {
  name: "steps to 0.95",
  better: "less",
  margin: 2000,
  decimals: 0,
  of: ({ stepsTo95 }) => stepsTo95,
};
export const OSCILLATION: FigureKind = {
  name: "oscillation",
  better: "less",
  margin: 0.05,
  decimals: 2,
  of: ({ oscillation }) => oscillation,
};
/** Mean cosine of independent batches' actor gradients, in the last half; not among the figures of every table. */
export const GRADIENT_COSINE: FigureKind = {
  name: "gradient cosine",
  better: "more",
  margin: 0.1,
  decimals: 2,
  of: ({ gradientCosine }) => gradientCosine,
};
/** Size of the actor's gradient over the whole run: a power of ten, since sizes differ by factors. */
export const GRADIENT_NORM: FigureKind = {
  name: "log₁₀ ‖∇L_actor‖",
  better: "more",
  margin: 0.3,
  decimals: 2,
  of: ({ gradientNorm }) => Math.log10(gradientNorm),
};
export const FIGURES: readonly FigureKind[] = [SUCCESS, STEPS_TO_95, OSCILLATION];

/** One finished run. */
export interface RunFigures {
  readonly seed: number;
  /** Share of the final fresh episodes with the goal held at the last step. */
  readonly success: number;
  /** Steps to the first evaluation at 0.95 or above; the run's length where there was none. */
  readonly stepsTo95: number;
  /** Standard deviation of the evaluations in the last half. */
  readonly oscillation: number;
  /** NaN where nothing was learned from yet. */
  readonly gradientCosine: number;
  /** Mean over the whole run. */
  readonly gradientNorm: number;
  readonly rows: readonly MetricRow[];
}

/** A remedy against its base, on the seeds that both have finished. */
export interface Comparison {
  readonly remedy: Remedy;
  readonly base: Remedy;
  readonly seeds: number;
  /** How much more the remedy has. */
  readonly difference: Difference;
}

export interface ArmRuns {
  readonly seeds: readonly number[];
  readonly steps: number;
  /** The finished runs of a remedy, in the order of seeds; those that diverged are missing. */
  of(remedy: Remedy): readonly RunFigures[];
  compare(remedy: Remedy, base: Remedy, figure: FigureKind): Comparison;
  /** Mean over seeds of a metric's mean over the last half of training; NaN where none was logged. */
  late(remedy: Remedy, metric: string): number;
  /** Mean over seeds of the first value of a metric that was logged. */
  first(remedy: Remedy, metric: string): number;
}

/** Opens the runs under a folder; each is read once, when it is first asked for. */
export function openArmRuns(root: string, seeds: readonly number[], steps: number): ArmRuns {
  const known = new Map<string, readonly RunFigures[]>();
  const of = (remedy: Remedy) => {
    const runs =
      known.get(remedy.name) ?? seeds.flatMap((seed) => readRun(remedyRun(root, remedy, seed), seed, steps));
    known.set(remedy.name, runs);
    return runs;
  };
  return {
    seeds,
    steps,
    of,
    compare: (remedy, base, figure) => {
      const others = of(base);
      const pairs = of(remedy).flatMap((run) => {
        const other = others.find(({ seed }) => seed === run.seed);
        return other === undefined ? [] : [{ mine: figure.of(run), other: figure.of(other) }];
      });
      // A stream of its own for each comparison: a row more or less leaves the others as they are.
      const rng = Rng.fromSeed(1).fork(`${remedy.name} against ${base.name}: ${figure.name}`);
      const [mine, theirs] = [pairs.map((pair) => pair.mine), pairs.map((pair) => pair.other)];
      return { remedy, base, seeds: pairs.length, difference: pairedDifference(mine, theirs, rng) };
    },
    late: (remedy, metric) => {
      const means = of(remedy).map(({ rows }) => mean(lateValues(rows, metric, steps)));
      return mean(means.filter(Number.isFinite));
    },
    first: (remedy, metric) =>
      mean(of(remedy).flatMap(({ rows }) => valuesAfter(0, rows, metric).slice(0, 1))),
  };
}

function readRun(run: string, seed: number, steps: number): RunFigures[] {
  const result = existsSync(join(run, MANIFEST_FILE)) ? readResult(run) : undefined;
  if (result === undefined) return [];
  const rows = readMetricRows(join(run, JSONL_FILE));
  return [
    {
      seed,
      success: result.successRate,
      stepsTo95: result.stepsTo95 ?? steps,
      oscillation: standardDeviation(lateValues(rows, "eval/success_rate", steps)),
      gradientCosine: mean(lateValues(rows, "diagnostics/actor_grad_cosine", steps)),
      gradientNorm: mean(valuesAfter(0, rows, "train/actor_grad_norm")),
      rows,
    },
  ];
}

function lateValues(rows: readonly MetricRow[], metric: string, steps: number): number[] {
  return valuesAfter(steps / 2, rows, metric);
}

function valuesAfter(first: number, rows: readonly MetricRow[], metric: string): number[] {
  return rows
    .filter(({ step }) => step > first)
    .flatMap(({ values }) => values[metric] ?? [])
    .filter(Number.isFinite);
}
