/** @file Line charts as SVG: a few series, their ranges, and every single run behind them. */

import { COLOURS, chartDocument, place, tickAnchor } from "./chart-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Axis, makeScale, type Scale } from "./scale.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What lies between low and high at x. */
export interface Range {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** One run behind a series; its name is seen when the pointer rests on it. */
export interface Strand {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Series {
  readonly name: string;
  /** Ascending in x; a point without a finite y interrupts the line. */
  readonly points: readonly Point[];
  readonly band?: readonly Range[];
  readonly strands?: readonly Strand[];
  readonly dashed?: boolean;
  /** Which colour of the palette; by default its place among the series. */
  readonly colour?: number;
}

export interface LineChart {
  /** Shown above; a few words. */
  readonly title: string;
  /** What is to be seen, for those who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A level to hold the lines against. */
  readonly reference?: { readonly y: number; readonly name: string };
  /** Default wide; small ones stand beside each other. */
  readonly size?: "wide" | "small";
}

/** Widths in units of the drawing; letters are as wide as on the narrowest screen. */
const SIZES = {
  wide: { width: 640, plot: 250, letter: 11.2, row: 27, left: 76, right: 26 },
  small: { width: 320, plot: 130, letter: 6.6, row: 17, left: 46, right: 14 },
} as const;

const SWATCH = 22;

/** How much wider a title's letters are than those of other text. */
const BOLD = 1.15;

/** How far lines may reach over the plot's edge, so that one that runs along it is seen whole. */
const BLEED = 4;

/** Draws the chart; the same chart is always the same text. */
export function lineChart(chart: LineChart): string {
  const size = chart.size ?? "wide";
  const { width, plot, letter, row, left, right } = SIZES[size];
  const shown = chart.series.map((series, i) => ({ ...series, colour: (series.colour ?? i) % COLOURS }));
  const legend = legendRows(shown, width - left - right, letter);
  const title = titleRows(chart.title, (width - 8) / (BOLD * letter));
  const top = row * (1 + title.length + legend.length) + 12;
  const bottom = top + plot;
  const everything = shown.flatMap(({ points, strands }) => [
    points,
    ...(strands ?? []).map((one) => one.points),
  ]);
  const bands = shown.flatMap(({ band }) => band ?? []);
  const reference = chart.reference;
  const xs = everything.flatMap((points) => points.map(({ x }) => x));
  const ys = [
    ...everything.flatMap((points) => points.map(({ y }) => y)),
    ...bands.flatMap(({ low, high }) => [low, high]),
    ...(reference === undefined ? [] : [reference.y]),
  ];
  const x = makeScale(chart.x, xs, left, width - right, size === "wide" ? 5 : 3);
  const y = makeScale(chart.y, ys, bottom, top, size === "wide" ? 5 : 4);

  const rows = y.ticks.map(
    ({ value, text }) =>
      markup`<line class="grid" x1="${left}" x2="${width - right}" y1="${place(y.at(value))}" y2="${place(y.at(value))}"/><text class="end" x="${left - 8}" y="${place(y.at(value) + 5)}">${text}</text>`,
  );
  const columns = x.ticks.map(
    ({ value, text }, i) =>
      markup`<line class="axis" x1="${place(x.at(value))}" x2="${place(x.at(value))}" y1="${bottom}" y2="${bottom + 5}"/><text class="${tickAnchor(x.at(value), text, letter, width)}${i % 2 === 1 ? " roomy" : ""}" x="${place(x.at(value))}" y="${bottom + row - 3}">${text}</text>`,
  );
  const level =
    reference === undefined || !Number.isFinite(y.at(reference.y))
      ? undefined
      : markup`<line class="reference" x1="${left}" x2="${width - right}" y1="${place(y.at(reference.y))}" y2="${place(y.at(reference.y))}"/><text class="end" x="${width - right - 2}" y="${place(y.at(reference.y) + row - 11)}">${reference.name}</text>`;
  const window = [left - BLEED, top - BLEED, width - left - right + 2 * BLEED, plot + 2 * BLEED];
  const [windowX, windowY, windowWidth, windowHeight] = window;
  const drawn = [
    // Ranges first, then single runs, then the lines they are about: nothing that matters is covered.
    ...shown.flatMap(({ band, colour }) => (band === undefined ? [] : [drawBand(band, colour, x, y)])),
    ...shown.flatMap(({ strands, colour }) =>
      (strands ?? []).map(
        ({ name, points }) =>
          markup`<path class="strand s${colour}" d="${outline(points, x, y)}"><title>${name}</title></path>`,
      ),
    ),
    ...shown.map(
      ({ name, points, colour, dashed }) =>
        markup`<path class="line s${colour}${dashed === true ? " dashed" : ""}" d="${outline(points, x, y)}"><title>${name}</title></path>`,
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
      rows,
      columns,
      markup`<line class="axis" x1="${left}" x2="${width - right}" y1="${bottom}" y2="${bottom}"/>`,
      // A drawing within the drawing cuts off what is outside, without an id that another chart could have too.
      markup`<svg x="${windowX}" y="${windowY}" width="${windowWidth}" height="${windowHeight}" viewBox="${window.join(" ")}">${drawn}</svg>`,
      level,
      markup`<text class="end" x="${width - right}" y="${bottom + 2 * row - 3}">${chart.x.label}</text>`,
    ],
  });
}

interface Entry {
  readonly name: string;
  readonly colour: number;
  readonly dashed: boolean;
  readonly x: number;
}

/** A title broken between words into rows of at most so many letters. */
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

/** Names one after another, in as many rows as they need; none where the title says it all. */
function legendRows(
  series: readonly (Series & { readonly colour: number })[],
  room: number,
  letter: number,
): Entry[][] {
  if (series.length < 2) return [];
  const rows: Entry[][] = [];
  let x = 0;
  for (const { name, colour, dashed } of series) {
    const width = SWATCH + 8 + letter * name.length + 16;
    if (rows.length === 0 || x + width > room + 16) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ name, colour, dashed: dashed === true, x });
    x += width;
  }
  return rows;
}

function drawLegend(entries: readonly Entry[], left: number, y: number): Markup[] {
  return entries.map(({ name, colour, dashed, x }) => {
    const begin = place(left + x);
    return markup`<line class="line s${colour}${dashed ? " dashed" : ""}" x1="${begin}" x2="${place(left + x + SWATCH)}" y1="${y - 5}" y2="${y - 5}"/><text x="${place(left + x + SWATCH + 8)}" y="${y}">${name}</text>`;
  });
}

/** A path through all points that have a place; one that stands alone becomes a dot. */
function outline(points: readonly Point[], x: Scale, y: Scale): string {
  let path = "";
  let length = 0;
  for (const point of points) {
    const [px, py] = [x.at(point.x), y.at(point.y)];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      if (length === 1) path += "h0";
      length = 0;
      continue;
    }
    path += `${length === 0 ? "M" : "L"}${place(px)} ${place(py)}`;
    length += 1;
  }
  return length === 1 ? `${path}h0` : path;
}

function drawBand(band: readonly Range[], colour: number, x: Scale, y: Scale): Markup {
  const known = band.filter((each) => !Number.isNaN(x.at(each.x) + y.at(each.low) + y.at(each.high)));
  const corners = [
    ...known.map((each) => `${place(x.at(each.x))},${place(y.at(each.high))}`),
    ...known.toReversed().map((each) => `${place(x.at(each.x))},${place(y.at(each.low))}`),
  ];
  return markup`<polygon class="band f${colour}" points="${corners.join(" ")}"/>`;
}
