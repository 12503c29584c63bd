/** @file Charts and tables of the arm's runs, shared by all cases. */

import { mean } from "../../shared/statistics.ts";
import { intervalChart } from "../report/interval-chart.ts";
import { lineChart, type Series } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Block } from "../report/page.ts";
import { type ArmRuns, RUN_METRICS, type RunMetric } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";
import { differenceText } from "./verdict-rules.ts";

/** A logged metric and its axis. */
export interface MetricAxis {
  readonly metric: string;
  readonly label: string;
  readonly scale?: "linear" | "log";
  readonly range?: readonly [low: number, high: number];
}

export const SUCCESS_RATE: MetricAxis = { metric: "eval/success_rate", label: "success rate", range: [0, 1] };

/** A logged metric over training: the mean over seeds, and each seed. */
export function metricSeries(arm: ArmRuns, remedy: Remedy, metric: string): Series {
  const runs = arm.of(remedy).map(({ seed, rows }) => ({
    name: `${remedy.name}, seed ${seed}`,
    points: rows.map(({ step, values }) => ({ x: step, y: values[metric] ?? Number.NaN })),
  }));
  const steps = new Set(runs.flatMap(({ points }) => points.map(({ x }) => x)));
  const points = [...steps]
    .sort((a, b) => a - b)
    .map((x) => {
      const values = runs.flatMap((run) => run.points.filter((point) => point.x === x).map(({ y }) => y));
      return { x, y: mean(values) };
    });
  return { name: remedy.name, points, runs };
}

/** One line chart with a few remedies. */
export function metricChart(
  arm: ArmRuns,
  title: string,
  remedies: readonly Remedy[],
  { metric, ...axis }: MetricAxis,
): string {
  return lineChart({
    title,
    description: `${axis.label} over environment steps for ${remedies.map(({ name }) => name).join("; ")}. Faint lines are single seeds, strong lines their mean.`,
    x: { label: "environment steps" },
    y: axis,
    series: remedies.map((remedy) => metricSeries(arm, remedy, metric)),
  });
}

/** One small line chart per remedy, with the base as a dashed grey line. */
export function remedyCharts(
  arm: ArmRuns,
  remedies: readonly Remedy[],
  base: Remedy,
  { metric, ...axis }: MetricAxis,
): string[] {
  const baseSeries = metricSeries(arm, base, metric);
  return remedies.map((remedy) =>
    lineChart({
      title: remedy.name.startsWith(`${base.name}, `) ? remedy.name.slice(base.name.length + 2) : remedy.name,
      description: `${axis.label} over environment steps for ${remedy.name}, compared with ${base.name}.`,
      size: "small",
      x: { label: "environment steps" },
      y: axis,
      series: [
        { name: base.name, points: baseSeries.points, colour: 5, dashed: true },
        { ...metricSeries(arm, remedy, metric), name: "with remedy", colour: 0 },
      ],
    }),
  );
}

/** Forest plot of each remedy's paired difference from the base. */
export function effectChart(
  arm: ArmRuns,
  title: string,
  remedies: readonly Remedy[],
  base: Remedy,
  metric: RunMetric,
): string {
  return intervalChart({
    title,
    description: `Paired difference in ${metric.name} from ${base.name} for each remedy: mean and 95 % interval.`,
    axis: { label: `${metric.name}, difference from ${base.name}` },
    better: metric.better,
    decimals: metric.decimals,
    rows: remedies.map((remedy) => {
      const { difference, seeds } = arm.compare(remedy, base, metric);
      const { mean: point, low, high } = difference;
      const hasInterval = seeds > 1;
      return {
        name: remedy.name,
        point,
        low: hasInterval ? low : Number.NaN,
        high: hasInterval ? high : Number.NaN,
      };
    }),
  });
}

/** An additional table column: a logged metric's mean over the last half of training. */
export interface LateColumn {
  readonly metric: string;
  readonly name: string;
  readonly decimals: number;
}

/** Table of all metrics of each remedy, with the paired differences from the base. */
export function effectTable(
  arm: ArmRuns,
  remedies: readonly Remedy[],
  base: Remedy,
  late: readonly LateColumn[] = [],
): Block {
  const columns = [
    { name: "remedy" },
    { name: "runs", numeric: true },
    ...RUN_METRICS.flatMap(({ name }) => [
      { name, numeric: true },
      { name: `against ${base.name} [95 %]`, numeric: true },
    ]),
    ...late.map(({ name }) => ({ name, numeric: true })),
  ];
  const rows = [base, ...remedies.filter(({ name }) => name !== base.name)].map((remedy) => {
    const runs = arm.of(remedy);
    const metrics = RUN_METRICS.flatMap((metric) => [
      fixed(mean(runs.map(metric.of)), metric.decimals),
      remedy === base ? "" : differenceText(arm.compare(remedy, base, metric), metric),
    ]);
    const lateValues = late.map(({ metric, decimals }) => fixed(arm.late(remedy, metric), decimals));
    return [remedy.name, `${runs.length}/${arm.seeds.length}`, ...metrics, ...lateValues];
  });
  return {
    kind: "table",
    caption: `Means over seeds after ${fixed(arm.steps)} steps, with paired differences.`,
    columns,
    rows,
  };
}
