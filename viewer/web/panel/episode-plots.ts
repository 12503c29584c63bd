/** @file What happened in the episode on stage, over its time: distance, torque, speed, value, reward. */

import type { Actions } from "../actions.ts";
import { element } from "../dom.ts";
import { momentAt } from "../interpolation.ts";
import type { Motion } from "../motion.ts";
import { signChangesPerSecond } from "../oscillation.ts";
import type { JointChoice, PageStore } from "../page-state.ts";
import type { Showing, ViewData } from "../view-data.ts";
import { Plot, type PlotOptions, type PlotSeries } from "./plot.ts";

/** One plot's curve of one motion: the value at a moment. */
type Reading = (motion: Motion, slot: number, moment: number) => number;

/** A plot of the panel: how it looks, and what it reads for each of its series. */
interface Column {
  readonly plot: Plot;
  readonly readings: readonly (readonly [slot: number, reading: Reading])[];
}

export class EpisodePlots {
  readonly object = element("div", { class: "plots" });
  readonly #data: ViewData;
  readonly #store: PageStore;
  readonly #actions: Actions;
  readonly #jointSelect = element("select", { id: "joint", class: "select" });
  readonly #list = element("div");
  #columns: Column[] = [];
  #times: readonly number[] = [];
  #width = 0;

  constructor(data: ViewData, store: PageStore, actions: Actions) {
    this.#data = data;
    this.#store = store;
    this.#actions = actions;
    this.#jointSelect.addEventListener("change", () => {
      const { value } = this.#jointSelect;
      store.update({ joint: value === "all" || value === "busiest" ? value : Number(value) });
    });
    const label = element("label", { class: "field", for: "joint" }, "Joint");
    this.object.append(element("div", { class: "plots-options" }, label, this.#jointSelect), this.#list);
  }

  /** Begins anew: another cast, or another joint. */
  rebuild(): void {
    for (const { plot } of this.#columns) plot.destroy();
    this.#columns = [];
    const showing = this.#data.showing;
    if (showing === undefined) return;
    this.#offerJoints(showing);
    this.#columns = this.#build(showing, chosenJoints(showing, this.#store.state.joint));
    for (const { plot } of this.#columns) this.#list.append(plot.object);
    this.refresh();
    if (this.#width > 0) this.fit(this.#width);
  }

  /** Takes over what the motions hold by now. */
  refresh(): void {
    const motions = this.#data.showing?.motions ?? [];
    const longest = motions.reduce<Motion | undefined>(
      (best, motion) => (best === undefined || motion.moments > best.moments ? motion : best),
      undefined,
    );
    if (longest === undefined) return;
    this.#times = Array.from(longest.times.subarray(0, longest.moments));
    for (const { plot, readings } of this.#columns) {
      const ys = readings.map(([slot, reading]) => {
        const motion = motions[slot];
        return this.#times.map((_, moment) => {
          const y =
            motion === undefined || moment >= motion.moments ? Number.NaN : reading(motion, slot, moment);
          return Number.isNaN(y) ? null : y;
        });
      });
      plot.setData([this.#times as number[], ...ys]);
    }
  }

  /** Marks the time of the page's clock, seconds. */
  setTime(time: number): void {
    if (this.#times.length === 0) return;
    const moment = momentAt({ times: Float64Array.from(this.#times), moments: this.#times.length }, time);
    for (const { plot } of this.#columns) plot.setPlayhead(time, moment);
  }

  fit(width: number): void {
    this.#width = width;
    for (const { plot } of this.#columns) plot.fit(width);
  }

  redraw(): void {
    for (const { plot } of this.#columns) plot.redraw();
  }

  #offerJoints({ scene }: Showing): void {
    const { joint } = this.#store.state;
    this.#jointSelect.replaceChildren(
      element("option", { value: "busiest" }, "The one that oscillates most"),
      element("option", { value: "all" }, "All joints"),
      ...scene.links.map((link, i) => element("option", { value: i }, `${i + 1} · ${link.joint}`)),
    );
    this.#jointSelect.value = String(joint);
  }

  #build(showing: Showing, joints: readonly number[]): Column[] {
    const { scene, slots } = showing;
    const many = joints.length > 1;
    const each = (reading: Reading, stepped = false) => ({
      series: slots.map(
        ({ name }, slot): PlotSeries => ({ label: name, color: `--slot-${slot + 1}`, stepped }),
      ),
      readings: slots.map((_, slot) => [slot, reading] as const),
    });
    const eachJoint = (
      reading: (motion: Motion, slot: number, index: number, joint: number) => number,
      stepped: boolean,
    ) => ({
      series: slots.flatMap(({ name }, slot) =>
        joints.map(
          (joint): PlotSeries => ({
            label: `${name}, ${scene.links[joint]?.joint ?? ""}`,
            color: `--slot-${slot + 1}`,
            opacity: many ? 0.55 : 1,
            width: many ? 1.1 : 1.6,
            stepped,
            told: !many,
          }),
        ),
      ),
      readings: slots.flatMap((_, slot) =>
        joints.map((joint): readonly [number, Reading] => [
          slot,
          (motion, place, moment) => reading(motion, place, moment * motion.joints + joint, joint),
        ]),
      ),
    });
    const which = many ? "all joints" : `joint ${(joints[0] ?? 0) + 1}`;
    const column = (
      options: Pick<PlotOptions, "title" | "unit" | "decimals"> & Partial<PlotOptions>,
      { series, readings }: { series: readonly PlotSeries[]; readings: Column["readings"] },
    ): Column => ({
      plot: new Plot({
        group: "time",
        xLabel: (x) => `${Number(x.toFixed(2))} s`,
        onPick: (x) => this.#actions.seek(x),
        series,
        ...options,
      }),
      readings,
    });
    const level = scene.successDistance * 100;
    const [thing] = scene.objects;
    return [
      column(
        {
          title: thing === undefined ? "Distance to the goal" : `Distance of the ${thing.name} to the goal`,
          unit: "cm",
          decimals: 1,
          atLeast: [0, 2 * level],
          level: { value: level, label: `${level.toFixed(0)} cm: there` },
        },
        each((motion, _, m) => (motion.distances[m] ?? 0) * 100),
      ),
      column(
        { title: `Torque, ${which}`, unit: "% of what it may use", decimals: 0, atLeast: [-100, 100] },
        eachJoint((motion, slot, index, joint) => {
          const limit = (scene.links[joint]?.torqueLimit ?? 1) * (slots[slot]?.torqueScale ?? 1);
          return (100 * (motion.torques[index] ?? 0)) / limit;
        }, true),
      ),
      column(
        { title: `Speed, ${which}`, unit: "rad/s", decimals: 2 },
        eachJoint((motion, _, index) => motion.speeds[index] ?? 0, false),
      ),
      ...(scene.fingers.length === 0
        ? []
        : [
            column(
              { title: "Gap between the fingers", unit: "cm", decimals: 1, atLeast: [0, 8] },
              each((motion, _, m) => {
                let gap = 0;
                for (let i = 0; i < motion.fingers; i++) gap += motion.openings[m * motion.fingers + i] ?? 0;
                return 100 * gap;
              }),
            ),
          ]),
      column(
        { title: "Mean |a|", unit: "share of full torque", decimals: 2, atLeast: [0, 1] },
        each((motion, _, m) => motion.actionSizes[m] ?? 0, true),
      ),
      ...(slots.some(({ hasValue }) => hasValue)
        ? [
            column(
              { title: "Q(s, a)", unit: "expected return", decimals: 2 },
              each((motion, _, m) => motion.values[m] ?? Number.NaN, true),
            ),
          ]
        : []),
      column(
        { title: "Reward", unit: "a step", decimals: 2, atLeast: [-1, 0] },
        each((motion, _, m) => motion.rewards[m] ?? 0, true),
      ),
    ];
  }
}

/** The joints to draw: one, all, or the one whose torque changes its sign most often in any slot. */
function chosenJoints({ scene, motions }: Showing, choice: JointChoice): readonly number[] {
  const all = scene.links.map((_, joint) => joint);
  if (choice === "all") return all;
  if (choice !== "busiest") return choice < all.length ? [choice] : [0];
  const busiest = all.map((joint) =>
    Math.max(
      0,
      ...motions.map((motion) => {
        const limit = scene.links[joint]?.torqueLimit ?? 1;
        const shares = Float32Array.from(
          { length: motion.moments },
          (_, m) => (motion.torques[m * motion.joints + joint] ?? 0) / limit,
        );
        return signChangesPerSecond(shares, 1, 1);
      }),
    ),
  );
  return [busiest.indexOf(Math.max(...busiest))];
}
