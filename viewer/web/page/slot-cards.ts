/** @file A card over the picture for each slot: name, distance to the goal, verdict and checkpoint. */

import type { Actions } from "../controls/actions.ts";
import { type ArmSample, blankSample, sampleMotion } from "../playback/interpolation.ts";
import { jointsAtLimit } from "../playback/joint-limits.ts";
import { OSCILLATION_THRESHOLD, type SuccessSpread, successSpread } from "../playback/oscillation.ts";
import { verdictAt } from "../playback/verdict.ts";
import type { SceneView } from "../scene/scene-view.ts";
import type { PageStore } from "../state/page-state.ts";
import type { View, ViewData } from "../state/view-data.ts";
import { button, element } from "./dom.ts";

const REPLAY_MEANING = `What the policy does in the loaded episodes. Steady: at the goal at the end of most. Oscillating: its actions change their sign at least ${OSCILLATION_THRESHOLD} times a second, or its success rate varied between evaluations. Not at the goal: most episodes end elsewhere.`;
const LIVE_MEANING =
  "What the arm has done in the last 3 s. Steady: at the goal. Oscillating: its joints go to and fro, or it leaves the goal and comes back.";

class SlotCard {
  readonly object: HTMLElement;
  readonly #distance = element("span", { class: "figure" });
  readonly #objectName = element("span", { class: "card-object" });
  readonly #goalState = element("span", { class: "goal-state" });
  readonly #warning = element("span", { class: "limit-warning", hidden: true });
  readonly #verdictLine = element("p", { class: "card-verdict" });
  readonly #verdict = element("span", { class: "verdict" });
  readonly #detail = element("span", { class: "figure" });
  readonly #record = element("p", { class: "card-record" });
  readonly #slider = element("input", { type: "range", min: 0, step: 1, class: "checkpoint-slider" });
  readonly #step = element("output", { class: "figure" });
  readonly #slot: number;

  /** @param steps training steps of the source's checkpoints */
  constructor(slot: number, name: string, steps: readonly number[], actions: Actions, isOnly: boolean) {
    this.#slot = slot;
    const remove = button({
      label: `Remove ${name}`,
      icon: "close",
      className: "icon-only small",
      onPress: () => actions.removeSlot(slot),
    });
    remove.hidden = isOnly;
    this.#verdictLine.append(this.#verdict, " ", this.#detail);
    this.object = element(
      "article",
      { class: "slot-card", "aria-label": name },
      element("header", { class: "card-head" }, element("h2", { class: "card-title" }, name)),
      remove,
      element(
        "p",
        { class: "card-now" },
        this.#objectName,
        this.#distance,
        " ",
        this.#goalState,
        this.#warning,
      ),
      this.#verdictLine,
      this.#record,
    );
    this.object.style.setProperty("--slot", `var(--slot-${slot + 1})`);
    this.object.style.setProperty("--slot-text", `var(--slot-${slot + 1}-text)`);
    if (steps.length > 1) {
      this.#slider.max = String(steps.length - 1);
      this.#slider.setAttribute("aria-label", `Training steps of ${name}`);
      this.#slider.addEventListener("input", () => {
        const index = this.#slider.valueAsNumber;
        // The right end selects the run's policy: of a running run, the newest.
        actions.setCheckpoint(slot, index === steps.length - 1 ? null : (steps[index] ?? null));
      });
      this.object.append(element("div", { class: "checkpoint" }, this.#slider, this.#step));
    }
  }

  /** Redraws what holds for the complete episode, or in a live session for the seconds before `time`. */
  refresh(view: View, data: ViewData, steps: readonly number[], time: number): void {
    const slot = this.#slot;
    const info = view.slots[slot];
    const motion = view.motions[slot];
    if (info === undefined || motion === undefined) return;
    const [object] = view.scene.objects;
    this.#objectName.textContent = object === undefined ? "" : `${object.name} `;
    const report = verdictAt(view, slot, time, data);
    this.#verdict.textContent = report?.state ?? "";
    this.#verdict.dataset["verdict"] = report?.state ?? "";
    this.#detail.textContent = report?.detail ?? "";
    this.#verdictLine.title = view.live ? LIVE_MEANING : REPLAY_MEANING;
    const { successes, episodes } = data.episodes.statistics(slot);
    const spread = successSpread(data.successRates(info.source));
    this.#record.textContent = [
      ...(view.live || episodes === 0 ? [] : [`success ${successes} of ${episodes}`]),
      ...(spread === undefined ? [] : [`training success ${rangeOf(spread)}`]),
    ].join(" · ");
    if (info.step === null) return;
    const index = steps.indexOf(info.step);
    if (index >= 0 && document.activeElement !== this.#slider) this.#slider.value = String(index);
    this.#step.value = `${info.step.toLocaleString("en")} steps`;
    this.#slider.setAttribute("aria-valuetext", `${info.step} steps`);
  }

  /** Redraws the state at the time of the clock. `joints` are the numbers of joints at their limits. */
  tick({ distance, isSuccess }: ArmSample, joints: readonly number[]): void {
    const text = `${(distance * 100).toFixed(1)} cm`;
    if (this.#distance.textContent !== text) this.#distance.textContent = text;
    const state = isSuccess ? "at the goal" : "from the goal";
    if (this.#goalState.textContent !== state) this.#goalState.textContent = state;
    this.#goalState.dataset["reached"] = String(isSuccess);
    const warning = joints.length === 0 ? "" : `at limit: joint ${joints.join(", ")}`;
    this.#warning.hidden = warning === "";
    if (this.#warning.textContent !== warning) this.#warning.textContent = warning;
  }
}

function rangeOf({ min, max }: SuccessSpread): string {
  return max - min < 0.005 ? max.toFixed(2) : `${min.toFixed(2)}–${max.toFixed(2)}`;
}

export class SlotCards {
  readonly #parent: HTMLElement;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #actions: Actions;
  #cards: readonly SlotCard[] = [];
  /** The element around each card, as large as its viewport. */
  #frames: readonly HTMLElement[] = [];
  #samples: ArmSample[] = [];
  /** Time of the clock, seconds. */
  #time = Number.POSITIVE_INFINITY;
  /** Identifies the policies and checkpoints that the cards were built for. */
  #builtFor = "";

  constructor(parent: HTMLElement, store: PageStore, data: ViewData, actions: Actions) {
    this.#parent = parent;
    this.#store = store;
    this.#data = data;
    this.#actions = actions;
  }

  refresh(scene: SceneView | undefined): void {
    const { view } = this.#data;
    if (view === undefined) return;
    const steps = view.slots.map(({ source }) => this.#data.source(source)?.steps ?? []);
    const key = JSON.stringify([view.slots.map(({ source, name }) => [source, name]), steps]);
    if (key !== this.#builtFor) {
      this.#builtFor = key;
      this.#samples = [];
      const isOnly = view.slots.length === 1;
      this.#cards = view.slots.map(
        ({ name }, slot) => new SlotCard(slot, name, steps[slot] ?? [], this.#actions, isOnly),
      );
      this.#frames = this.#cards.map(({ object }) => element("div", { class: "viewport" }, object));
      this.#parent.replaceChildren(...this.#frames);
    }
    this.place(scene);
    this.#cards.forEach((card, slot) => {
      card.refresh(view, this.#data, steps[slot] ?? [], this.#time);
    });
  }

  /** Places each card in its viewport, or all in a row if the policies are overlaid. */
  place(scene: SceneView | undefined): void {
    const isOverlaid = this.#store.state.compare === "ghost" || scene === undefined;
    this.#parent.classList.toggle("together", isOverlaid);
    this.#frames.forEach((frame, slot) => {
      const viewport = isOverlaid ? undefined : scene.viewports[slot];
      const percent = (share: number | undefined) =>
        share === undefined ? "" : `${(100 * share).toFixed(3)}%`;
      frame.style.left = percent(viewport?.left);
      frame.style.top = percent(viewport?.top);
      frame.style.width = percent(viewport?.width);
      frame.style.height = percent(viewport?.height);
      frame.classList.toggle("not-first-column", (viewport?.left ?? 0) > 0);
      frame.classList.toggle("not-first-row", (viewport?.top ?? 0) > 0);
    });
  }

  /** Height of the tallest card, CSS pixels. */
  get coveredTop(): number {
    return Math.max(0, ...this.#cards.map(({ object }) => object.offsetHeight));
  }

  /** Shows the state of every slot at a time, seconds. */
  tick(time: number): void {
    this.#time = time;
    const { view } = this.#data;
    if (view === undefined) return;
    const limits = view.scene.links.map((link) => link.limits);
    this.#cards.forEach((card, slot) => {
      const motion = view.motions[slot];
      if (motion === undefined || motion.moments === 0) return;
      const sample = this.#samples[slot] ?? blankSample(motion);
      this.#samples[slot] = sample;
      sampleMotion(motion, time, sample);
      card.tick(
        sample,
        jointsAtLimit(sample.angles, limits).flatMap((isAtLimit, i) => (isAtLimit ? [i + 1] : [])),
      );
    });
  }
}
