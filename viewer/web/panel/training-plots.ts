/** @file How the policies on stage were trained: curves over steps, and where their checkpoints lie. */

import type { Actions } from "../actions.ts";
import { element } from "../dom.ts";
import type { ViewData } from "../view-data.ts";
import { Plot, type PlotOptions, type PlotSeries } from "./plot.ts";

/** A figure of training that is drawn, by its name in the metrics. */
interface Figure
  extends Pick<PlotOptions, "title" | "unit" | "decimals" | "atLeast" | "logarithmic" | "level"> {
  readonly name: string;
}

const FIGURES: readonly (Omit<Figure, "atLeast" | "logarithmic" | "level"> & Partial<Figure>)[] = [
  { name: "eval/success_rate", title: "Success rate", unit: "held at the end", decimals: 2, atLeast: [0, 1] },
  { name: "train/critic_loss", title: "Critic loss", unit: "", decimals: 4, logarithmic: true },
  { name: "train/critic_grad_norm", title: "Critic gradient", unit: "norm", decimals: 3, logarithmic: true },
  { name: "train/actor_grad_norm", title: "Actor gradient", unit: "norm", decimals: 3, logarithmic: true },
  {
    name: "train/saturation",
    title: "Saturation",
    unit: "share of actions at ±1",
    decimals: 2,
    atLeast: [0, 1],
  },
  { name: "train/q_mean", title: "Mean Q", unit: "of a batch", decimals: 2 },
];

export class TrainingPlots {
  readonly object = element("div", { class: "plots" });
  readonly #data: ViewData;
  readonly #actions: Actions;
  readonly #empty = element(
    "p",
    { class: "empty" },
    "No training curves: what is on stage was not trained in a run that is at hand. Choose a run to see how it came about.",
  );
  #plots: readonly { readonly figure: string; readonly plot: Plot }[] = [];
  #cast = "";
  #steps: readonly number[] = [];
  #width = 0;

  constructor(data: ViewData, actions: Actions) {
    this.#data = data;
    this.#actions = actions;
  }

  /** Takes over the curves that are known by now. */
  refresh(): void {
    const slots = this.#data.showing?.slots ?? [];
    const cast = JSON.stringify(
      slots.map(({ source, name }) => [source, name, this.#data.curves.has(source)]),
    );
    if (cast !== this.#cast) this.#rebuild(cast);
    const known = slots.map(({ source }) => this.#data.curves.get(source));
    this.#steps = [...new Set(known.flatMap((curves) => curves?.steps ?? []))].sort((a, b) => a - b);
    for (const { figure, plot } of this.#plots) {
      const ys = known.map((curves) => {
        const rows = new Map(curves?.steps.map((step, row) => [step, curves.series[figure]?.[row] ?? null]));
        // A logarithm of 0 has no place on an axis.
        return this.#steps.map((step) => {
          const y = rows.get(step) ?? null;
          return y === null || (isLogarithmic(figure) && y <= 0) ? null : y;
        });
      });
      plot.setData([[...this.#steps], ...ys]);
    }
    this.mark();
  }

  /** Marks the checkpoints that are on stage. */
  mark(): void {
    const slots = this.#data.showing?.slots ?? [];
    const markers = slots.flatMap(({ step }, slot) =>
      step === null ? [] : [{ x: step, color: `--slot-${slot + 1}` }],
    );
    const newest = Math.max(0, this.#steps.length - 1);
    for (const { plot } of this.#plots) {
      const step = markers[0]?.x ?? Number.POSITIVE_INFINITY;
      const index = this.#steps.findLastIndex((x) => x <= step);
      plot.setPlayhead(step, index < 0 ? newest : index);
      plot.setMarkers(markers);
    }
  }

  fit(width: number): void {
    this.#width = width;
    for (const { plot } of this.#plots) plot.fit(width);
    this.mark();
  }

  redraw(): void {
    for (const { plot } of this.#plots) plot.redraw();
  }

  #rebuild(cast: string): void {
    this.#cast = cast;
    for (const { plot } of this.#plots) plot.destroy();
    const slots = this.#data.showing?.slots ?? [];
    const known = slots.some(({ source }) => this.#data.curves.has(source));
    this.object.replaceChildren();
    if (!known) {
      this.#plots = [];
      this.object.append(this.#empty);
      return;
    }
    const series = slots.map(({ name }, slot): PlotSeries => ({ label: name, color: `--slot-${slot + 1}` }));
    this.#plots = FIGURES.map(({ name, ...options }) => ({
      figure: name,
      plot: new Plot({
        ...options,
        series,
        group: "steps",
        xLabel: (x) => (x >= 1000 ? `${Number((x / 1000).toFixed(1))}k` : String(x)),
        onPick: (x) => this.#actions.growTo(x),
      }),
    }));
    this.object.append(
      element(
        "p",
        { class: "hint" },
        "Lines across mark the checkpoints on stage. Point at a curve to see the policies as they were then.",
      ),
      ...this.#plots.map(({ plot }) => plot.object),
    );
    if (this.#width > 0) for (const { plot } of this.#plots) plot.fit(this.#width);
  }
}

function isLogarithmic(figure: string): boolean {
  return FIGURES.find(({ name }) => name === figure)?.logarithmic === true;
}
