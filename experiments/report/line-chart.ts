/** @file Line chart as SVG: a few series, each with an optional band and its single runs. */

import { COLOUR_COUNT, chartDocument, coordinate, tickAnchor } from "./chart-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Axis, makeScale, type Scale } from "./scale.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of a band: low to high at x. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** A single run of a series, drawn as a faint line; the name is its tooltip. */
export interface RunLine {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Series {
  readonly name: string;
  /** Ascending in x; a point whose y is not finite leaves a gap. */
  readonly points: readonly Point[];
  readonly band?: readonly BandPoint[];
  readonly runs?: readonly RunLine[];
  readonly dashed?: boolean;
  /** Palette index; default the index of the series. */
  readonly colour?: number;
}

export interface LineChart {
  /** Printed above the chart; a few words. */
  readonly title: string;
  /** Text alternative for screen readers. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A labelled horizontal line. */
  readonly reference?: { readonly y: number; readonly name: string };
  /** Default wide; small charts are placed side by side. */
  readonly size?: "wide" | "small";
}

/** Dimensions in units of the drawing; `letter` is a letter's width on the narrowest screen. */
const SIZES = {
  wide: { width: 640, plot: 250, letter: 11.2, row: 27, left: 76, right: 26 },
  small: { width: 320, plot: 130, letter: 6.6, row: 17, left: 46, right: 14 },
} as const;

/** Length of a legend line. */
const SWATCH = 22;

/** Width of a bold letter relative to a regular one. */
const BOLD_FACTOR = 1.15;

/** Margin outside the plot that lines may use, so that a line along the edge is not cut in half. */
const BLEED = 4;

/** Draws the chart; equal charts give equal text. */
export function lineChart(chart: LineChart): string {
  const size = chart.size ?? "wide";
  const { width, plot, letter, row, left, right } = SIZES[size];
  const series = chart.series.map((each, i) => ({ ...each, colour: (each.colour ?? i) % COLOUR_COUNT }));
  const legend = legendRows(series, width - left - right, letter);
  const title = titleRows(chart.title, (width - 8) / (BOLD_FACTOR * letter));
  const top = row * (1 + title.length + legend.length) + 12;
  const bottom = top + plot;
  const lines = series.flatMap(({ points, runs }) => [points, ...(runs ?? []).map((run) => run.points)]);
  const bands = series.flatMap(({ band }) => band ?? []);
  const reference = chart.reference;
  const xs = lines.flatMap((points) => points.map(({ x }) => x));
  const ys = [
    ...lines.flatMap((points) => points.map(({ y }) => y)),
    ...bands.flatMap(({ low, high }) => [low, high]),
    ...(reference === undefined ? [] : [reference.y]),
  ];
  const x = makeScale(chart.x, xs, left, width - right, size === "wide" ? 5 : 3);
  const y = makeScale(chart.y, ys, bottom, top, size === "wide" ? 5 : 4);

  const yTicks = y.ticks.map(
    ({ value, text }) =>
      markup`<line class="grid" x1="${left}" x2="${width - right}" y1="${coordinate(y.at(value))}" y2="${coordinate(y.at(value))}"/><text class="end" x="${left - 8}" y="${coordinate(y.at(value) + 5)}">${text}</text>`,
  );
  const xTicks = x.ticks.map(
    ({ value, text }, i) =>
      markup`<line class="axis" x1="${coordinate(x.at(value))}" x2="${coordinate(x.at(value))}" y1="${bottom}" y2="${bottom + 5}"/><text class="${tickAnchor(x.at(value), text, letter, width)}${i % 2 === 1 ? " wide-only" : ""}" x="${coordinate(x.at(value))}" y="${bottom + row - 3}">${text}</text>`,
  );
  const referenceLine =
    reference === undefined || !Number.isFinite(y.at(reference.y))
      ? undefined
      : markup`<line class="reference" x1="${left}" x2="${width - right}" y1="${coordinate(y.at(reference.y))}" y2="${coordinate(y.at(reference.y))}"/><text class="end" x="${width - right - 2}" y="${coordinate(y.at(reference.y) + row - 11)}">${reference.name}</text>`;
  const clip = [left - BLEED, top - BLEED, width - left - right + 2 * BLEED, plot + 2 * BLEED];
  const [clipX, clipY, clipWidth, clipHeight] = clip;
  const drawing = [
    // Bands first, then single runs, then the series, so that nothing covers a series.
    ...series.flatMap(({ band, colour }) => (band === undefined ? [] : [drawBand(band, colour, x, y)])),
    ...series.flatMap(({ runs, colour }) =>
      (runs ?? []).map(
        ({ name, points }) =>
          markup`<path class="run s${colour}" d="${pathData(points, x, y)}"><title>${name}</title></path>`,
      ),
    ),
    ...series.map(
      ({ name, points, colour, dashed }) =>
        markup`<path class="line s${colour}${dashed === true ? " dashed" : ""}" d="${pathData(points, x, y)}"><title>${name}</title></path>`,
    ),
  ];
  return chartDocument({
    title: chart.title,
    description: chart.description,
    width,
    height: bottom + 2 * row + 6,
    size,
    content: [
      title.map(
        (words, i) =>
          markup`<text class="strong" x="4" y="${row * (i + 1) - 6}" font-weight="600">${words}</text>`,
      ),
      legend.map((line, i) => drawLegend(line, left, row * (title.length + i + 1) - 6)),
      markup`<text x="4" y="${top - row / 2 - 3}">${chart.y.label}</text>`,
      yTicks,
      xTicks,
      markup`<line class="axis" x1="${left}" x2="${width - right}" y1="${bottom}" y2="${bottom}"/>`,
      // A nested SVG clips the lines without an id, which could collide with that of another chart in the page.
      markup`<svg x="${clipX}" y="${clipY}" width="${clipWidth}" height="${clipHeight}" viewBox="${clip.join(" ")}">${drawing}</svg>`,
      referenceLine,
      markup`<text class="end" x="${width - right}" y="${bottom + 2 * row - 3}">${chart.x.label}</text>`,
    ],
  });
}

interface LegendEntry {
  readonly name: string;
  readonly colour: number;
  readonly dashed: boolean;
  readonly x: number;
}

/** The title wrapped into rows of at most `letters` letters. */
function titleRows(title: string, letters: number): string[] {
  const rows: string[] = [];
  for (const word of title.split(" ")) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters)
      rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

/** The legend wrapped into rows; empty for a single series, which the title describes. */
function legendRows(
  series: readonly (Series & { readonly colour: number })[],
  width: number,
  letter: number,
): LegendEntry[][] {
  if (series.length < 2) return [];
  const rows: LegendEntry[][] = [];
  let x = 0;
  for (const { name, colour, dashed } of series) {
    const entryWidth = SWATCH + 8 + letter * name.length + 16;
    if (rows.length === 0 || x + entryWidth > width + 16) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ name, colour, dashed: dashed === true, x });
    x += entryWidth;
  }
  return rows;
}

function drawLegend(entries: readonly LegendEntry[], left: number, y: number): Markup[] {
  return entries.map(({ name, colour, dashed, x }) => {
    const start = coordinate(left + x);
    return markup`<line class="line s${colour}${dashed ? " dashed" : ""}" x1="${start}" x2="${coordinate(left + x + SWATCH)}" y1="${y - 5}" y2="${y - 5}"/><text x="${coordinate(left + x + SWATCH + 8)}" y="${y}">${name}</text>`;
  });
}

/** SVG path data through all finite points; an isolated point becomes a dot. */
function pathData(points: readonly Point[], x: Scale, y: Scale): string {
  let path = "";
  let length = 0;
  for (const point of points) {
    const [px, py] = [x.at(point.x), y.at(point.y)];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      if (length === 1) path += "h0";
      length = 0;
      continue;
    }
    path += `${length === 0 ? "M" : "L"}${coordinate(px)} ${coordinate(py)}`;
    length += 1;
  }
  return length === 1 ? `${path}h0` : path;
}

function drawBand(band: readonly BandPoint[], colour: number, x: Scale, y: Scale): Markup {
  const finite = band.filter((each) => !Number.isNaN(x.at(each.x) + y.at(each.low) + y.at(each.high)));
  const corners = [
    ...finite.map((each) => `${coordinate(x.at(each.x))},${coordinate(y.at(each.high))}`),
    ...finite.toReversed().map((each) => `${coordinate(x.at(each.x))},${coordinate(y.at(each.low))}`),
  ];
  return markup`<polygon class="band f${colour}" points="${corners.join(" ")}"/>`;
}
