/**
 * @file Plots the success rate of completed runs over training steps as SVG: faint lines per run and their mean.
 *
 *     npx tsx bench/plot-curves.ts docs/reach.svg "with hindsight=runs/her" "without=runs/no-her"
 *
 * Each folder contains run folders, as written by bench/seeds.ts --out.
 */

import "./help.ts";

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineChart } from "../experiments/report/line-chart.ts";
import { meanSeries, successCurve } from "./run-curves.ts";

const [target, ...groups] = process.argv.slice(2);
if (target === undefined || groups.length === 0) {
  console.error("expected: plot-curves.ts <file.svg> <name=folder> …");
  process.exit(2);
}

const series = groups.map((group) => {
  const [name = "", folder = ""] = group.split("=");
  const runs = readdirSync(folder).map((run) => {
    const rates = successCurve(join(folder, run)).map(({ step, rate }) => ({ x: step, y: rate }));
    return { name: `${name}, ${run}`, points: [{ x: 0, y: 0 }, ...rates] };
  });
  return meanSeries(name, runs);
});

writeFileSync(
  target,
  lineChart({
    title: "Success rate over training",
    description: `Share of evaluation episodes with success at the last step, over environment steps: ${series.map(({ name }) => name).join("; ")}. Faint lines are single seeds, strong lines their mean.`,
    x: { label: "environment steps" },
    y: { label: "success rate at the last step, without noise", range: [0, 1] },
    series,
  }),
);
