/** @file The arm's runs as charts and tables, the same for every case. */

import { mean } from "../../shared/statistics.ts";
import { intervalChart } from "../report/interval-chart.ts";
import { lineChart, type Series } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Block } from "../report/page.ts";
import { type ArmRuns, FIGURES, type FigureKind } from "./arm-runs.ts";
import type { Remedy } from "./remedies.ts";
import { differenceText } from "./verdict-rules.ts";

/** A metric over training: its mean over seeds, and each seed. */
export function metricSeries(arm: ArmRuns, remedy: Remedy, metric: string): Series {
  const strands = arm.of(remedy).map(({ seed, rows }) => ({
    name: `${remedy.name}, seed ${seed}`,
    points: rows.map(({ step, values }) => ({ x: step, y: values[metric] ?? Number.NaN })),
  }));
  const steps = new Set(strands.flatMap(({ points }) => points.map(({ x }) => x)));
  const points = [...steps]
    .sort((a, b) => a - b)
    .map((x) => {
      const found = strands.flatMap(({ points }) => points.filter((each) => each.x === x).map(({ y }) => y));
      return { x, y: mean(found) };
    });
  return { name: remedy.name, points, strands };
}

/** How a metric's axis is to look. */
export interface MetricAxis {
  readonly metric: string;
  readonly label: string;
  readonly scale?: "linear" | "log";
  readonly range?: readonly [low: number, high: number];
}

export const SUCCESS_RATE: MetricAxis = { metric: "eval/success_rate", label: "success rate", range: [0, 1] };

/** Several remedies in one chart: for a few that lie apart. */
export function metricChart(
  arm: ArmRuns,
  title: string,
  remedies: readonly Remedy[],
  { metric, ...axis }: MetricAxis,
): string {
  return lineChart({
    title,
    description: `${axis.label} over environment steps for ${remedies.map(({ name }) => name).join("; ")}. Each seed is a faint line, their mean a strong one.`,
    x: { label: "environment steps" },
    y: axis,
    series: remedies.map((remedy) => metricSeries(arm, remedy, metric)),
  });
}

/** One small chart for each remedy, its base in grey behind it. */
export function besideBase(
  arm: ArmRuns,
  remedies: readonly Remedy[],
  base: Remedy,
  { metric, ...axis }: MetricAxis,
): string[] {
  const behind = metricSeries(arm, base, metric);
  return remedies.map((remedy) =>
    lineChart({
      title: remedy.name.startsWith(`${base.name}, `) ? remedy.name.slice(base.name.length + 2) : remedy.name,
      description: `${axis.label} over environment steps for ${remedy.name}, beside ${base.name}.`,
      size: "small",
      x: { label: "environment steps" },
      y: axis,
      series: [
        { name: base.name, points: behind.points, colour: 5, dashed: true },
        { ...metricSeries(arm, remedy, metric), name: "with it", colour: 0 },
      ],
    }),
  );
}

/** How much each remedy changes a figure, with its interval. */
export function effectChart(
  arm: ArmRuns,
  title: string,
  remedies: readonly Remedy[],
  base: Remedy,
  figure: FigureKind,
): string {
  return intervalChart({
    title,
    description: `Difference of ${figure.name} against ${base.name}, mean and 95 % interval, for each remedy.`,
    axis: { label: `${figure.name}, difference from ${base.name}` },
    better: figure.better,
    decimals: figure.decimals,
    rows: remedies.map((remedy) => {
      const { difference, seeds } = arm.compare(remedy, base, figure);
      const { mean: point, low, high } = difference;
      const known = seeds > 1;
      return { name: remedy.name, point, low: known ? low : Number.NaN, high: known ? high : Number.NaN };
    }),
  });
}

/** A metric that a table shows beside the figures: its mean over the last half. */
export interface LateColumn {
  readonly metric: string;
  readonly name: string;
  readonly decimals: number;
}

/** All figures of some remedies, each with its difference from the base. */
export function effectTable(
  arm: ArmRuns,
  remedies: readonly Remedy[],
  base: Remedy,
  late: readonly LateColumn[] = [],
): Block {
  const columns = [
    { name: "remedy" },
    { name: "runs", numeric: true },
    ...FIGURES.flatMap(({ name }) => [
      { name, numeric: true },
      { name: `against ${base.name} [95 %]`, numeric: true },
    ]),
    ...late.map(({ name }) => ({ name, numeric: true })),
  ];
  const rows = [base, ...remedies.filter(({ name }) => name !== base.name)].map((remedy) => {
    const runs = arm.of(remedy);
    const figures = FIGURES.flatMap((figure) => [
      fixed(mean(runs.map(figure.of)), figure.decimals),
      remedy === base ? "" : differenceText(arm.compare(remedy, base, figure), figure),
    ]);
    const extras = late.map(({ metric, decimals }) => fixed(arm.late(remedy, metric), decimals));
    return [remedy.name, `${runs.length}/${arm.seeds.length}`, ...figures, ...extras];
  });
  return {
    kind: "table",
    caption: `Means over seeds after ${fixed(arm.steps)} steps; differences are seed by seed.`,
    columns,
    rows,
  };
}
