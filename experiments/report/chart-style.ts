/**
 * @file What all charts have in common: palette, fonts, and the SVG around them.
 *
 * Colours are Okabe & Ito's, which colour-blind people tell apart, darkened or lightened where they would
 * be too faint on white or on black. A chart brings its own style, so that it looks the same in a page, as
 * a file by itself and in a repository's preview; it follows the reader's light or dark.
 */

import { Markup, markup, type Piece } from "./markup.ts";

/** How large a chart is drawn: alone on the page, the same with much text, or one of several beside each other. */
export type ChartSize = "wide" | "dense" | "small";

/** Light and dark of each series' colour, in the order they are handed out. */
const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ["#0072b2", "#56b4e9"],
  ["#d55e00", "#ff8a3d"],
  ["#007a5a", "#2fc79b"],
  ["#b0578d", "#e59ac4"],
  ["#9a6a00", "#e69f00"],
  ["#57606a", "#a8b1bb"],
  ["#2b8fbf", "#8fd0f5"],
  ["#7d7300", "#f0e442"],
];

/** Colours there are; further series begin again. */
export const COLOURS = PALETTE.length;

const variables = (which: 0 | 1) =>
  PALETTE.map((pair, i) => `--series-${i}:${pair[which]};`).join("") +
  (which === 0
    ? "--ink:#1f2328;--faint:#59636e;--grid:#d8dee4;--paper:#ffffff"
    : "--ink:#e6edf3;--faint:#9aa4af;--grid:#30363d;--paper:#0d1117");

/** On a narrow screen the drawing shrinks, so its letters grow against it. */
const STYLE = [
  `.chart{${variables(0)};background:var(--paper);font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}`,
  `@media (prefers-color-scheme:dark){.chart{${variables(1)}}}`,
  ".chart text{fill:var(--faint);font-size:13px}.chart .strong{fill:var(--ink)}.chart .end{text-anchor:end}.chart .middle{text-anchor:middle}.chart .start{text-anchor:start}",
  ".chart .grid{stroke:var(--grid);stroke-width:1}.chart .axis{stroke:var(--faint);stroke-width:1}.chart .reference{stroke:var(--faint);stroke-width:1.2;stroke-dasharray:5 4}",
  ".chart .line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}.chart .dashed{stroke-dasharray:7 5}",
  ".chart .strand{fill:none;stroke-width:1.2;stroke-opacity:.38;stroke-linejoin:round}.chart .strand:hover{stroke-opacity:1;stroke-width:3}.chart .band{stroke:none;fill-opacity:.16}",
  ...PALETTE.map((_, i) => `.chart .s${i}{stroke:var(--series-${i})}.chart .f${i}{fill:var(--series-${i})}`),
  ".chart.small text{font-size:12px}.chart.dense text{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}",
  "@media (max-width:520px){.chart.wide text{font-size:21px}.chart.dense text{font-size:17px}.chart .roomy{display:none}.chart.small .roomy{display:inline}.chart.wide .line,.chart.dense .line{stroke-width:3}}",
].join("");

export interface ChartDocument {
  readonly title: string;
  /** What is to be seen, for those who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly size: ChartSize;
  readonly content: Piece;
}

/** The SVG around a chart, complete as a file and fit for a page. */
export function chartDocument({ title, description, width, height, size, content }: ChartDocument): string {
  const { text } =
    markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart ${size}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title><desc>${description}</desc><style>${new Markup(STYLE)}</style><rect width="100%" height="100%" style="fill:var(--paper)"/>${content}</svg>`;
  return `${text}\n`;
}

/** A number of the drawing: a tenth of a unit is finer than any screen. */
export function place(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** How a tick's text is set: centred under its tick, but within the drawing. */
export function tickAnchor(at: number, text: string, letter: number, width: number): string {
  const half = (text.length * letter) / 2;
  if (at + half > width) return "end";
  return at - half < 0 ? "start" : "middle";
}
