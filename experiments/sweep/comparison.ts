/**
 * @file Statistics of a sweep: each method on each task, and methods aggregated over tasks, with intervals.
 *
 * A run's score is its success rate over the final evaluation episodes. Missing and failed runs are counted, not hidden.
 */

import { Rng } from "../../shared/rng.ts";
import { mean, median } from "../../shared/statistics.ts";
import type { Outcome } from "./outcome.ts";
import {
  type Estimate,
  interquartileMeanOf,
  meanOf,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type Scores,
  stratifiedBootstrap,
} from "./rliable.ts";

/** Bootstrap resamples for each point of a curve or profile, as rliable. */
const CURVE_RESAMPLES = 2000;

/** Bootstrap resamples for one task and for the probability of improvement. */
const RESAMPLES = 10_000;

/** Thresholds of a performance profile: 0, 0.02 … 1. */
const THRESHOLDS = Array.from({ length: 51 }, (_, i) => i / 50);

/** One method on one task. */
export interface Cell {
  readonly task: string;
  readonly method: string;
  /** One per seed, complete or not. */
  readonly outcomes: readonly Outcome[];
  /** Runs with a result. */
  readonly done: number;
  /** Interquartile mean of the final success rate; undefined without a result. */
  readonly success: Estimate | undefined;
  /** Mean share of final episodes with success at any step; NaN without a result. */
  readonly successOnce: number;
  /** Runs with an evaluation at 0.95 or above. */
  readonly solved: number;
  /** Median over runs of the step of their first such evaluation; Infinity if half of the runs have none. */
  readonly stepsTo95: number;
  /** Mean over runs of the standard deviation of the evaluations in the last half of training. */
  readonly oscillation: number;
  /** Mean wall-clock seconds per run. */
  readonly seconds: number;
  readonly curve: readonly BandPoint[];
}

/** A point of a learning curve with its bootstrap band. */
export interface BandPoint extends Estimate {
  readonly step: number;
  /** Runs that reached this step; a shorter run contributes its last evaluation. */
  readonly runs: number;
}

/** One method aggregated over all tasks. */
export interface Aggregate {
  readonly method: string;
  readonly runs: number;
  readonly planned: number;
  readonly interquartileMean: Estimate;
  readonly mean: Estimate;
  /** Mean shortfall of the runs from 1. */
  readonly optimalityGap: Estimate;
  /** The interquartile mean with failed runs counted as 0; undefined if no run failed. */
  readonly ifFailedAreZero: number | undefined;
  readonly profile: readonly (Estimate & { readonly threshold: number })[];
}

/** The probability that a run of the first method beats a run of the second. */
export interface Improvement {
  readonly first: string;
  readonly second: string;
  readonly probability: Estimate;
}

export interface Comparison {
  readonly tasks: readonly string[];
  readonly methods: readonly string[];
  /** Ordered by method, then task. */
  readonly cells: readonly Cell[];
  /** Methods with a result on every task; others cannot be compared over tasks. */
  readonly aggregates: readonly Aggregate[];
  /** All pairs of those methods, the one with the higher interquartile mean first; best pairs first. */
  readonly improvements: readonly Improvement[];
}

/** Compares the completed runs. Deterministic: the bootstrap has a fixed seed. */
export function compare(outcomes: readonly Outcome[]): Comparison {
  const tasks = [...new Set(outcomes.map(({ job }) => job.task))];
  const methods = [...new Set(outcomes.map(({ job }) => job.method))];
  const rng = Rng.fromSeed(0);
  const cells = methods.flatMap((method) =>
    tasks.map((task) => {
      const cellOutcomes = outcomes.filter(({ job }) => job.method === method && job.task === task);
      return describeCell(task, method, cellOutcomes, rng.fork(`cell ${method} ${task}`));
    }),
  );
  const scores = new Map(
    methods.map((method) => [method, cells.filter((cell) => cell.method === method).map(scoresOf)] as const),
  );
  const complete = methods.filter((method) => scores.get(method)?.every((runs) => runs.length > 0) === true);
  const aggregates = complete.map((method) => {
    const methodCells = cells.filter((cell) => cell.method === method);
    return aggregate(method, methodCells, scores.get(method) ?? [], rng.fork(`aggregate ${method}`));
  });
  const value = new Map(aggregates.map((each) => [each.method, each.interquartileMean.value] as const));
  const ranked = complete.toSorted((a, b) => (value.get(b) ?? 0) - (value.get(a) ?? 0));
  const improvements = ranked.flatMap((first, i) =>
    ranked.slice(i + 1).map((second) => ({
      first,
      second,
      probability: stratifiedBootstrap(
        [scores.get(first) ?? [], scores.get(second) ?? []],
        ([a, b]) => probabilityOfImprovement(a!, b!),
        { rng: rng.fork(`improvement ${first} ${second}`), resamples: RESAMPLES },
      ),
    })),
  );
  return { tasks, methods, cells, aggregates, improvements };
}

function scoresOf({ outcomes }: Pick<Cell, "outcomes">): number[] {
  return outcomes.flatMap(({ result }) => (result === undefined ? [] : [result.successRate]));
}

function describeCell(task: string, method: string, outcomes: readonly Outcome[], rng: Rng): Cell {
  const done = outcomes.filter(({ status }) => status === "done");
  const results = done.flatMap(({ result }) => result ?? []);
  const scores = scoresOf({ outcomes });
  const firstSteps = results.map(({ stepsTo95 }) => stepsTo95 ?? Number.POSITIVE_INFINITY);
  return {
    task,
    method,
    outcomes,
    done: done.length,
    success:
      scores.length === 0
        ? undefined
        : stratifiedBootstrap([[scores]], ([runs]) => interquartileMeanOf(runs!), {
            rng: rng.fork("success"),
            resamples: RESAMPLES,
          }),
    successOnce: mean(results.map(({ successOnce }) => successOnce)),
    solved: firstSteps.filter(Number.isFinite).length,
    stepsTo95: medianWithInfinity(firstSteps),
    oscillation: mean(done.map(({ oscillation }) => oscillation)),
    seconds: mean(results.map(({ wallSeconds }) => wallSeconds)),
    curve: curveOf(done, rng.fork("curve")),
  };
}

/** The median of values that may be Infinity: interpolating with Infinity gives Infinity, not NaN. */
function medianWithInfinity(values: readonly number[]): number {
  const value = median(values);
  return Number.isNaN(value) && values.length > 0 ? Number.POSITIVE_INFINITY : value;
}

function curveOf(done: readonly Outcome[], rng: Rng): BandPoint[] {
  const steps = [...new Set(done.flatMap(({ curve }) => curve.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  return steps.map((step) => {
    const rates = done.flatMap(
      ({ curve }) => curve.findLast((point) => point.step <= step)?.successRate ?? [],
    );
    const runs = done.filter(({ curve }) => (curve.at(-1)?.step ?? 0) >= step).length;
    const estimate = stratifiedBootstrap([[rates]], ([resampled]) => interquartileMeanOf(resampled!), {
      rng,
      resamples: CURVE_RESAMPLES,
    });
    return { step, runs, ...estimate };
  });
}

function aggregate(method: string, cells: readonly Cell[], scores: Scores, rng: Rng): Aggregate {
  const estimate = (name: string, statistic: (scores: Scores) => number) =>
    stratifiedBootstrap([scores], ([resampled]) => statistic(resampled!), { rng: rng.fork(name) });
  const failures = cells.map(({ outcomes }) => outcomes.filter(({ status }) => status === "failed").length);
  const withZeros = scores.map((runs, i) => [...runs, ...new Array<number>(failures[i] ?? 0).fill(0)]);
  return {
    method,
    runs: scores.flat().length,
    planned: cells.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
    interquartileMean: estimate("iqm", interquartileMeanOf),
    mean: estimate("mean", meanOf),
    optimalityGap: estimate("gap", optimalityGap),
    ifFailedAreZero: failures.some((count) => count > 0) ? interquartileMeanOf(withZeros) : undefined,
    profile: profileOf(scores, rng.fork("profile")),
  };
}

function profileOf(scores: Scores, rng: Rng): (Estimate & { threshold: number })[] {
  return THRESHOLDS.map((threshold) => ({
    threshold,
    ...stratifiedBootstrap([scores], ([resampled]) => performanceProfile(resampled!, [threshold])[0]!, {
      rng: rng.fork(`${threshold}`),
      resamples: CURVE_RESAMPLES,
    }),
  }));
}
