/** @file The "Training" tab: the training curves of the displayed policies, with markers at their checkpoints. */

import type { Actions } from "../controls/actions.ts";
import { element } from "../page/dom.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { Plot, type PlotOptions, type PlotSeries } from "./plot.ts";
import { smoothed } from "./smoothing.ts";

interface MetricPlot extends Pick<PlotOptions, "title" | "unit" | "decimals" | "minRange" | "logarithmic"> {
  /** Name in metrics.jsonl. */
  readonly metric: string;
}

interface TrainingPlot {
  readonly options: MetricPlot;
  readonly plot: Plot;
  /** Values of each slot at `#steps`; null without a value. */
  ys: readonly (number | null)[][];
}

const METRICS: readonly MetricPlot[] = [
  {
    metric: "eval/success_rate",
    title: "Success rate",
    unit: "at the end of the episode",
    decimals: 2,
    minRange: [0, 1],
  },
  { metric: "train/critic_loss", title: "Critic loss", unit: "", decimals: 4, logarithmic: true },
  {
    metric: "train/critic_grad_norm",
    title: "Critic gradient norm",
    unit: "",
    decimals: 3,
    logarithmic: true,
  },
  { metric: "train/actor_grad_norm", title: "Actor gradient norm", unit: "", decimals: 3, logarithmic: true },
  {
    metric: "train/saturation",
    title: "Saturation",
    unit: "share of actions at ±1",
    decimals: 2,
    minRange: [0, 1],
  },
  { metric: "train/q_mean", title: "Mean Q", unit: "of a batch", decimals: 2 },
];

export class TrainingPlots {
  readonly object = element("div", { class: "plots" });
  readonly #smoothing = element("input", {
    type: "range",
    id: "smoothing",
    min: 0,
    max: 0.95,
    step: 0.05,
    value: 0,
  });
  readonly #smoothingText = element("output", { for: "smoothing", class: "figure" }, "0.00");
  readonly #data: ViewData;
  readonly #store: PageStore;
  readonly #actions: Actions;
  readonly #empty = element(
    "p",
    { class: "empty" },
    "No training curves for these policies. Choose a run to see its curves.",
  );
  #plots: TrainingPlot[] = [];
  /** Identifies the policies that the plots were built for. */
  #builtFor = "";
  /** Training steps of the plots' points, ascending. */
  #steps: readonly number[] = [];
  #width = 0;

  constructor(data: ViewData, store: PageStore, actions: Actions) {
    this.#data = data;
    this.#store = store;
    this.#actions = actions;
    this.#smoothing.addEventListener("input", () => {
      this.#smoothingText.value = this.#smoothing.valueAsNumber.toFixed(2);
      this.refresh();
    });
  }

  /** Draws the current curves. */
  refresh(): void {
    const slots = this.#data.shownSlots(this.#store.state.slots);
    const key = JSON.stringify(
      slots.map(({ source, name }) => [source, name, this.#data.curves.has(source)]),
    );
    if (key !== this.#builtFor) this.#rebuild(key);
    const curves = slots.map(({ source }) => this.#data.curves.get(source));
    this.#steps = [...new Set(curves.flatMap((each) => each?.steps ?? []))].sort((a, b) => a - b);
    for (const trainingPlot of this.#plots) {
      const { options, plot } = trainingPlot;
      trainingPlot.ys = curves.map((each) => {
        const values = each?.series[options.metric];
        const byStep = new Map(each?.steps.map((step, row) => [step, values?.[row] ?? null]));
        const ys = this.#steps.map((step) => {
          const y = byStep.get(step) ?? null;
          // A logarithmic axis cannot show 0.
          return y !== null && options.logarithmic === true && y <= 0 ? null : y;
        });
        return smoothed(ys, this.#smoothing.valueAsNumber);
      });
      plot.setData([[...this.#steps], ...trainingPlot.ys]);
    }
    this.#mark();
  }

  fit(width: number): void {
    this.#width = width;
    for (const { plot } of this.#plots) plot.fit(width);
    this.#mark();
  }

  redraw(): void {
    for (const { plot } of this.#plots) plot.redraw();
  }

  /** Marks the displayed checkpoints. */
  #mark(): void {
    const slots = this.#data.shownSlots(this.#store.state.slots);
    const markers = slots.flatMap(({ step }, slot) =>
      step === null ? [] : [{ x: step, color: `--slot-${slot + 1}` }],
    );
    for (const { plot, ys } of this.#plots) {
      const indices = slots.map(({ step }, slot) => {
        const values = ys[slot] ?? [];
        return this.#steps.findLastIndex((x, i) => values[i] !== null && x <= (step ?? x));
      });
      plot.mark(markers, indices);
    }
  }

  #rebuild(key: string): void {
    this.#builtFor = key;
    for (const { plot } of this.#plots) plot.destroy();
    const slots = this.#data.shownSlots(this.#store.state.slots);
    if (!slots.some(({ source }) => this.#data.curves.has(source))) {
      this.#plots = [];
      this.object.replaceChildren(this.#empty);
      return;
    }
    const series = slots.map(({ name }, slot): PlotSeries => ({ label: name, color: `--slot-${slot + 1}` }));
    this.#plots = METRICS.map((options) => ({
      options,
      ys: [],
      plot: new Plot({
        dragZooms: true,
        ...options,
        series,
        group: "steps",
        xLabel: (x) => (x >= 1000 ? `${Number((x / 1000).toFixed(1))}k` : String(x)),
        onPick: (x) => this.#actions.setCheckpoints(x),
      }),
    }));
    this.object.replaceChildren(
      element(
        "p",
        { class: "hint" },
        "Vertical lines mark the displayed checkpoints. Click a curve to show the checkpoints of that step. Drag to zoom, double-click to show all.",
      ),
      element(
        "div",
        { class: "pair" },
        element("label", { class: "field", for: "smoothing" }, "Smoothing"),
        this.#smoothing,
        this.#smoothingText,
      ),
      ...this.#plots.map(({ plot }) => plot.object),
    );
    if (this.#width > 0) for (const { plot } of this.#plots) plot.fit(this.#width);
  }
}
