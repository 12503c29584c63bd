/** @file Figures of a sweep's report, as SVG. */

import { intervalChart } from "../report/interval-chart.ts";
import { lineChart } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Comparison } from "./comparison.ts";
import { estimateText } from "./sweep-tables.ts";

/** Forest plot of each method's interquartile mean over all tasks. */
export function aggregateFigure({ aggregates, methods }: Comparison): string {
  return intervalChart({
    title: "Final success rate",
    description: aggregates
      .map(({ method, interquartileMean }) => `${method}: ${estimateText(interquartileMean)}`)
      .join("; "),
    axis: { label: "interquartile mean of the final success rate", range: [0, 1] },
    zero: false,
    rows: aggregates.map(({ method, interquartileMean: { value, low, high } }) => ({
      name: method,
      point: value,
      low,
      high,
      colour: methods.indexOf(method),
    })),
  });
}

/** Forest plot of the best method's probability of improvement over each other method. */
export function improvementFigure({ improvements: allPairs }: Comparison): string {
  const best = allPairs[0]?.first;
  const improvements = allPairs.filter(({ first }) => first === best);
  return intervalChart({
    title: "Probability of improvement",
    description: improvements
      .map(({ first, second, probability }) => `${first} over ${second}: ${estimateText(probability)}`)
      .join("; "),
    axis: { label: "P(first method better than second)", range: [0, 1] },
    zero: false,
    rows: improvements.map(({ first, second, probability: { value, low, high } }) => ({
      name: `${first} over ${second}`,
      point: value,
      low,
      high,
      colour: low > 0.5 ? 2 : high < 0.5 ? 1 : 5,
    })),
  });
}

/** Learning curves on one task: one series per method, with its band and single seeds. */
export function curveFigure({ cells }: Comparison, task: string): string {
  const taskCells = cells.filter((cell) => cell.task === task);
  return lineChart({
    title: task,
    description: taskCells
      .map(({ method, curve }) => `${method} ends at ${fixed(curve.at(-1)?.value ?? Number.NaN, 2)}`)
      .join("; "),
    x: { label: "environment steps" },
    y: { label: "success rate", range: [0, 1] },
    series: taskCells.map(({ method, curve, outcomes }) => ({
      name: method,
      points: curve.map(({ step, value }) => ({ x: step, y: value })),
      band: curve.map(({ step, low, high }) => ({ x: step, low, high })),
      runs: outcomes.map(({ job, curve: run, result }) => ({
        name: `${method}, seed ${job.seed}: ${result === undefined ? "unfinished" : `${fixed(result.successRate, 2)} at the end`}`,
        points: run.map(({ step, successRate }) => ({ x: step, y: successRate })),
      })),
    })),
    reference: { y: 0.95, name: "0.95" },
  });
}

/** Performance profiles: share of runs above each success rate. */
export function profileFigure({ aggregates, methods }: Comparison): string {
  return lineChart({
    title: "Performance profiles",
    description: aggregates
      .map(({ method, profile }) => {
        const at = profile.find(({ threshold }) => threshold === 0.9);
        return `${method}: ${fixed(at?.value ?? Number.NaN, 2)} of runs above 0.9`;
      })
      .join("; "),
    x: { label: "final success rate τ", range: [0, 1] },
    y: { label: "share of runs above τ", range: [0, 1] },
    series: aggregates.map(({ method, profile }) => ({
      name: method,
      colour: methods.indexOf(method),
      points: profile.map(({ threshold, value }) => ({ x: threshold, y: value })),
      band: profile.map(({ threshold, low, high }) => ({ x: threshold, low, high })),
    })),
  });
}
