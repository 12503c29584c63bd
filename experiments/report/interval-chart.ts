/** @file Intervals as SVG (a forest plot): one row each, a point, its interval, and the line of no difference. */

import { COLOURS, chartDocument, place, tickAnchor } from "./chart-style.ts";
import { markup } from "./markup.ts";
import { fixed, signed } from "./number-text.ts";
import { type Axis, makeScale } from "./scale.ts";

export interface IntervalRow {
  readonly name: string;
  /** NaN where nothing is known: the row says so. Without an interval, low and high are NaN. */
  readonly point: number;
  readonly low: number;
  readonly high: number;
  /** Which colour of the palette; by default by where the interval lies: below, on or above `zero`. */
  readonly colour?: number;
}

export interface IntervalChart {
  /** Shown above; a few words. */
  readonly title: string;
  /** What is to be seen, for those who cannot see it. */
  readonly description: string;
  readonly axis: Axis;
  readonly rows: readonly IntervalRow[];
  /** Where there is no difference; false for figures that are none. Default 0. */
  readonly zero?: number | false;
  /** Whether more is better: an interval wholly on the good side is green, on the bad side red. Default neither. */
  readonly better?: "more" | "less";
  /** Of the numbers beside the rows; default 2. */
  readonly decimals?: number;
}

const WIDTH = 640;
const LEFT = 14;
const RIGHT = 24;
const TOP = 44;

/** A row is its name and numbers, and the interval beneath them. */
const ROW = 46;
const NAME = 18;
const BAR = 33;

/** Of a letter on the narrowest screen. */
const LETTER = 9;

const GOOD = 2;
const BAD = 1;
const NEUTRAL = 5;

/** Draws the chart; the same chart is always the same text. */
export function intervalChart(chart: IntervalChart): string {
  const { rows, better, decimals = 2 } = chart;
  const zero = chart.zero ?? 0;
  const bottom = TOP + rows.length * ROW + 4;
  const numbers = rows.flatMap(({ point, low, high }) => [point, low, high]);
  const scale = makeScale(chart.axis, zero === false ? numbers : [...numbers, zero], LEFT, WIDTH - RIGHT, 6);
  const show = zero === false ? fixed : signed;

  const colourOf = ({ low, high, colour }: IntervalRow) => {
    if (colour !== undefined) return colour % COLOURS;
    if (zero === false || !(low > zero || high < zero)) return NEUTRAL;
    if (better === undefined) return 0;
    return low > zero === (better === "more") ? GOOD : BAD;
  };
  const lines = scale.ticks.map(
    ({ value, text }, i) =>
      markup`<line class="grid" x1="${place(scale.at(value))}" x2="${place(scale.at(value))}" y1="${TOP}" y2="${bottom}"/><text class="${tickAnchor(scale.at(value), text, LETTER, WIDTH)}${i % 2 === 1 ? " roomy" : ""}" x="${place(scale.at(value))}" y="${bottom + 24}">${text}</text>`,
  );
  const drawn = rows.map((row, i) => {
    const [top, colour] = [TOP + i * ROW, colourOf(row)];
    const [low, point, high] = [scale.at(row.low), scale.at(row.point), scale.at(row.high)];
    const interval = Number.isNaN(row.low + row.high)
      ? ""
      : ` [${show(row.low, decimals)}, ${show(row.high, decimals)}]`;
    const values = Number.isNaN(row.point) ? "no run" : `${show(row.point, decimals)}${interval}`;
    const crowded = (row.name.length + values.length + 2) * LETTER > WIDTH - LEFT - RIGHT;
    const y = top + BAR;
    const bar = Number.isNaN(low + high)
      ? undefined
      : markup`<path class="line s${colour}" d="M${place(low)} ${y}H${place(high)}M${place(low)} ${y - 5}v10M${place(high)} ${y - 5}v10"/>`;
    const dot = Number.isNaN(point)
      ? undefined
      : markup`<circle class="f${colour}" cx="${place(point)}" cy="${y}" r="5.5"/>`;
    return markup`<g><title>${row.name}: ${values}</title><text class="strong" x="${LEFT}" y="${top + NAME}">${row.name}</text><text class="end${crowded ? " roomy" : ""}" x="${WIDTH - RIGHT}" y="${top + NAME}">${values}</text>${bar}${dot}</g>`;
  });
  const none =
    zero === false
      ? undefined
      : markup`<line class="reference" x1="${place(scale.at(zero))}" x2="${place(scale.at(zero))}" y1="${TOP}" y2="${bottom}"/>`;
  return chartDocument({
    title: chart.title,
    description: chart.description,
    width: WIDTH,
    height: bottom + 60,
    size: "dense",
    content: [
      markup`<text class="strong" x="4" y="24" font-weight="600">${chart.title}</text>`,
      lines,
      none,
      drawn,
      markup`<text class="end" x="${WIDTH - RIGHT}" y="${bottom + 50}">${chart.axis.label}</text>`,
    ],
  });
}
