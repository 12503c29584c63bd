/** @file A card for each policy over the picture: its name, how it does now, how steady it is, its checkpoint. */

import type { Actions } from "./actions.ts";
import { button, element } from "./dom.ts";
import { torqueSignChanges } from "./episode-shelf.ts";
import { ArmSample, sampleMotion } from "./interpolation.ts";
import { jointsAtLimit } from "./joint-limits.ts";
import { OSCILLATING_FROM, type SuccessSpread, successSpread, verdictOf } from "./oscillation.ts";
import type { PageStore } from "./page-state.ts";
import type { Stage } from "./scene/stage.ts";
import type { Showing, ViewData } from "./view-data.ts";

/** Sign changes a second at which the bar of the oscillation figure is full: half the control rate of 25 Hz. */
const FULL_BAR = 12.5;

class SlotCard {
  readonly object: HTMLElement;
  readonly #distance = element("span", { class: "figure" });
  readonly #thing = element("span", { class: "card-thing" });
  readonly #state = element("span", { class: "goal-state" });
  readonly #warning = element("span", { class: "limit-warning", hidden: true });
  readonly #verdict = element("span", { class: "verdict" });
  readonly #rate = element("span", { class: "figure" });
  readonly #here = element("span", { class: "figure card-here" });
  readonly #bar = element("span", { class: "rate-bar", "aria-hidden": "true" });
  readonly #record = element("p", { class: "card-record" });
  readonly #slider = element("input", { type: "range", min: 0, step: 1, class: "checkpoint-slider" });
  readonly #step = element("output", { class: "figure" });
  readonly #slot: number;

  constructor(slot: number, name: string, steps: readonly number[], actions: Actions, alone: boolean) {
    this.#slot = slot;
    const title = element("h2", { class: "card-title" }, name);
    const close = button({
      label: `Take ${name} off the stage`,
      icon: "close",
      look: "icon-only small",
      onPress: () => actions.removeSlot(slot),
    });
    close.hidden = alone;
    const verdict = element("p", { class: "card-verdict" }, this.#verdict, " ", this.#rate, this.#here);
    verdict.title = `Changes of the action's sign a second: mean over its numbers, of the listed episodes and of this one. ${OSCILLATING_FROM} or more count as oscillating, and so does success that swings from evaluation to evaluation.`;
    this.object = element(
      "article",
      { class: "slot-card", "aria-label": name },
      element("header", { class: "card-head" }, title),
      close,
      element("p", { class: "card-now" }, this.#thing, this.#distance, " ", this.#state, this.#warning),
      verdict,
      this.#bar,
      this.#record,
    );
    this.object.style.setProperty("--slot", `var(--slot-${slot + 1})`);
    this.object.style.setProperty("--slot-text", `var(--slot-${slot + 1}-text)`);
    if (steps.length > 1) {
      this.#slider.max = String(steps.length - 1);
      this.#slider.setAttribute("aria-label", `Training steps of ${name}`);
      this.#slider.addEventListener("input", () => {
        const at = this.#slider.valueAsNumber;
        // The right end is the newest, and stays so while training goes on.
        actions.setCheckpoint(slot, at === steps.length - 1 ? null : (steps[at] ?? null));
      });
      this.object.append(element("div", { class: "checkpoint" }, this.#slider, this.#step));
    }
  }

  /** Shows what holds for the whole episode. */
  refresh(showing: Showing, data: ViewData, steps: readonly number[]): void {
    const slot = this.#slot;
    const info = showing.slots[slot];
    const motion = showing.motions[slot];
    if (info === undefined || motion === undefined) return;
    const [thing] = showing.scene.objects;
    this.#thing.textContent = thing === undefined ? "" : `${thing.name} `;
    const spread = successSpread(data.evaluations(info.source));
    const { held, episodes, signChanges } = data.shelf.record(slot);
    const here = showing.live
      ? torqueSignChanges(motion, showing.scene, info.torqueScale)
      : (data.shelf.get(showing.seed)?.signChanges[slot] ?? 0);
    // Of a policy, all its episodes tell more than one; where there is none, what it has just done is all there is.
    const mean = episodes === 0 ? here : signChanges;
    const verdict = verdictOf(mean, showing.live ? undefined : spread);
    this.#verdict.textContent = verdict;
    this.#verdict.dataset["verdict"] = verdict;
    this.#rate.textContent = showing.live
      ? `${here.toFixed(1)} torque sign changes/s`
      : `${mean.toFixed(1)} sign changes/s`;
    this.#here.textContent = showing.live ? "" : `, here ${here.toFixed(1)}`;
    this.#bar.style.setProperty("--filled", `${Math.min(100, (100 * here) / FULL_BAR).toFixed(0)}%`);
    const swing = spread === undefined ? "" : `success ${tellSpread(spread)} in training`;
    const tally = showing.live || episodes === 0 ? "" : `held ${held} of ${episodes}`;
    this.#record.textContent = [tally, swing].filter((part) => part !== "").join(" · ");
    if (info.step === null) return;
    const at = steps.indexOf(info.step);
    if (at >= 0 && document.activeElement !== this.#slider) this.#slider.value = String(at);
    this.#step.value = `${info.step.toLocaleString("en")} steps`;
    this.#slider.setAttribute("aria-valuetext", `${info.step} steps`);
  }

  /** Shows how it is at the time of the clock. */
  tick(distance: number, isSuccess: boolean, warned: readonly number[]): void {
    const text = `${(distance * 100).toFixed(1)} cm`;
    if (this.#distance.textContent !== text) this.#distance.textContent = text;
    const state = isSuccess ? "at the goal" : "from the goal";
    if (this.#state.textContent !== state) this.#state.textContent = state;
    this.#state.dataset["reached"] = String(isSuccess);
    const warning = warned.length === 0 ? "" : `at its limit: joint ${warned.join(", ")}`;
    this.#warning.hidden = warning === "";
    if (this.#warning.textContent !== warning) this.#warning.textContent = warning;
  }
}

/** The range of success rates since a run had learned. */
function tellSpread({ low, high }: SuccessSpread): string {
  return high - low < 0.005 ? `stays ${high.toFixed(2)}` : `swings ${low.toFixed(2)}–${high.toFixed(2)}`;
}

export class SlotCards {
  readonly #parent: HTMLElement;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #actions: Actions;
  #cards: readonly SlotCard[] = [];
  #frames: readonly HTMLElement[] = [];
  #samples: ArmSample[] = [];
  #cast = "";

  constructor(parent: HTMLElement, store: PageStore, data: ViewData, actions: Actions) {
    this.#parent = parent;
    this.#store = store;
    this.#data = data;
    this.#actions = actions;
  }

  refresh(stage: Stage | undefined): void {
    const showing = this.#data.showing;
    if (showing === undefined) return;
    const steps = showing.slots.map(({ source }) => this.#data.source(source)?.steps ?? []);
    const cast = JSON.stringify([showing.slots.map(({ source, name }) => [source, name]), steps]);
    if (cast !== this.#cast) {
      this.#cast = cast;
      this.#samples = [];
      const alone = showing.slots.length === 1;
      this.#cards = showing.slots.map(
        ({ name }, slot) => new SlotCard(slot, name, steps[slot] ?? [], this.#actions, alone),
      );
      this.#frames = this.#cards.map(({ object }) => element("div", { class: "viewport" }, object));
      this.#parent.replaceChildren(...this.#frames);
    }
    this.place(stage);
    this.#cards.forEach((card, slot) => {
      card.refresh(showing, this.#data, steps[slot] ?? []);
    });
  }

  /** Puts the cards where the policies are: one in each part of a split picture, or all in a row. */
  place(stage: Stage | undefined): void {
    const ghost = this.#store.state.compare === "ghost" || stage === undefined;
    this.#parent.classList.toggle("together", ghost);
    this.#frames.forEach((frame, slot) => {
      const viewport = ghost ? undefined : stage.viewports[slot];
      const share = (x: number | undefined) => (x === undefined ? "" : `${(100 * x).toFixed(3)}%`);
      frame.style.left = share(viewport?.left);
      frame.style.top = share(viewport?.top);
      frame.style.width = share(viewport?.width);
      frame.style.height = share(viewport?.height);
      frame.classList.toggle("not-first-column", (viewport?.left ?? 0) > 0);
      frame.classList.toggle("not-first-row", (viewport?.top ?? 0) > 0);
    });
  }

  /** How much of the picture's top the cards cover, CSS pixels. */
  get coveredTop(): number {
    return Math.max(0, ...this.#cards.map(({ object }) => object.offsetHeight));
  }

  /** Shows how everybody is at a time, seconds. */
  tick(time: number): void {
    const showing = this.#data.showing;
    if (showing === undefined) return;
    const { links } = showing.scene;
    const limits = links.map((link) => link.limits);
    this.#cards.forEach((card, slot) => {
      const motion = showing.motions[slot];
      if (motion === undefined || motion.moments === 0) return;
      const sample = this.#samples[slot] ?? new ArmSample(motion);
      this.#samples[slot] = sample;
      sampleMotion(motion, time, sample);
      const warned = jointsAtLimit(sample.angles, limits).flatMap((at, i) => (at ? [i + 1] : []));
      card.tick(sample.distance, sample.isSuccess, warned);
    });
  }
}
