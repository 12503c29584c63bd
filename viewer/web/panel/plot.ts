/** @file A small line plot over time or training steps, with the current values and vertical markers. */

import uPlot from "uplot";
import { element } from "../page/dom.ts";

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
  /** Called with the x of a click or drag. */
  readonly onPick: (x: number) => void;
}

const HEIGHT = 104;

export class Plot {
  readonly object: HTMLElement;
  readonly #options: PlotOptions;
  readonly #values: HTMLElement[] = [];
  readonly #markers: HTMLElement[] = [];
  readonly #frame: HTMLElement;
  #chart: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #width = 0;

  constructor(options: PlotOptions) {
    this.#options = options;
    const values = element("span", { class: "plot-values" });
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

  /** Sets the points: x first, then y of each series. */
  setData(data: uPlot.AlignedData): void {
    this.#data = data;
    this.#chart?.setData(data);
  }

  /** Marks an x, and shows the values of the point at `index` above the plot. */
  setPlayhead(x: number, index: number): void {
    this.setMarkers([{ x, color: "--ink" }]);
    this.#values.forEach((value, i) => {
      const y = this.#data[i + 1]?.[index];
      const text = y === null || y === undefined || Number.isNaN(y) ? "–" : y.toFixed(this.#options.decimals);
      if (value.textContent !== text) value.textContent = text;
    });
  }

  /** Draws a vertical line at each x. */
  setMarkers(markers: readonly { readonly x: number; readonly color: string }[]): void {
    const chart = this.#chart;
    if (chart === undefined) return;
    while (this.#markers.length < markers.length) {
      const line = element("div", { class: "playhead" });
      chart.over.append(line);
      this.#markers.push(line);
    }
    this.#markers.forEach((line, i) => {
      const marker = markers[i];
      const left = marker === undefined ? Number.NaN : chart.valToPos(marker.x, "x");
      line.hidden = !Number.isFinite(left);
      if (line.hidden || marker === undefined) return;
      line.style.transform = `translateX(${left.toFixed(1)}px)`;
      line.style.background = paint(marker.color);
    });
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
    const { series, minRange, logarithmic, group, xLabel, onPick, level } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => paint("--muted"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: () => paint("--hairline"), width: 1 },
      ticks: { show: false },
      size: 38,
      gap: 4,
    };
    const range: uPlot.Scale.Range = (_, low, high) => {
      const min = Math.min(low ?? 0, minRange?.[0] ?? low ?? 0);
      const max = Math.max(high ?? 1, minRange?.[1] ?? high ?? 1);
      const margin = (max - min || 1) * 0.06;
      return [min - margin, max + margin];
    };
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [6, 14, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: group, setSeries: false },
          drag: { x: false, y: false },
          y: false,
          points: { size: 5 },
        },
        scales: {
          x: { time: false },
          y: logarithmic === true ? { distr: 3, log: 10 } : { range },
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
              spanGaps: true,
              ...(paths === undefined ? {} : { paths }),
            };
          }),
        ],
        hooks: { draw: level === undefined ? [] : [(u) => drawLevel(u, level.value, level.label)] },
      },
      this.#data,
      this.#frame,
    );
    let picking = false;
    const pick = (event: PointerEvent) => {
      const { left } = chart.over.getBoundingClientRect();
      onPick(chart.posToVal(event.clientX - left, "x"));
    };
    chart.over.addEventListener("pointerdown", (event) => {
      picking = true;
      chart.over.setPointerCapture(event.pointerId);
      pick(event);
    });
    chart.over.addEventListener("pointermove", (event) => {
      if (picking) pick(event);
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      chart.over.addEventListener(end, () => {
        picking = false;
      });
    }
    return chart;
  }
}

function drawLevel(chart: uPlot, value: number, label: string): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(value, "y", true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = paint("--goal");
  ctx.fillStyle = paint("--goal-text");
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${10.5 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.fillText(label, bbox.left + bbox.width - 2, y - 2);
  ctx.restore();
}

/** Resolves a colour for the canvas: a custom property has its value in the current theme. */
export function paint(color: string): string {
  if (!color.startsWith("--")) return color;
  return getComputedStyle(document.documentElement).getPropertyValue(color).trim();
}

/** The variant of a slot's colour with enough contrast for text. */
function textColor(color: string): string {
  return color.startsWith("--") ? `var(${color.replace(/^(--slot-\d)$/, "$1-text")})` : color;
}

/** The label of a tick. A logarithmic axis has ticks without a value. */
function tickLabel(value: number | null): string {
  if (value === null) return "";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return `${Number((value / 1000).toPrecision(2))}k`;
  return magnitude < 0.01 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}
