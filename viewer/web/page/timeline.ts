/** @file The timeline: play, step, speed, a scrubber with a success lane for each slot, and the list of episodes. */

import type { Actions } from "../controls/actions.ts";
import type { Operation } from "../controls/obstacles.ts";
import type { Motion } from "../playback/motion.ts";
import { type PlaybackClock, SPEEDS } from "../playback/playback-clock.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { button, element, iconOf } from "./dom.ts";

export class Timeline {
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #clock: PlaybackClock;
  readonly #actions: Actions;
  readonly #play: HTMLButtonElement;
  readonly #scrubber = element("input", {
    type: "range",
    id: "scrubber",
    class: "scrubber",
    min: 0,
    max: 2,
    step: 0.01,
    value: 0,
    "aria-label": "Time in the episode",
  });
  readonly #lanes = element("div", { class: "lanes", "aria-hidden": "true" });
  readonly #time = element("span", { class: "time figure" });
  readonly #speed = element("select", { class: "select", "aria-label": "Speed", title: "Speed (- and =)" });
  readonly #episodes = element("div", { class: "episodes", role: "group", "aria-label": "Episodes by seed" });
  readonly #follow: HTMLButtonElement;
  /** Whether the play button shows "pause"; undefined before the first tick. */
  #showsPause: boolean | undefined;

  readonly #newSeed: HTMLButtonElement;
  readonly #obstacleTo: (operation: Operation) => string;

  constructor(
    parent: HTMLElement,
    store: PageStore,
    data: ViewData,
    clock: PlaybackClock,
    actions: Actions,
    obstacleTo: (operation: Operation) => string,
  ) {
    this.#store = store;
    this.#obstacleTo = obstacleTo;
    this.#data = data;
    this.#clock = clock;
    this.#actions = actions;
    this.#play = button({
      label: "Play",
      icon: "play",
      key: "Space",
      className: "icon-only play",
      onPress: () => actions.togglePlay(),
    });
    this.#play.id = "play";
    this.#follow = button({
      label: "Follow live",
      key: "End",
      className: "button follow",
      onPress: () => actions.seekToEnd(),
    });
    this.#newSeed = button({
      label: "New seed",
      key: "N",
      className: "button new-seed",
      onPress: () => actions.newSeed(),
    });
    for (const speed of SPEEDS) this.#speed.append(element("option", { value: speed }, `${speed}×`));
    this.#speed.addEventListener("change", () => actions.setSpeed(Number(this.#speed.value)));
    this.#scrubber.addEventListener("input", () => actions.seek(this.#scrubber.valueAsNumber));
    parent.append(
      element(
        "div",
        { class: "transport" },
        button({ label: "Go to start", icon: "start", key: "Home", onPress: () => actions.seek(0) }),
        button({ label: "Step back", icon: "stepBack", key: "←", onPress: () => actions.step(-1) }),
        this.#play,
        button({ label: "Step forward", icon: "stepForward", key: "→", onPress: () => actions.step(1) }),
        this.#speed,
        this.#time,
      ),
      element("div", { class: "track" }, this.#lanes, this.#scrubber),
      this.#follow,
      element(
        "div",
        { class: "episode-row" },
        element("span", { class: "field" }, "Seed"),
        this.#episodes,
        this.#newSeed,
      ),
    );
  }

  /** Redraws what depends on the policies, the episode and the list of episodes. */
  refresh(): void {
    const { seeds, seed, mode, following } = this.#store.state;
    this.#follow.hidden = mode !== "live";
    this.#newSeed.hidden = this.#obstacleTo("seed") !== "";
    this.#follow.setAttribute("aria-pressed", String(following));
    const { activeElement } = document;
    const focusedSeed = activeElement instanceof HTMLElement ? activeElement.dataset["seed"] : undefined;
    this.#episodes.replaceChildren(...seeds.map((each) => this.#chip(each, each === seed)));
    if (focusedSeed !== undefined) {
      this.#episodes.querySelector<HTMLElement>(`[data-seed="${CSS.escape(focusedSeed)}"]`)?.focus();
    }
    this.#drawLanes();
  }

  /** Redraws what depends on the clock. */
  tick(): void {
    const { time, duration, speed } = this.#clock;
    const isLive = this.#store.state.mode === "live";
    const start = isLive ? (this.#data.view?.motions[0]?.times[0] ?? 0) : 0;
    if (this.#scrubber.max !== String(duration)) this.#scrubber.max = String(duration);
    if (this.#scrubber.min !== String(start)) this.#scrubber.min = String(start);
    this.#scrubber.value = String(time);
    const text = isLive ? `${time.toFixed(2)} s` : `${time.toFixed(2)} / ${duration.toFixed(2)} s`;
    if (this.#time.textContent !== text) {
      this.#time.textContent = text;
      this.#scrubber.setAttribute("aria-valuetext", `${time.toFixed(2)} seconds`);
    }
    this.#speed.value = String(SPEEDS.find((each) => Math.abs(each - speed) < 1e-6) ?? 1);
    const { playing } = this.#actions;
    if (playing !== this.#showsPause) {
      this.#showsPause = playing;
      const label = playing ? "Pause" : "Play";
      this.#play.replaceChildren(iconOf(playing ? "pause" : "play"));
      this.#play.setAttribute("aria-label", label);
      this.#play.title = `${label} (Space)`;
    }
    if (isLive) this.#drawLanes();
  }

  /** Creates the button of an episode, with a mark for the outcome of each slot. */
  #chip(seed: number, isSelected: boolean): HTMLElement {
    const slots = this.#data.episodes.get(seed)?.opened.slots ?? [];
    const marks = slots.map(({ successAtEnd }, slot) => {
      const mark = element("span", { class: "mark" }, successAtEnd ? "✓" : "✗");
      mark.style.color = `var(--slot-${slot + 1}-text)`;
      return mark;
    });
    const outcome = slots
      .map(({ name, successAtEnd }) => `${name} ${successAtEnd ? "succeeded" : "failed"}`)
      .join(", ");
    const chip = element(
      "button",
      {
        type: "button",
        class: "chip",
        "aria-pressed": String(isSelected),
        "aria-label": `Seed ${seed}${outcome === "" ? "" : `: ${outcome}`}`,
      },
      element("span", { class: "figure" }, String(seed)),
      ...marks,
    );
    chip.dataset["seed"] = String(seed);
    chip.addEventListener("click", () => this.#actions.setSeed(seed));
    return chip;
  }

  /** Draws a lane for each slot, coloured while the goal is achieved. */
  #drawLanes(): void {
    const motions = this.#data.view?.motions ?? [];
    while (this.#lanes.childElementCount > motions.length) this.#lanes.lastElementChild?.remove();
    while (this.#lanes.childElementCount < motions.length) {
      this.#lanes.append(element("div", { class: "lane" }));
    }
    motions.forEach((motion, slot) => {
      const lane = this.#lanes.children[slot];
      if (!(lane instanceof HTMLElement)) return;
      const gradient = successGradient(motion, `var(--slot-${slot + 1})`);
      if (lane.style.backgroundImage !== gradient) lane.style.backgroundImage = gradient;
    });
  }
}

/** Returns a CSS gradient with hard edges: a colour while the goal is achieved, transparent otherwise. */
function successGradient(motion: Motion, color: string): string {
  const { moments, times, successes } = motion;
  const start = times[0] ?? 0;
  const duration = (times[moments - 1] ?? 0) - start;
  if (moments < 2 || duration <= 0) return "none";
  const stops: string[] = [];
  let wasSuccess = false;
  for (let moment = 0; moment < moments; moment++) {
    const isSuccess = (successes[moment] ?? 0) > 0.5;
    if (isSuccess === wasSuccess) continue;
    const position = `${((100 * ((times[moment] ?? 0) - start)) / duration).toFixed(2)}%`;
    stops.push(
      `${wasSuccess ? color : "transparent"} ${position}`,
      `${isSuccess ? color : "transparent"} ${position}`,
    );
    wasSuccess = isSuccess;
  }
  stops.push(`${wasSuccess ? color : "transparent"} 100%`);
  return stops.length < 2 ? "none" : `linear-gradient(to right, ${stops.join(", ")})`;
}
