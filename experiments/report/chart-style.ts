/**
 * @file Palette, fonts and the SVG frame shared by all charts.
 *
 * Colours are Okabe & Ito's colour-blind-safe palette, adjusted for contrast on white and on black. Each chart embeds
 * its style, so it renders the same inside a page, as a file, and in a repository preview, in light and dark mode.
 */

import { Markup, markup, type Piece } from "./markup.ts";

/** `wide`: one chart per row. `dense`: wide with more text. `small`: several charts side by side. */
export type ChartSize = "wide" | "dense" | "small";

/** Series colours for light and dark mode, in order of use. */
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

/** Size of the palette; later series reuse it from the start. */
export const COLOUR_COUNT = PALETTE.length;

const variables = (mode: 0 | 1) =>
  PALETTE.map((pair, i) => `--series-${i}:${pair[mode]};`).join("") +
  (mode === 0
    ? "--ink:#1f2328;--faint:#59636e;--grid:#d8dee4;--paper:#ffffff"
    : "--ink:#e6edf3;--faint:#9aa4af;--grid:#30363d;--paper:#0d1117");

/** On narrow screens the drawing shrinks, so its font grows relative to it and `wide-only` text is hidden. */
const STYLE = [
  `.chart{${variables(0)};background:var(--paper);font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}`,
  `@media (prefers-color-scheme:dark){.chart{${variables(1)}}}`,
  ".chart text{fill:var(--faint);font-size:13px}.chart .strong{fill:var(--ink)}.chart .end{text-anchor:end}.chart .middle{text-anchor:middle}.chart .start{text-anchor:start}",
  ".chart .grid{stroke:var(--grid);stroke-width:1}.chart .axis{stroke:var(--faint);stroke-width:1}.chart .reference{stroke:var(--faint);stroke-width:1.2;stroke-dasharray:5 4}",
  ".chart .line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}.chart .dashed{stroke-dasharray:7 5}",
  ".chart .run{fill:none;stroke-width:1.2;stroke-opacity:.38;stroke-linejoin:round}.chart .run:hover{stroke-opacity:1;stroke-width:3}.chart .band{stroke:none;fill-opacity:.16}",
  ...PALETTE.map((_, i) => `.chart .s${i}{stroke:var(--series-${i})}.chart .f${i}{fill:var(--series-${i})}`),
  ".chart.small text{font-size:12px}.chart.dense text{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}",
  "@media (max-width:520px){.chart.wide text{font-size:21px}.chart.dense text{font-size:17px}.chart .wide-only{display:none}.chart.small .wide-only{display:inline}.chart.wide .line,.chart.dense .line{stroke-width:3}}",
].join("");

export interface ChartDocument {
  readonly title: string;
  /** Text alternative for screen readers. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly size: ChartSize;
  readonly content: Piece;
}

/** The chart's SVG document, usable as a file or inline in a page. */
export function chartDocument({ title, description, width, height, size, content }: ChartDocument): string {
  const { text } =
    markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart ${size}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title><desc>${description}</desc><style>${new Markup(STYLE)}</style><rect width="100%" height="100%" style="fill:var(--paper)"/>${content}</svg>`;
  return `${text}\n`;
}

/** A coordinate as text, rounded to a tenth of a unit: finer than a screen's pixels. */
export function coordinate(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** The text anchor of a tick label at x: centred, or aligned to an edge where it would leave the drawing. */
export function tickAnchor(x: number, text: string, letterWidth: number, width: number): string {
  const half = (text.length * letterWidth) / 2;
  if (x + half > width) return "end";
  return x - half < 0 ? "start" : "middle";
}
