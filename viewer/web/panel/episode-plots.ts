/** @file The "Episode" tab: distance, torque, speed, action, Q and reward over the time of the displayed episode. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Actions } from "../controls/actions.ts";
import { element } from "../page/dom.ts";
import { momentAt } from "../playback/interpolation.ts";
import type { Motion } from "../playback/motion.ts";
import { signChangesPerSecond } from "../playback/oscillation.ts";
import type { JointChoice, PageStore } from "../state/page-state.ts";
import type { View, ViewData } from "../state/view-data.ts";
import { Plot, type PlotOptions, type PlotSeries } from "./plot.ts";

/** Seconds between frames of a live session from which the line between them is left out: nothing is known of it. */
const MAX_GAP = 0.5;

/** Returns the value of a series at a moment. */
type Read = (motion: Motion, moment: number) => number;

/** A line of a plot. */
interface Line {
  readonly series: PlotSeries;
  readonly slot: number;
  readonly read: Read;
}

interface LinePlot {
  readonly plot: Plot;
  readonly lines: readonly Line[];
}

type LinePlotOptions = Pick<PlotOptions, "title" | "unit" | "decimals"> & Partial<PlotOptions>;

export class EpisodePlots {
  readonly object = element("div", { class: "plots" });
  readonly #data: ViewData;
  readonly #store: PageStore;
  readonly #actions: Actions;
  readonly #jointSelect = element("select", { id: "joint", class: "select" });
  readonly #list = element("div");
  #plots: readonly LinePlot[] = [];
  /** Times of the longest motion, s. */
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

  /** Creates the plots for the displayed policies and the selected joint. */
  rebuild(): void {
    for (const { plot } of this.#plots) plot.destroy();
    this.#plots = [];
    const { view } = this.#data;
    if (view === undefined) return;
    this.#listJoints(view.scene);
    this.#plots = this.#createPlots(view, selectedJoints(view, this.#store.state.joint));
    for (const { plot } of this.#plots) this.#list.append(plot.object);
    this.refresh();
    if (this.#width > 0) this.fit(this.#width);
  }

  /** Draws the current motions, which grow in live mode. */
  refresh(): void {
    const motions = this.#data.view?.motions ?? [];
    const longest = motions.reduce<Motion | undefined>(
      (best, motion) => (best === undefined || motion.moments > best.moments ? motion : best),
      undefined,
    );
    if (longest === undefined) return;
    const times = Array.from(longest.times.subarray(0, longest.moments));
    this.#times = times;
    for (const { plot, lines } of this.#plots) {
      const ys = lines.map(({ slot, read }) => {
        const motion = motions[slot];
        return times.map((_, moment) => {
          const y = motion === undefined || moment >= motion.moments ? Number.NaN : read(motion, moment);
          return Number.isNaN(y) ? null : y;
        });
      });
      plot.setData([times, ...ys]);
    }
  }

  /** Marks a time, seconds, and shows the values there. */
  setTime(time: number): void {
    if (this.#times.length === 0) return;
    const moment = momentAt({ times: Float64Array.from(this.#times), moments: this.#times.length }, time);
    for (const { plot, lines } of this.#plots) {
      plot.mark(
        [{ x: time, color: "--ink" }],
        lines.map(() => moment),
      );
    }
  }

  fit(width: number): void {
    this.#width = width;
    for (const { plot } of this.#plots) plot.fit(width);
  }

  redraw(): void {
    for (const { plot } of this.#plots) plot.redraw();
  }

  #listJoints({ links }: SceneMessage): void {
    this.#jointSelect.replaceChildren(
      element("option", { value: "busiest" }, "Most oscillating"),
      element("option", { value: "all" }, "All joints"),
      ...links.map((link, i) => element("option", { value: i }, `${i + 1} · ${link.joint}`)),
    );
    this.#jointSelect.value = String(this.#store.state.joint);
  }

  #createPlots(view: View, joints: readonly number[]): readonly LinePlot[] {
    const { scene, slots } = view;
    const [firstJoint = 0] = joints;
    const jointNames = joints.length > 1 ? "all joints" : `joint ${firstJoint + 1}`;
    const successCm = scene.successDistance * 100;
    const [object] = scene.objects;
    const plots = [
      this.#plot(
        {
          title: object === undefined ? "Distance to the goal" : `Distance of the ${object.name} to the goal`,
          unit: "cm",
          decimals: 1,
          minRange: [0, 2 * successCm],
          level: { value: successCm, label: `success: ${successCm.toFixed(0)} cm` },
        },
        slotLines(view, (motion, m) => (motion.distances[m] ?? 0) * 100, false),
      ),
      this.#plot(
        { title: `Torque, ${jointNames}`, unit: "% of limit", decimals: 0, minRange: [-100, 100] },
        jointLines(view, joints, true, (motion, index, joint, slot) => {
          const limit = (scene.links[joint]?.torqueLimit ?? 1) * (slots[slot]?.torqueScale ?? 1);
          return (100 * (motion.torques[index] ?? 0)) / limit;
        }),
      ),
      this.#plot(
        { title: `Speed, ${jointNames}`, unit: "rad/s", decimals: 2 },
        jointLines(view, joints, false, (motion, index) => motion.speeds[index] ?? 0),
      ),
    ];
    if (scene.fingers.length > 0) {
      plots.push(
        this.#plot(
          { title: "Gap between the fingers", unit: "cm", decimals: 1, minRange: [0, 8] },
          slotLines(view, fingerGapCm, false),
        ),
      );
    }
    plots.push(
      this.#plot(
        { title: "Mean |a|", unit: "share of the maximum", decimals: 2, minRange: [0, 1] },
        slotLines(view, (motion, m) => motion.actionAbsMeans[m] ?? 0, true),
      ),
    );
    if (slots.some(({ hasValue }) => hasValue)) {
      plots.push(
        this.#plot(
          { title: "Q(s, a)", unit: "expected return", decimals: 2 },
          slotLines(view, (motion, m) => motion.values[m] ?? Number.NaN, true),
        ),
      );
    }
    plots.push(
      this.#plot(
        { title: "Reward", unit: "per step", decimals: 2, minRange: [-1, 0] },
        slotLines(view, (motion, m) => motion.rewards[m] ?? 0, true),
      ),
    );
    return plots;
  }

  #plot(options: LinePlotOptions, lines: readonly Line[]): LinePlot {
    const plot = new Plot({
      group: "time",
      maxGap: MAX_GAP,
      xLabel: (x) => `${Number(x.toFixed(2))} s`,
      onPick: (x) => this.#actions.seek(x),
      series: lines.map(({ series }) => series),
      ...options,
    });
    return { plot, lines };
  }
}

/** A line for each slot. */
function slotLines({ slots }: View, read: Read, stepped: boolean): readonly Line[] {
  return slots.map(({ name }, slot) => ({
    series: { label: name, color: `--slot-${slot + 1}`, stepped },
    slot,
    read,
  }));
}

/** A line for each slot and joint. `read` gets the index of the joint's number in a column of the motion. */
function jointLines(
  { slots, scene }: View,
  joints: readonly number[],
  stepped: boolean,
  read: (motion: Motion, index: number, joint: number, slot: number) => number,
): readonly Line[] {
  const isSingle = joints.length === 1;
  return slots.flatMap(({ name }, slot) =>
    joints.map((joint) => ({
      series: {
        label: `${name}, ${scene.links[joint]?.joint ?? ""}`,
        color: `--slot-${slot + 1}`,
        opacity: isSingle ? 1 : 0.55,
        width: isSingle ? 1.6 : 1.1,
        stepped,
        showValue: isSingle,
      },
      slot,
      read: (motion: Motion, moment: number) => read(motion, moment * motion.joints + joint, joint, slot),
    })),
  );
}

function fingerGapCm({ openings, fingers }: Motion, moment: number): number {
  const row = openings.subarray(moment * fingers, (moment + 1) * fingers);
  return 100 * row.reduce((sum, opening) => sum + opening, 0);
}

/** Returns the joints to plot. The busiest is the one whose torque changes its sign most often in any slot. */
function selectedJoints({ scene, motions }: View, choice: JointChoice): readonly number[] {
  const all = scene.links.map((_, joint) => joint);
  if (choice === "all") return all;
  if (choice !== "busiest") return choice < all.length ? [choice] : [0];
  const signChanges = all.map((joint) => {
    const limit = scene.links[joint]?.torqueLimit ?? 1;
    const ofMotion = (motion: Motion) => {
      const shares = Float32Array.from(
        { length: motion.moments },
        (_, moment) => (motion.torques[moment * motion.joints + joint] ?? 0) / limit,
      );
      return signChangesPerSecond(shares, 1, 1);
    };
    return Math.max(0, ...motions.map(ofMotion));
  });
  return [signChanges.indexOf(Math.max(...signChanges))];
}
