/**
 * @file Statistics for few runs on several tasks, as rliable has them (Agarwal et al. 2021, arXiv:2108.13264;
 * google-research/rliable, `metrics.py` and `library.py`).
 *
 * A method's scores are a list of tasks, each a list of runs. Tasks may have different numbers of runs, as
 * unfinished sweeps do; where they have the same, every figure is rliable's.
 */

import { internal } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";

/** Scores of one method: for each task, one of each run. */
export type Scores = readonly (readonly number[])[];

/** A figure and its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly rng: Rng;
  /** rliable's 50,000 if not given. */
  readonly resamples?: number;
  /** 0.95 if not given. */
  readonly confidence?: number;
}

const RESAMPLES = 50_000;
const CONFIDENCE = 0.95;

/**
 * A figure with its stratified bootstrap interval: runs are drawn anew within each task, with replacement, and
 * the interval is between percentiles of the figure.
 *
 * @param methods   the scores of one method, or of several that the figure compares; each is resampled by itself
 * @param statistic must not keep or change what it is given: it is filled anew for each resample
 */
export function stratifiedBootstrap(
  methods: readonly Scores[],
  statistic: (methods: readonly Scores[]) => number,
  { rng, resamples = RESAMPLES, confidence = CONFIDENCE }: BootstrapOptions,
): Estimate {
  const drawn = methods.map((tasks) => tasks.map((runs) => new Array<number>(runs.length).fill(0)));
  const figures = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let m = 0; m < methods.length; m++) {
      const tasks = methods[m]!;
      for (let t = 0; t < tasks.length; t++) resample(tasks[t]!, drawn[m]![t]!, rng);
    }
    figures[i] = statistic(drawn);
  }
  figures.sort();
  const tail = (1 - confidence) / 2;
  return { value: statistic(methods), low: percentile(figures, tail), high: percentile(figures, 1 - tail) };
}

function resample(runs: readonly number[], into: number[], rng: Rng): void {
  for (let i = 0; i < into.length; i++) into[i] = runs[rng.integer(runs.length)]!;
}

/** Between sorted figures, linear as numpy.percentile. */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - low);
}

/** The mean of the middle half of all runs on all tasks: a quarter is cut from either end, as scipy's trim_mean. */
export function interquartileMeanOf(scores: Scores): number {
  const all = scores.flat();
  const count = all.length;
  if (count === 0) return Number.NaN;
  const sorted = Float64Array.from(all).sort();
  const cut = Math.floor(0.25 * count);
  let sum = 0;
  for (let i = cut; i < count - cut; i++) sum += sorted[i]!;
  return sum / (count - 2 * cut);
}

/** The mean over tasks of their mean over runs. */
export function meanOf(scores: Scores): number {
  return average(scores.map((runs) => average(runs)));
}

/** How far runs fall short of a score on average; what is beyond it earns nothing. */
export function optimalityGap(scores: Scores, target = 1): number {
  return target - average(scores.flat().map((score) => Math.min(score, target)));
}

/** The share of all runs with a score above each threshold (the run-score distribution). */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  const all = scores.flat();
  return thresholds.map((threshold) => all.filter((score) => score > threshold).length / all.length);
}

/**
 * The chance that a run of the first method beats one of the second on the same task, averaged over tasks; a tie
 * is half a win (Mann & Whitney's U over the number of pairs).
 */
export function probabilityOfImprovement(first: Scores, second: Scores): number {
  if (first.length !== second.length) {
    throw internal(`probabilityOfImprovement: ${first.length} tasks against ${second.length}`);
  }
  return average(first.map((runs, task) => winShare(runs, second[task]!)));
}

function winShare(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const a of first) {
    for (const b of second) {
      if (a > b) wins += 1;
      else if (a === b) wins += 0.5;
    }
  }
  return wins / (first.length * second.length);
}

function average(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
