/** @file A small line plot over time or training steps: values at the pointer or a marker, vertical markers, zoom. */

import uPlot from "uplot";
import { element } from "../page/dom.ts";
import { drawLevel, paint, textColor } from "./plot-paint.ts";

export interface PlotSeries {
  readonly label: string;
  /** A CSS colour, or a custom property as `--name`. */
  readonly color: string;
  readonly width?: number;
  readonly opacity?: number;
  /** Constant between points instead of interpolated. */
  readonly stepped?: boolean;
  /** Whether the current value is shown above the plot; true if absent. */
  readonly showValue?: boolean;
}

export interface PlotOptions {
  readonly title: string;
  /** Unit or explanation after the title; may be empty. */
  readonly unit: string;
  readonly series: readonly PlotSeries[];
  /** A horizontal reference line. */
  readonly level?: { readonly value: number; readonly label: string };
  /** The range that the y axis always includes. */
  readonly minRange?: readonly [low: number, high: number];
  readonly logarithmic?: boolean;
  readonly decimals: number;
  /** Plots of a group share the cursor. */
  readonly group: string;
  readonly xLabel: (x: number) => string;
  /** Called with the x of a click, and of a drag unless it zooms. */
  readonly onPick: (x: number) => void;
  /** Whether a drag zooms; otherwise only with Shift. */
  readonly dragZooms?: boolean;
  /** Points farther apart than this are not connected; without it all points are. */
  readonly maxGap?: number;
}

/** A vertical line. */
export interface Marker {
  readonly x: number;
  readonly color: string;
}

const HEIGHT = 104;

/** Pixels that a pointer may move during a click. */
const CLICK_TOLERANCE = 4;

export class Plot {
  readonly object: HTMLElement;
  readonly #options: PlotOptions;
  readonly #at = element("span", { class: "plot-at" });
  readonly #values: HTMLElement[] = [];
  readonly #lines: HTMLElement[] = [];
  #markers: readonly Marker[] = [];
  /** Index of the point that each series shows above the plot while the pointer is elsewhere. */
  #indices: readonly number[] = [];
  /** The zoomed range of x; undefined for all data. */
  #zoom: { readonly min: number; readonly max: number } | undefined;
  readonly #frame: HTMLElement;
  #chart: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #width = 0;

  constructor(options: PlotOptions) {
    this.#options = options;
    const values = element("span", { class: "plot-values" }, this.#at);
    for (const { label, color, showValue } of options.series) {
      const value = element("span", { class: "plot-value", title: label });
      value.style.color = textColor(color);
      value.hidden = showValue === false;
      this.#values.push(value);
      values.append(value);
    }
    const heading = element("h3", { class: "plot-title" }, options.title);
    if (options.unit !== "") heading.append(" ", element("span", { class: "plot-unit" }, options.unit));
    this.#frame = element("div", { class: "plot-frame" });
    this.object = element(
      "section",
      { class: "plot", "aria-label": options.title },
      element("div", { class: "plot-head" }, heading, values),
      this.#frame,
    );
  }

  /** Sets the points: x first, then y of each series. Keeps the zoom. */
  setData(data: uPlot.AlignedData): void {
    this.#data = data;
    this.#chart?.setData(data, this.#zoom === undefined);
    if (this.#zoom !== undefined) this.#chart?.setScale("x", this.#zoom);
    this.#showValues();
  }

  /**
   * Draws a vertical line at each marker, and shows the values of points above the plot while the pointer is elsewhere.
   *
   * @param indices of the points, one for each series
   */
  mark(markers: readonly Marker[], indices: readonly number[]): void {
    this.#markers = markers;
    this.#indices = indices;
    this.#placeMarkers();
    this.#showValues();
  }

  #showValues(): void {
    const pointed = this.#chart?.cursor.idx ?? null;
    const x = pointed === null ? undefined : this.#data[0][pointed];
    const at = x === undefined ? "" : this.#options.xLabel(x);
    if (this.#at.textContent !== at) this.#at.textContent = at;
    this.#values.forEach((value, series) => {
      const y = this.#data[series + 1]?.[pointed ?? this.#indices[series] ?? -1];
      const text = valueText(y, this.#options.decimals);
      if (value.textContent !== text) value.textContent = text;
    });
  }

  #placeMarkers(): void {
    const chart = this.#chart;
    if (chart === undefined) return;
    while (this.#lines.length < this.#markers.length) {
      const line = element("div", { class: "playhead" });
      chart.over.append(line);
      this.#lines.push(line);
    }
    const { min = 0, max = 0 } = chart.scales["x"] ?? {};
    this.#lines.forEach((line, i) => {
      const marker = this.#markers[i];
      // Before the first drawing the chart has no scale.
      line.hidden = marker === undefined || !(marker.x >= min && marker.x <= max) || min === max;
      if (line.hidden || marker === undefined) return;
      line.style.transform = `translateX(${chart.valToPos(marker.x, "x").toFixed(1)}px)`;
      line.style.background = paint(marker.color);
    });
  }

  /** Keeps the range that the user has zoomed to, here or in another plot of the group. */
  #noteZoom({ data: [xs], scales }: uPlot): void {
    const { min, max } = scales["x"] ?? {};
    if (min === undefined || max === undefined || xs.length < 2) return;
    const isZoomed = min > (xs[0] ?? min) || max < (xs[xs.length - 1] ?? max);
    this.#zoom = isZoomed ? { min, max } : undefined;
    const { title, xLabel } = this.#options;
    const range = isZoomed ? `, ${xLabel(min)} to ${xLabel(max)}` : "";
    this.object.setAttribute("aria-label", `${title}${range}`);
  }

  /** Fits the plot to a width, CSS pixels. The first call creates the chart. */
  fit(width: number): void {
    if (width < 40) return;
    if (this.#chart === undefined) this.#chart = this.#create(width);
    else if (width !== this.#width) this.#chart.setSize({ width, height: HEIGHT });
    this.#width = width;
  }

  /** Redraws the chart in the colours of the current theme. */
  redraw(): void {
    this.#chart?.redraw(false, true);
  }

  destroy(): void {
    this.#chart?.destroy();
    this.object.remove();
  }

  #create(width: number): uPlot {
    const { series, logarithmic, group, xLabel, level, dragZooms = false, maxGap } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => paint("--muted"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: () => paint("--hairline"), width: 1 },
      ticks: { show: false },
      size: 38,
      gap: 4,
    };
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [6, 14, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: group, setSeries: false },
          drag: { x: true, y: false, dist: CLICK_TOLERANCE },
          y: false,
          points: { size: 5 },
          bind: {
            mousedown: (_, __, start) => (event) =>
              event.button === 0 && (dragZooms || event.shiftKey) ? start(event) : null,
          },
        },
        scales: {
          x: { time: false },
          y: logarithmic === true ? { distr: 3, log: 10 } : { range: this.#rangeOfY },
        },
        axes: [
          { ...axis, size: 20, space: 56, values: (_, xs) => xs.map(xLabel) },
          { ...axis, space: logarithmic === true ? 22 : 26, values: (_, ys) => ys.map(tickLabel) },
        ],
        series: [
          {},
          ...series.map(({ color, width: lineWidth, opacity, stepped }): uPlot.Series => {
            const paths = stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
            return {
              stroke: () => paint(color),
              width: lineWidth ?? 1.6,
              alpha: opacity ?? 1,
              points: { show: false },
              ...(maxGap === undefined
                ? { spanGaps: true }
                : { gaps: (u, _, first, last, gaps) => [...gaps, ...widerGaps(u, first, last, maxGap)] }),
              ...(paths === undefined ? {} : { paths }),
            };
          }),
        ],
        hooks: {
          draw: [
            () => this.#placeMarkers(),
            ...(level === undefined ? [] : [(u: uPlot) => drawLevel(u, level.value, level.label)]),
          ],
          setCursor: [() => this.#showValues()],
          setScale: [(u, scale) => scale === "x" && this.#noteZoom(u)],
        },
      },
      this.#data,
      this.#frame,
    );
    this.#listenForPicks(chart);
    return chart;
  }

  readonly #rangeOfY: uPlot.Scale.Range = (_, low, high) => {
    const { minRange } = this.#options;
    const min = Math.min(low ?? 0, minRange?.[0] ?? low ?? 0);
    const max = Math.max(high ?? 1, minRange?.[1] ?? high ?? 1);
    const margin = (max - min || 1) * 0.06;
    return [min - margin, max + margin];
  };

  /** Picks the x of a click, and follows a drag that does not zoom. */
  #listenForPicks(chart: uPlot): void {
    const { onPick, dragZooms = false } = this.#options;
    let pressedAt: number | undefined;
    const pick = ({ clientX }: PointerEvent) =>
      onPick(chart.posToVal(clientX - chart.over.getBoundingClientRect().left, "x"));
    chart.over.addEventListener("pointerdown", (event) => {
      if (event.shiftKey || event.button !== 0) return;
      pressedAt = event.clientX;
      if (dragZooms) return;
      chart.over.setPointerCapture(event.pointerId);
      pick(event);
    });
    chart.over.addEventListener("pointermove", (event) => {
      if (pressedAt !== undefined && !dragZooms) pick(event);
    });
    chart.over.addEventListener("pointerup", (event) => {
      const isClick = pressedAt !== undefined && Math.abs(event.clientX - pressedAt) <= CLICK_TOLERANCE;
      if (isClick && dragZooms) pick(event);
      pressedAt = undefined;
    });
    chart.over.addEventListener("pointercancel", () => {
      pressedAt = undefined;
    });
  }
}

/** Returns the gaps between neighbouring points that are farther apart than `maxGap`, canvas pixels. */
function widerGaps(chart: uPlot, first: number, last: number, maxGap: number): [number, number][] {
  const xs = chart.data[0];
  const gaps: [number, number][] = [];
  for (let i = first + 1; i <= last; i++) {
    const [before, after] = [xs[i - 1] ?? 0, xs[i] ?? 0];
    if (after - before > maxGap) {
      gaps.push([chart.valToPos(before, "x", true), chart.valToPos(after, "x", true)]);
    }
  }
  return gaps;
}

/** A value for display; a dash for none. Zero has no sign. */
function valueText(y: number | null | undefined, decimals: number): string {
  if (y === null || y === undefined || Number.isNaN(y)) return "–";
  const text = y.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** The label of a tick. A logarithmic axis has ticks without a value. */
function tickLabel(value: number | null): string {
  if (value === null) return "";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return `${Number((value / 1000).toPrecision(2))}k`;
  return magnitude < 0.01 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}
