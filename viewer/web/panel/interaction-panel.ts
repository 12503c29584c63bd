/** @file The "Interact" tab: goal, push and action noise by form controls. */

import type { Actions } from "../controls/actions.ts";
import { isInReach, isTrainingGoal } from "../controls/goal-limits.ts";
import type { Operation } from "../controls/obstacles.ts";
import { button, element } from "../page/dom.ts";
import type { LivePlayback } from "../playback/live-playback.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";

const AXES = ["x", "y", "z"] as const;

/** Directions of a push in the world frame. */
const DIRECTIONS = [
  ["away from the base", [1, 0, 0]],
  ["towards the base", [-1, 0, 0]],
  ["to the left", [0, 1, 0]],
  ["to the right", [0, -1, 0]],
  ["up", [0, 0, 1]],
  ["down", [0, 0, -1]],
] as const;

/** Duration of a push by key or button, ms. */
const PUSH_MS = 400;

const LIVE_HINT =
  "Drag the goal to move it, with Shift beyond the goals of training. Drag a link to push it. A push acts on all arms.";
const REPLAY_HINT =
  "Drag the goal to replay the episode with another goal, with Shift beyond the goals of training. Switch to Live to push the arms.";
const OUTSIDE = "Policies are not trained for this goal.";
const OUT_OF_REACH = "The arm does not reach this goal.";

export class InteractionPanel {
  readonly object = element("div", { class: "interaction" });
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #live: LivePlayback;
  readonly #obstacleTo: (operation: Operation) => string;
  readonly #hint = element("p", { class: "hint" });
  /** Inputs of the goal's coordinates. */
  readonly #goal: HTMLInputElement[];
  readonly #resetGoal: HTMLButtonElement;
  readonly #outside = element("p", { class: "hint", role: "status" });
  readonly #link = element("select", { id: "push-link", class: "select" });
  readonly #direction = element("select", { id: "push-direction", class: "select" });
  readonly #force = element("input", {
    type: "range",
    id: "push-force",
    min: 5,
    max: 120,
    step: 5,
    value: 40,
  });
  readonly #forceText = element("output", { for: "push-force", class: "figure" }, "40 N");
  readonly #push: HTMLButtonElement;
  readonly #noise = element("input", { type: "range", id: "noise", min: 0, max: 1, step: 0.05, value: 0 });
  readonly #noiseText = element("output", { for: "noise", class: "figure" }, "0.00");
  /** The environment whose links are listed. */
  #listedEnv = "";

  constructor(
    store: PageStore,
    data: ViewData,
    live: LivePlayback,
    actions: Actions,
    obstacleTo: (operation: Operation) => string,
  ) {
    this.#store = store;
    this.#data = data;
    this.#live = live;
    this.#obstacleTo = obstacleTo;
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
    this.#resetGoal = button({ label: "Reset goal", onPress: () => actions.setGoal(null) });
    this.#noise.addEventListener("input", () => actions.setNoise(this.#noise.valueAsNumber));
    this.#force.addEventListener("input", () => {
      this.#forceText.value = `${this.#force.value} N`;
    });
    DIRECTIONS.forEach(([name], i) => {
      this.#direction.append(element("option", { value: i }, name));
    });
    this.#push = button({
      label: "Push",
      key: "H",
      className: "button primary",
      onPress: () => this.push(),
    });
    this.object.append(
      this.#hint,
      group(
        "Goal",
        element(
          "div",
          { class: "triple" },
          ...AXES.map((axis, i) =>
            element("label", { class: "axis", for: `goal-${axis}` }, axis, this.#goal[i] ?? ""),
          ),
        ),
        this.#resetGoal,
        this.#outside,
      ),
      group(
        "Push",
        field("Link", this.#link),
        field("Direction", this.#direction),
        field("Force", this.#force, this.#forceText),
        this.#push,
      ),
      group("Action noise", field("Std", this.#noise, this.#noiseText)),
    );
  }

  /** Pushes all arms for PUSH_MS, in live mode. */
  push(): void {
    const direction = DIRECTIONS[Number(this.#direction.value)]?.[1];
    if (direction === undefined || this.#store.state.mode !== "live") return;
    const link = Number(this.#link.value);
    const newtons = this.#force.valueAsNumber;
    const [x, y, z] = direction;
    this.#live.push(link, [0, 0, 0], [x * newtons, y * newtons, z * newtons]);
    setTimeout(() => this.#live.push(link, [0, 0, 0], [0, 0, 0]), PUSH_MS);
  }

  refresh(): void {
    const { noise, mode, goal } = this.#store.state;
    const obstacle = this.#obstacleTo("goal");
    this.#hint.textContent = obstacle === "" ? (mode === "live" ? LIVE_HINT : REPLAY_HINT) : obstacle;
    this.#push.disabled = this.#obstacleTo("push") !== "";
    this.#noise.disabled = obstacle !== "";
    this.#resetGoal.disabled = goal === null || obstacle !== "";
    if (document.activeElement !== this.#noise) this.#noise.value = String(noise);
    this.#noiseText.value = noise.toFixed(2);
    const { view } = this.#data;
    if (view === undefined) return;
    const { env, links, goalAxes } = view.scene;
    if (this.#listedEnv !== env) {
      this.#listedEnv = env;
      this.#link.replaceChildren(
        ...links.map((link, i) => element("option", { value: i }, `${i + 1} · ${link.name}`)),
      );
      this.#link.value = String(links.length - 1);
    }
    const movableAxes: readonly number[] = goalAxes;
    const [x, y, z] = view.goals[0] ?? [0, 0, 0];
    const position = [x, y, z] as const;
    const isTrained = isTrainingGoal(position, view.scene);
    this.#outside.textContent = isInReach(position, view.scene) ? (isTrained ? "" : OUTSIDE) : OUT_OF_REACH;
    this.#goal.forEach((input, axis) => {
      input.disabled = !movableAxes.includes(axis) || obstacle !== "";
      if (document.activeElement !== input) input.value = (position[axis] ?? 0).toFixed(3);
    });
  }
}

function group(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element("fieldset", { class: "group" }, element("legend", {}, title), ...children);
}

/** A labelled form control, with an optional output after it. */
function field(label: string, control: HTMLElement, ...output: readonly HTMLElement[]): HTMLElement {
  return element(
    "div",
    { class: "pair" },
    element("label", { class: "field", for: control.id }, label),
    control,
    ...output,
  );
}
