/** @file Forest plot as SVG: one row per estimate with its interval, and a line at no difference. */

import { COLOUR_COUNT, chartDocument, coordinate, tickAnchor } from "./chart-style.ts";
import { markup } from "./markup.ts";
import { fixed, signed } from "./number-text.ts";
import { type Axis, makeScale } from "./scale.ts";

export interface IntervalRow {
  readonly name: string;
  /** NaN without data: the row then says "no run". `low` and `high` are NaN without an interval. */
  readonly point: number;
  readonly low: number;
  readonly high: number;
  /** Palette index; by default chosen by whether the interval lies below, across or above `zero`. */
  readonly colour?: number;
}

export interface IntervalChart {
  /** Printed above the chart; a few words. */
  readonly title: string;
  /** Text alternative for screen readers. */
  readonly description: string;
  readonly axis: Axis;
  readonly rows: readonly IntervalRow[];
  /** The value that means no difference; false if the estimates are not differences. Default 0. */
  readonly zero?: number | false;
  /** Which direction is better: an interval entirely on that side is green, on the other red. Default neither. */
  readonly better?: "more" | "less";
  /** Decimals of the numbers beside the rows; default 2. */
  readonly decimals?: number;
}

const WIDTH = 640;
const LEFT = 14;
const RIGHT = 24;
const TOP = 44;

/** Row height, and the offsets of the name and the interval within it. */
const ROW = 46;
const NAME = 18;
const BAR = 33;

/** Letter width on the narrowest screen. */
const LETTER_WIDTH = 9;

const GREEN = 2;
const RED = 1;
const GREY = 5;
const BLUE = 0;

/** Draws the chart; equal charts give equal text. */
export function intervalChart(chart: IntervalChart): string {
  const { rows, better, decimals = 2 } = chart;
  const zero = chart.zero ?? 0;
  const bottom = TOP + rows.length * ROW + 4;
  const numbers = rows.flatMap(({ point, low, high }) => [point, low, high]);
  const scale = makeScale(chart.axis, zero === false ? numbers : [...numbers, zero], LEFT, WIDTH - RIGHT, 6);
  const format = zero === false ? fixed : signed;

  const colourOf = ({ low, high, colour }: IntervalRow) => {
    if (colour !== undefined) return colour % COLOUR_COUNT;
    if (zero === false || !(low > zero || high < zero)) return GREY;
    if (better === undefined) return BLUE;
    return low > zero === (better === "more") ? GREEN : RED;
  };
  const grid = scale.ticks.map(
    ({ value, text }, i) =>
      markup`<line class="grid" x1="${coordinate(scale.at(value))}" x2="${coordinate(scale.at(value))}" y1="${TOP}" y2="${bottom}"/><text class="${tickAnchor(scale.at(value), text, LETTER_WIDTH, WIDTH)}${i % 2 === 1 ? " wide-only" : ""}" x="${coordinate(scale.at(value))}" y="${bottom + 24}">${text}</text>`,
  );
  const drawnRows = rows.map((row, i) => {
    const [top, colour] = [TOP + i * ROW, colourOf(row)];
    const [low, point, high] = [scale.at(row.low), scale.at(row.point), scale.at(row.high)];
    const interval = Number.isNaN(row.low + row.high)
      ? ""
      : ` [${format(row.low, decimals)}, ${format(row.high, decimals)}]`;
    const values = Number.isNaN(row.point) ? "no run" : `${format(row.point, decimals)}${interval}`;
    const crowded = (row.name.length + values.length + 2) * LETTER_WIDTH > WIDTH - LEFT - RIGHT;
    const y = top + BAR;
    const bar = Number.isNaN(low + high)
      ? undefined
      : markup`<path class="line s${colour}" d="M${coordinate(low)} ${y}H${coordinate(high)}M${coordinate(low)} ${y - 5}v10M${coordinate(high)} ${y - 5}v10"/>`;
    const dot = Number.isNaN(point)
      ? undefined
      : markup`<circle class="f${colour}" cx="${coordinate(point)}" cy="${y}" r="5.5"/>`;
    return markup`<g><title>${row.name}: ${values}</title><text class="strong" x="${LEFT}" y="${top + NAME}">${row.name}</text><text class="end${crowded ? " wide-only" : ""}" x="${WIDTH - RIGHT}" y="${top + NAME}">${values}</text>${bar}${dot}</g>`;
  });
  const zeroLine =
    zero === false
      ? undefined
      : markup`<line class="reference" x1="${coordinate(scale.at(zero))}" x2="${coordinate(scale.at(zero))}" y1="${TOP}" y2="${bottom}"/>`;
  return chartDocument({
    title: chart.title,
    description: chart.description,
    width: WIDTH,
    height: bottom + 60,
    size: "dense",
    content: [
      markup`<text class="strong" x="4" y="24" font-weight="600">${chart.title}</text>`,
      grid,
      zeroLine,
      drawnRows,
      markup`<text class="end" x="${WIDTH - RIGHT}" y="${bottom + 50}">${chart.axis.label}</text>`,
    ],
  });
}
