/** @file Success rates of runs over training, for tables and charts. */

import { join } from "node:path";
import type { RunLine, Series } from "../experiments/report/line-chart.ts";
import { mean } from "../shared/statistics.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";

/** Returns the success rate of each evaluation of a run, by step. */
export function successCurve(run: string): { readonly step: number; readonly rate: number }[] {
  return readMetricRows(join(run, JSONL_FILE)).map(({ step, values }) => ({
    step,
    rate: values["eval/success_rate"] ?? Number.NaN,
  }));
}

/** Returns the minimum success rate of a run's evaluations after a step. */
export function lowestAfter(run: string, step: number): number {
  const late = successCurve(run).filter((each) => each.step > step);
  return Math.min(...late.map(({ rate }) => rate));
}

/**
 * Returns the mean over runs at the points of the longest one, with the runs as faint lines. A run that ended earlier
 * counts with its last value.
 *
 * @param runs evaluated at the same points, as far as they go
 */
export function meanSeries(name: string, runs: readonly RunLine[]): Series {
  const longest = runs.reduce<RunLine["points"]>(
    (points, run) => (run.points.length > points.length ? run.points : points),
    [],
  );
  const points = longest.map(({ x }, i) => ({
    x,
    y: mean(runs.map((run) => (run.points[i] ?? run.points.at(-1))?.y ?? Number.NaN)),
  }));
  return { name: `${name} (${runs.length} seeds)`, points, runs };
}
