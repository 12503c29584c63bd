/**
 * @file Statistics for few runs on several tasks, as in rliable (Agarwal et al. 2021, arXiv:2108.13264;
 * google-research/rliable, `metrics.py` and `library.py`).
 *
 * Tasks may have different numbers of runs, as in unfinished sweeps; with equal numbers every result equals rliable's.
 */

import { internal } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { interquartileMean, mean, sortedQuantile } from "../../shared/statistics.ts";

/** Scores of one method: one list per task, one score per run. */
export type Scores = readonly (readonly number[])[];

/** A statistic and its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly rng: Rng;
  /** Default 50,000, as rliable. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

const RESAMPLES = 50_000;
const CONFIDENCE = 0.95;

/**
 * Estimates a statistic with its stratified percentile bootstrap interval: runs are resampled with replacement
 * within each task.
 *
 * @param methods   the scores of one method, or of several that the statistic compares; each is resampled separately
 * @param statistic must not keep or change its argument, which is reused for each resample
 */
export function stratifiedBootstrap(
  methods: readonly Scores[],
  statistic: (methods: readonly Scores[]) => number,
  { rng, resamples = RESAMPLES, confidence = CONFIDENCE }: BootstrapOptions,
): Estimate {
  const resampled = methods.map((tasks) => tasks.map((runs) => new Array<number>(runs.length).fill(0)));
  const estimates = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let m = 0; m < methods.length; m++) {
      const tasks = methods[m]!;
      for (let t = 0; t < tasks.length; t++) resample(tasks[t]!, resampled[m]![t]!, rng);
    }
    estimates[i] = statistic(resampled);
  }
  estimates.sort();
  const tail = (1 - confidence) / 2;
  return {
    value: statistic(methods),
    low: sortedQuantile(estimates, tail),
    high: sortedQuantile(estimates, 1 - tail),
  };
}

function resample(runs: readonly number[], into: number[], rng: Rng): void {
  for (let i = 0; i < into.length; i++) into[i] = runs[rng.integer(runs.length)]!;
}

/** The interquartile mean over all runs of all tasks; NaN if there are no runs. */
export function interquartileMeanOf(scores: Scores): number {
  return interquartileMean(scores.flat());
}

/** The mean over tasks of each task's mean over runs. */
export function meanOf(scores: Scores): number {
  return mean(scores.map(mean));
}

/** The mean shortfall of the runs from the target score; scores above the target count as the target. */
export function optimalityGap(scores: Scores, target = 1): number {
  return target - mean(scores.flat().map((score) => Math.min(score, target)));
}

/** The share of all runs with a score above each threshold (run-score distribution). */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  const all = scores.flat();
  return thresholds.map((threshold) => all.filter((score) => score > threshold).length / all.length);
}

/**
 * The probability that a run of the first method beats a run of the second on the same task, averaged over tasks.
 * A tie counts half (Mann & Whitney's U over the number of pairs).
 */
export function probabilityOfImprovement(first: Scores, second: Scores): number {
  if (first.length !== second.length) {
    throw internal(`probabilityOfImprovement: ${first.length} tasks against ${second.length}`);
  }
  return mean(first.map((runs, task) => winShare(runs, second[task]!)));
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
