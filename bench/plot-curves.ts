/**
 * @file Draws the success rate of finished runs over training steps, one faint line a run and their mean, as an SVG.
 *
 *     npx tsx bench/plot-curves.ts docs/reach.svg "with hindsight=runs/her" "without=runs/no-her"
 *
 * Each folder holds run folders, as bench/seeds.ts --out leaves them.
 */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineChart, type Series } from "../experiments/report/line-chart.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";

const [target, ...groups] = process.argv.slice(2);
if (target === undefined || groups.length === 0) {
  console.error("expected: plot-curves.ts <file.svg> <name=folder> …");
  process.exit(2);
}

const series = groups.map((group): Series => {
  const [name = "", folder = ""] = group.split("=");
  const strands = readdirSync(folder).map((run) => {
    const rows = readMetricRows(join(folder, run, "metrics.jsonl"));
    const rates = rows.map(({ step, values }) => ({ x: step, y: values["eval/success_rate"] ?? Number.NaN }));
    return { name: `${name}, ${run}`, points: [{ x: 0, y: 0 }, ...rates] };
  });
  const points = (strands[0]?.points ?? []).map(({ x }, i) => {
    const rates = strands.map(({ points }) => points[i]?.y ?? Number.NaN);
    return { x, y: rates.reduce((sum, rate) => sum + rate, 0) / rates.length };
  });
  return { name: `${name} (${strands.length} seeds)`, points, strands };
});

writeFileSync(
  target,
  lineChart({
    title: "Success rate over training",
    description: `Share of evaluation episodes that end at the goal, over environment steps: ${series.map(({ name }) => name).join("; ")}. Each seed is a faint line, their mean a strong one.`,
    x: { label: "environment steps" },
    y: { label: "success rate at the last step, without noise", range: [0, 1] },
    series,
  }),
);
