/** @file Disturbing the arms without a pointer: the goal, a push, noise; and what the pointer can do. */

import type { Actions } from "../actions.ts";
import type { Director } from "../director.ts";
import { button, element } from "../dom.ts";
import type { PageStore } from "../page-state.ts";
import type { ViewData } from "../view-data.ts";

const AXES = ["x", "y", "z"] as const;

/** Ways to push, in the world's frame. */
const DIRECTIONS = [
  ["away from the base", [1, 0, 0]],
  ["towards the base", [-1, 0, 0]],
  ["to the left", [0, 1, 0]],
  ["to the right", [0, -1, 0]],
  ["up", [0, 0, 1]],
  ["down", [0, 0, -1]],
] as const;

/** Milliseconds that a push by key or button lasts. */
const PUSH_MS = 400;

export class HandsPanel {
  readonly object = element("div", { class: "hands" });
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #director: Director;
  readonly #goal: HTMLInputElement[];
  readonly #noise = element("input", { type: "range", id: "noise", min: 0, max: 1, step: 0.05, value: 0 });
  readonly #noiseTold = element("output", { for: "noise", class: "figure" }, "0.00");
  readonly #link = element("select", { id: "push-link", class: "select" });
  readonly #way = element("select", { id: "push-way", class: "select" });
  readonly #force = element("input", {
    type: "range",
    id: "push-force",
    min: 5,
    max: 120,
    step: 5,
    value: 40,
  });
  readonly #forceTold = element("output", { for: "push-force", class: "figure" }, "40 N");
  readonly #push: HTMLButtonElement;
  readonly #drawn: HTMLButtonElement;
  readonly #told = element("p", { class: "hint" });
  #scene = "";

  constructor(store: PageStore, data: ViewData, director: Director, actions: Actions) {
    this.#store = store;
    this.#data = data;
    this.#director = director;
    this.#goal = AXES.map((axis) =>
      element("input", {
        type: "number",
        step: 0.01,
        id: `goal-${axis}`,
        class: "number",
        "aria-label": `Goal ${axis}, metres`,
      }),
    );
    for (const input of this.#goal) {
      input.addEventListener("change", () => {
        const [x = 0, y = 0, z = 0] = this.#goal.map((field) => field.valueAsNumber);
        if ([x, y, z].every(Number.isFinite)) actions.setGoal([x, y, z]);
      });
    }
    this.#drawn = button({ label: "As the seed has it", onPress: () => actions.setGoal(null) });
    this.#noise.addEventListener("input", () => actions.setNoise(this.#noise.valueAsNumber));
    this.#force.addEventListener("input", () => {
      this.#forceTold.value = `${this.#force.value} N`;
    });
    DIRECTIONS.forEach(([name], i) => {
      this.#way.append(element("option", { value: i }, name));
    });
    this.#push = button({ label: "Push", key: "H", look: "button primary", onPress: () => this.pushOnce() });
    this.object.append(
      this.#told,
      group(
        "Goal",
        element(
          "div",
          { class: "triple" },
          ...AXES.map((axis, i) =>
            element("label", { class: "axis", for: `goal-${axis}` }, axis, this.#goal[i] ?? ""),
          ),
        ),
        this.#drawn,
      ),
      group(
        "Push",
        element(
          "div",
          { class: "pair" },
          element("label", { class: "field", for: "push-link" }, "Link"),
          this.#link,
        ),
        element(
          "div",
          { class: "pair" },
          element("label", { class: "field", for: "push-way" }, "Way"),
          this.#way,
        ),
        element(
          "div",
          { class: "pair" },
          element("label", { class: "field", for: "push-force" }, "Force"),
          this.#force,
          this.#forceTold,
        ),
        this.#push,
      ),
      group(
        "Exploration noise",
        element(
          "div",
          { class: "pair" },
          element("label", { class: "field", for: "noise" }, "Deviation"),
          this.#noise,
          this.#noiseTold,
        ),
      ),
    );
  }

  /** Pushes all arms alike, for a moment. */
  pushOnce(): void {
    const way = DIRECTIONS[Number(this.#way.value)]?.[1];
    if (way === undefined || this.#store.state.mode !== "live") return;
    const link = Number(this.#link.value);
    const newtons = this.#force.valueAsNumber;
    const { live } = this.#director;
    live.push(null, link, [0, 0, 0], [way[0] * newtons, way[1] * newtons, way[2] * newtons]);
    setTimeout(() => live.push(null, link, [0, 0, 0], [0, 0, 0]), PUSH_MS);
  }

  refresh(): void {
    const { noise, mode, goal } = this.#store.state;
    const showing = this.#data.showing;
    const live = mode === "live";
    this.#told.textContent = live
      ? "Drag the goal and the policies chase it. Pull at a link with the pointer to push it: all arms feel it alike."
      : "Drag the goal to see the same episode with another goal. Go live to push the arms while they move.";
    this.#push.disabled = !live;
    this.#drawn.disabled = goal === null;
    if (document.activeElement !== this.#noise) this.#noise.value = String(noise);
    this.#noiseTold.value = noise.toFixed(2);
    if (showing === undefined) return;
    if (this.#scene !== showing.scene.env) {
      this.#scene = showing.scene.env;
      this.#link.replaceChildren(
        ...showing.scene.links.map((link, i) => element("option", { value: i }, `${i + 1} · ${link.name}`)),
      );
      this.#link.value = String(showing.scene.links.length - 1);
    }
    const movable: readonly number[] = showing.scene.goalAxes;
    const shown = showing.goals[0] ?? [0, 0, 0];
    this.#goal.forEach((input, axis) => {
      input.disabled = !movable.includes(axis);
      if (document.activeElement !== input) input.value = (shown[axis] ?? 0).toFixed(3);
    });
  }
}

function group(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element("fieldset", { class: "group" }, element("legend", {}, title), ...children);
}
