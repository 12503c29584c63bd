/** @file One small plot: lines over time or training steps, a line where the page's clock is, the values there. */

import uPlot from "uplot";
import { element } from "../dom.ts";

export interface PlotSeries {
  readonly label: string;
  /** A CSS colour, or a custom property as `--name`. */
  readonly color: string;
  readonly width?: number;
  readonly opacity?: number;
  /** Held from point to point instead of joined. */
  readonly stepped?: boolean;
  /** Whether its value is written above the plot. */
  readonly told?: boolean;
}

export interface PlotOptions {
  readonly title: string;
  /** What the title's figures are in, and what the axis tells. */
  readonly unit: string;
  readonly series: readonly PlotSeries[];
  /** A level worth knowing, drawn across. */
  readonly level?: { readonly value: number; readonly label: string };
  /** Bounds that the axis shows at least. */
  readonly atLeast?: readonly [low: number, high: number];
  readonly logarithmic?: boolean;
  readonly decimals: number;
  /** Plots of one group share the pointer. */
  readonly group: string;
  readonly xLabel: (x: number) => string;
  /** Somebody pointed at an x. */
  readonly onPick: (x: number) => void;
}

const HEIGHT = 104;

export class Plot {
  readonly object: HTMLElement;
  readonly #options: PlotOptions;
  readonly #values: HTMLElement[] = [];
  readonly #heads: HTMLElement[] = [];
  readonly #frame: HTMLElement;
  #chart: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #width = 0;

  constructor(options: PlotOptions) {
    this.#options = options;
    const told = element("span", { class: "plot-values" });
    for (const { label, color, told: shown } of options.series) {
      const value = element("span", { class: "plot-value", title: label });
      value.style.color = paintText(color);
      value.hidden = shown === false;
      this.#values.push(value);
      told.append(value);
    }
    const heading = element("h3", { class: "plot-title" }, options.title);
    if (options.unit !== "") heading.append(" ", element("span", { class: "plot-unit" }, options.unit));
    this.#frame = element("div", { class: "plot-frame" });
    this.object = element(
      "section",
      { class: "plot", "aria-label": options.title },
      element("div", { class: "plot-head" }, heading, told),
      this.#frame,
    );
  }

  /** Gives the plot its points: x first, then y of each series. */
  setData(data: uPlot.AlignedData): void {
    this.#data = data;
    this.#chart?.setData(data);
  }

  /** Marks where the clock is; the figures above the plot are those there. */
  setPlayhead(x: number, index: number): void {
    this.setMarkers([{ x, color: "--ink" }]);
    this.#values.forEach((value, i) => {
      const y = this.#data[i + 1]?.[index];
      const text = y === null || y === undefined || Number.isNaN(y) ? "–" : y.toFixed(this.#options.decimals);
      if (value.textContent !== text) value.textContent = text;
    });
  }

  /** Draws a line across at each x. */
  setMarkers(markers: readonly { readonly x: number; readonly color: string }[]): void {
    const chart = this.#chart;
    if (chart === undefined) return;
    while (this.#heads.length < markers.length) {
      const head = element("div", { class: "playhead" });
      chart.over.append(head);
      this.#heads.push(head);
    }
    this.#heads.forEach((head, i) => {
      const marker = markers[i];
      const left = marker === undefined ? Number.NaN : chart.valToPos(marker.x, "x");
      head.hidden = !Number.isFinite(left);
      if (head.hidden || marker === undefined) return;
      head.style.transform = `translateX(${left.toFixed(1)}px)`;
      head.style.background = paint(marker.color);
    });
  }

  /** Fits the plot to a width, CSS pixels; makes it where there is none yet. */
  fit(width: number): void {
    if (width < 40) return;
    if (this.#chart === undefined) this.#chart = this.#make(width);
    else if (width !== this.#width) this.#chart.setSize({ width, height: HEIGHT });
    this.#width = width;
  }

  /** Draws anew, in the colours of the theme that is on now. */
  redraw(): void {
    this.#chart?.redraw(false, true);
  }

  destroy(): void {
    this.#chart?.destroy();
    this.object.remove();
  }

  #make(width: number): uPlot {
    const { series, atLeast, logarithmic, group, xLabel, onPick, level } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => paint("--muted"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: () => paint("--hairline"), width: 1 },
      ticks: { show: false },
      size: 38,
      gap: 4,
    };
    const range: uPlot.Scale.Range = (_, low, high) => {
      const [least, most] = [
        Math.min(low ?? 0, atLeast?.[0] ?? low ?? 0),
        Math.max(high ?? 1, atLeast?.[1] ?? high ?? 1),
      ];
      const margin = (most - least || 1) * 0.06;
      return [least - margin, most + margin];
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
          { ...axis, space: logarithmic === true ? 22 : 26, values: (_, ys) => ys.map(short) },
        ],
        series: [
          {},
          ...series.map(({ color, width: thick, opacity, stepped }): uPlot.Series => {
            const paths = stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
            return {
              stroke: () => paint(color),
              width: thick ?? 1.6,
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

/** A colour for the canvas: custom properties as they are under the present theme. */
export function paint(color: string): string {
  if (!color.startsWith("--")) return color;
  return getComputedStyle(document.documentElement).getPropertyValue(color).trim();
}

/** A colour for text: of the readable kin of a slot's colour. */
function paintText(color: string): string {
  return color.startsWith("--") ? `var(${color.replace(/^(--slot-\d)$/, "$1-text")})` : color;
}

/** A tick's value; a logarithmic axis has ticks without one. */
function short(value: number | null): string {
  if (value === null) return "";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return `${Number((value / 1000).toPrecision(2))}k`;
  return size < 0.01 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}
