/**
 * @file What a sweep found: each method on each task, methods over all tasks, and how sure that is.
 *
 * A run's score is its success rate over the final episodes. Nothing is averaged away: what is missing or
 * failed is counted beside every figure.
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

/** Resamples of what is drawn at many points at once, as rliable has for its curves and profiles. */
const CURVE_RESAMPLES = 2000;

/** Thresholds of a performance profile: 0, 0.02 … 1. */
const THRESHOLDS = Array.from({ length: 51 }, (_, i) => i / 50);

/** A method on a task. */
export interface Cell {
  readonly task: string;
  readonly method: string;
  /** Of every seed, done or not. */
  readonly outcomes: readonly Outcome[];
  /** Runs with a result. */
  readonly done: number;
  /** Interquartile mean of success at the end; undefined where no run is done. */
  readonly success: Estimate | undefined;
  /** Mean share of final episodes that touched the goal at some step; NaN where no run is done. */
  readonly touched: number;
  /** Runs that ever evaluated at 0.95 or above. */
  readonly solved: number;
  /** Median over runs of the step at which they first did; Infinity where half of them never did. */
  readonly stepsTo95: number;
  /** Mean standard deviation of the evaluations in the last half. */
  readonly oscillation: number;
  /** Mean wall-clock seconds of a run. */
  readonly seconds: number;
  readonly curve: readonly BandPoint[];
}

/** A point of a curve with its bootstrap band. */
export interface BandPoint extends Estimate {
  readonly step: number;
  /** Runs that had got there; one that ended earlier counts with its last evaluation. */
  readonly runs: number;
}

/** A method over all tasks. */
export interface Aggregate {
  readonly method: string;
  readonly runs: number;
  readonly planned: number;
  readonly interquartileMean: Estimate;
  readonly mean: Estimate;
  /** How far runs fall short of 1 on average. */
  readonly optimalityGap: Estimate;
  /** The interquartile mean if runs that failed are given 0; undefined where none failed. */
  readonly ifFailedAreZero: number | undefined;
  readonly profile: readonly (Estimate & { readonly threshold: number })[];
}

/** The chance that a run of one method beats one of another. */
export interface Improvement {
  readonly first: string;
  readonly second: string;
  readonly probability: Estimate;
}

export interface Comparison {
  readonly tasks: readonly string[];
  readonly methods: readonly string[];
  /** Method by method, task by task. */
  readonly cells: readonly Cell[];
  /** Methods with a run on every task; others would be compared on easier or harder ground. */
  readonly aggregates: readonly Aggregate[];
  /** Every pair, the one with the greater interquartile mean first, best first. */
  readonly improvements: readonly Improvement[];
}

/** Compares what is done; the same outcomes give the same figures, resampling included. */
export function compare(outcomes: readonly Outcome[]): Comparison {
  const tasks = [...new Set(outcomes.map(({ job }) => job.task))];
  const methods = [...new Set(outcomes.map(({ job }) => job.method))];
  const rng = Rng.fromSeed(0);
  const cells = methods.flatMap((method) =>
    tasks.map((task) => {
      const mine = outcomes.filter(({ job }) => job.method === method && job.task === task);
      return describeCell(task, method, mine, rng.fork(`cell ${method} ${task}`));
    }),
  );
  const scores = new Map(
    methods.map((method) => [method, cells.filter((cell) => cell.method === method).map(scoresOf)] as const),
  );
  const whole = methods.filter((method) => scores.get(method)?.every((runs) => runs.length > 0) === true);
  const aggregates = whole.map((method) => {
    const mine = cells.filter((cell) => cell.method === method);
    return aggregate(method, mine, scores.get(method) ?? [], rng.fork(`aggregate ${method}`));
  });
  const value = new Map(aggregates.map((each) => [each.method, each.interquartileMean.value] as const));
  const ranked = whole.toSorted((a, b) => (value.get(b) ?? 0) - (value.get(a) ?? 0));
  const improvements = ranked.flatMap((first, i) =>
    ranked.slice(i + 1).map((second) => ({
      first,
      second,
      probability: stratifiedBootstrap(
        [scores.get(first) ?? [], scores.get(second) ?? []],
        ([a, b]) => probabilityOfImprovement(a!, b!),
        { rng: rng.fork(`improvement ${first} ${second}`), resamples: 10_000 },
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
  const first = results.map(({ stepsTo95 }) => stepsTo95 ?? Number.POSITIVE_INFINITY);
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
            resamples: 10_000,
          }),
    touched: mean(results.map(({ successOnce }) => successOnce)),
    solved: first.filter(Number.isFinite).length,
    stepsTo95: middle(first),
    oscillation: mean(done.map(({ oscillation }) => oscillation)),
    seconds: mean(results.map(({ wallSeconds }) => wallSeconds)),
    curve: curveOf(done, rng.fork("curve")),
  };
}

/** The median where some are infinite: between a number and Infinity lies Infinity, not NaN. */
function middle(values: readonly number[]): number {
  const found = median(values);
  return Number.isNaN(found) && values.length > 0 ? Number.POSITIVE_INFINITY : found;
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
    const estimate = stratifiedBootstrap([[rates]], ([drawn]) => interquartileMeanOf(drawn!), {
      rng,
      resamples: CURVE_RESAMPLES,
    });
    return { step, runs, ...estimate };
  });
}

function aggregate(method: string, cells: readonly Cell[], scores: Scores, rng: Rng): Aggregate {
  const estimate = (name: string, statistic: (scores: Scores) => number) =>
    stratifiedBootstrap([scores], ([drawn]) => statistic(drawn!), { rng: rng.fork(name) });
  const failed = cells.map(({ outcomes }) => outcomes.filter(({ status }) => status === "failed").length);
  const punished = scores.map((runs, i) => [...runs, ...new Array<number>(failed[i] ?? 0).fill(0)]);
  return {
    method,
    runs: scores.flat().length,
    planned: cells.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
    interquartileMean: estimate("iqm", interquartileMeanOf),
    mean: estimate("mean", meanOf),
    optimalityGap: estimate("gap", optimalityGap),
    ifFailedAreZero: failed.some((count) => count > 0) ? interquartileMeanOf(punished) : undefined,
    profile: profileOf(scores, rng.fork("profile")),
  };
}

function profileOf(scores: Scores, rng: Rng): (Estimate & { threshold: number })[] {
  return THRESHOLDS.map((threshold) => ({
    threshold,
    ...stratifiedBootstrap([scores], ([drawn]) => performanceProfile(drawn!, [threshold])[0]!, {
      rng: rng.fork(`${threshold}`),
      resamples: CURVE_RESAMPLES,
    }),
  }));
}
