/** @file A sweep's figures as SVG. */

import { intervalChart } from "../report/interval-chart.ts";
import { lineChart } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Comparison } from "./comparison.ts";
import { estimateText } from "./sweep-tables.ts";

/** Interquartile means of the methods over all tasks. */
export function aggregateFigure({ aggregates, methods }: Comparison): string {
  return intervalChart({
    title: "Success at the end",
    description: aggregates
      .map(({ method, interquartileMean }) => `${method}: ${estimateText(interquartileMean)}`)
      .join("; "),
    axis: { label: "interquartile mean of success", range: [0, 1] },
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

/** The best method against each of the others. */
export function improvementFigure({ improvements: every }: Comparison): string {
  const best = every[0]?.first;
  const improvements = every.filter(({ first }) => first === best);
  return intervalChart({
    title: "Chance to be better",
    description: improvements
      .map(({ first, second, probability }) => `${first} over ${second}: ${estimateText(probability)}`)
      .join("; "),
    axis: { label: "chance that the first is better", range: [0, 1] },
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

/** Success over training steps on one task, each seed behind its method. */
export function curveFigure({ cells }: Comparison, task: string): string {
  const mine = cells.filter((cell) => cell.task === task);
  return lineChart({
    title: task,
    description: mine
      .map(({ method, curve }) => `${method} ends at ${fixed(curve.at(-1)?.value ?? Number.NaN, 2)}`)
      .join("; "),
    x: { label: "environment steps" },
    y: { label: "success", range: [0, 1] },
    series: mine.map(({ method, curve, outcomes }) => ({
      name: method,
      points: curve.map(({ step, value }) => ({ x: step, y: value })),
      band: curve.map(({ step, low, high }) => ({ x: step, low, high })),
      strands: outcomes.map(({ job, curve: run, result }) => ({
        name: `${method}, seed ${job.seed}: ${result === undefined ? "unfinished" : `${fixed(result.successRate, 2)} at the end`}`,
        points: run.map(({ step, successRate }) => ({ x: step, y: successRate })),
      })),
    })),
    reference: { y: 0.95, name: "0.95" },
  });
}

/** The share of runs above each success rate. */
export function profileFigure({ aggregates, methods }: Comparison): string {
  return lineChart({
    title: "Performance profiles",
    description: aggregates
      .map(({ method, profile }) => {
        const at = profile.find(({ threshold }) => threshold === 0.9);
        return `${method}: ${fixed(at?.value ?? Number.NaN, 2)} of runs above 0.9`;
      })
      .join("; "),
    x: { label: "success at the end, more than", range: [0, 1] },
    y: { label: "share of runs", range: [0, 1] },
    series: aggregates.map(({ method, profile }) => ({
      name: method,
      colour: methods.indexOf(method),
      points: profile.map(({ threshold, value }) => ({ x: threshold, y: value })),
      band: profile.map(({ threshold, low, high }) => ({ x: threshold, low, high })),
    })),
  });
}
