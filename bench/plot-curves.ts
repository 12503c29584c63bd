/**
 * @file Draws the success rate of finished runs over training steps, one line a run, as an SVG.
 *
 *     npx tsx bench/plot-curves.ts docs/reach.svg "with hindsight=runs/her" "without=runs/no-her"
 *
 * Each folder holds run folders, as bench/seeds.ts --out leaves them.
 */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMetricRows } from "../lab/jsonl-reader.ts";

const WIDTH = 760;
const HEIGHT = 300;
const MARGIN = { left: 52, right: 32, top: 44, bottom: 44 };
const COLORS = ["#1f6feb", "#d1242f", "#8250df", "#1a7f37"];
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';

interface Curve {
  readonly color: string;
  readonly points: readonly { readonly step: number; readonly rate: number }[];
}

const [target, ...groups] = process.argv.slice(2);
if (target === undefined || groups.length === 0) {
  console.error("expected: plot-curves.ts <file.svg> <name=folder> …");
  process.exit(2);
}

const named = groups.map((group, i) => {
  const [name = "", folder = ""] = group.split("=");
  const color = COLORS[i % COLORS.length]!;
  const curves = readdirSync(folder).map((run): Curve => {
    const rows = readMetricRows(join(folder, run, "metrics.jsonl"));
    const points = rows.map(({ step, values }) => ({
      step,
      rate: values["eval/success_rate"] ?? Number.NaN,
    }));
    return { color, points: [{ step: 0, rate: 0 }, ...points] };
  });
  return { name, color, curves };
});

const last = Math.max(
  ...named.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(({ step }) => step))),
);
const x = (step: number) => MARGIN.left + (step / last) * (WIDTH - MARGIN.left - MARGIN.right);
const y = (rate: number) => HEIGHT - MARGIN.bottom - rate * (HEIGHT - MARGIN.top - MARGIN.bottom);

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const grid = [0, 0.25, 0.5, 0.75, 1].map(
  (rate) =>
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(rate)}" y2="${y(rate)}" stroke="#d0d7de"/>` +
    `<text x="${MARGIN.left - 8}" y="${y(rate) + 4}" text-anchor="end" fill="#57606a" ${FONT}>${rate}</text>`,
);
const ticks = [0, 0.25, 0.5, 0.75, 1].map(
  (share) =>
    `<text x="${x(share * last)}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle" fill="#57606a" ${FONT}>${(share * last).toLocaleString("en")}</text>`,
);
const lines = named.flatMap(({ curves }) =>
  curves.map(({ color, points }) => {
    const path = points.map(({ step, rate }) => `${x(step).toFixed(1)},${y(rate).toFixed(1)}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.6" stroke-opacity="0.55"/>`;
  }),
);
const legend = named.map(
  ({ name, color, curves }, i) =>
    `<rect x="${MARGIN.left + i * 230}" y="14" width="14" height="14" fill="${color}"/>` +
    `<text x="${MARGIN.left + 20 + i * 230}" y="26" fill="#24292f" ${FONT}>${escaped(name)} (${curves.length} seeds)</text>`,
);
const caption = `<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle" fill="#57606a" ${FONT}>environment steps · success rate at the last step, evaluated without noise</text>`;

writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Success rate over training steps"><rect width="100%" height="100%" fill="#ffffff"/>${[...grid, ...ticks, ...lines, ...legend, caption].join("\n")}</svg>\n`,
);
