/** @file The timeline: play, step, speed, a scrubber that shows when each policy is at the goal, the episodes. */

import type { Actions } from "./actions.ts";
import { button, element, iconOf } from "./dom.ts";
import type { Motion } from "./motion.ts";
import type { PageStore } from "./page-state.ts";
import { type PlaybackClock, SPEEDS } from "./playback-clock.ts";
import type { ViewData } from "./view-data.ts";

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
  readonly #told = element("span", { class: "time figure" });
  readonly #speed = element("select", { class: "select", "aria-label": "Speed", title: "Speed (- and =)" });
  readonly #episodes = element("div", { class: "episodes", role: "group", "aria-label": "Episodes" });
  readonly #follow: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  #wasPlaying: boolean | undefined;

  constructor(parent: HTMLElement, store: PageStore, data: ViewData, clock: PlaybackClock, actions: Actions) {
    this.#store = store;
    this.#data = data;
    this.#clock = clock;
    this.#actions = actions;
    this.#play = button({
      label: "Play",
      icon: "play",
      key: "Space",
      look: "icon-only play",
      onPress: () => actions.togglePlay(),
    });
    this.#play.id = "play";
    this.#back = button({
      label: "One step back",
      icon: "stepBack",
      key: "←",
      onPress: () => actions.step(-1),
    });
    this.#follow = button({
      label: "Now",
      key: "End",
      look: "button follow",
      onPress: () => actions.toEnd(),
    });
    for (const speed of SPEEDS) this.#speed.append(element("option", { value: speed }, `${speed}×`));
    this.#speed.addEventListener("change", () => actions.setSpeed(Number(this.#speed.value)));
    this.#scrubber.addEventListener("input", () => actions.seek(this.#scrubber.valueAsNumber));
    parent.append(
      element(
        "div",
        { class: "transport" },
        button({ label: "To the start", icon: "start", key: "Home", onPress: () => actions.seek(0) }),
        this.#back,
        this.#play,
        button({ label: "One step on", icon: "stepForward", key: "→", onPress: () => actions.step(1) }),
        this.#speed,
        this.#told,
      ),
      element("div", { class: "track" }, this.#lanes, this.#scrubber),
      this.#follow,
      element(
        "div",
        { class: "episode-row" },
        element("span", { class: "field", id: "episodes-label" }, "Episodes"),
        this.#episodes,
        button({ label: "New seed", key: "N", look: "button new-seed", onPress: () => actions.newSeed() }),
      ),
    );
  }

  /** Another cast, episode or list of episodes. */
  refresh(): void {
    const { seeds, seed, mode } = this.#store.state;
    const live = mode === "live";
    this.#follow.hidden = !live;
    this.#follow.setAttribute("aria-pressed", String(this.#store.state.following));
    // What is beneath a person's fingers is not taken away.
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset["seed"] : undefined;
    this.#episodes.replaceChildren(...seeds.map((each) => this.#chip(each, each === seed)));
    if (focused !== undefined)
      this.#episodes.querySelector<HTMLElement>(`[data-seed="${CSS.escape(focused)}"]`)?.focus();
    this.#drawLanes();
  }

  /** The clock has moved on, or stands. */
  tick(): void {
    const { time, duration, speed } = this.#clock;
    const showing = this.#data.showing;
    const live = this.#store.state.mode === "live";
    const start = live ? (showing?.motions[0]?.times[0] ?? 0) : 0;
    if (this.#scrubber.max !== String(duration)) this.#scrubber.max = String(duration);
    if (this.#scrubber.min !== String(start)) this.#scrubber.min = String(start);
    this.#scrubber.value = String(time);
    const text = live ? `${time.toFixed(2)} s` : `${time.toFixed(2)} / ${duration.toFixed(2)} s`;
    if (this.#told.textContent !== text) {
      this.#told.textContent = text;
      this.#scrubber.setAttribute("aria-valuetext", `${time.toFixed(2)} seconds`);
    }
    this.#speed.value = String(SPEEDS.find((each) => Math.abs(each - speed) < 1e-6) ?? 1);
    const { playing } = this.#actions;
    if (playing !== this.#wasPlaying) {
      this.#wasPlaying = playing;
      this.#play.replaceChildren(iconOf(playing ? "pause" : "play"));
      this.#play.setAttribute("aria-label", playing ? "Pause" : "Play");
      this.#play.title = `${playing ? "Pause" : "Play"} (Space)`;
    }
    if (live) this.#drawLanes();
  }

  #chip(seed: number, chosen: boolean): HTMLElement {
    const opened = this.#data.shelf.get(seed)?.opened;
    const slots = opened?.slots ?? [];
    const marks = slots.map(({ successAtEnd }, slot) => {
      const mark = element(
        "span",
        { class: `mark ${successAtEnd ? "held" : "missed"}` },
        successAtEnd ? "✓" : "✗",
      );
      mark.style.color = `var(--slot-${slot + 1}-text)`;
      return mark;
    });
    const told = slots
      .map(({ name, successAtEnd }) => `${name} ${successAtEnd ? "held" : "missed"} the goal`)
      .join(", ");
    const chip = element(
      "button",
      {
        type: "button",
        class: "chip",
        "aria-pressed": String(chosen),
        "aria-label": `Seed ${seed}${told === "" ? "" : `: ${told}`}`,
      },
      element("span", { class: "figure" }, String(seed)),
      ...marks,
    );
    chip.dataset["seed"] = String(seed);
    chip.addEventListener("click", () => this.#actions.setSeed(seed));
    return chip;
  }

  /** A lane for each policy, coloured where it is at the goal. */
  #drawLanes(): void {
    const motions = this.#data.showing?.motions ?? [];
    while (this.#lanes.childElementCount > motions.length) this.#lanes.lastElementChild?.remove();
    while (this.#lanes.childElementCount < motions.length)
      this.#lanes.append(element("div", { class: "lane" }));
    motions.forEach((motion, slot) => {
      const lane = this.#lanes.children[slot];
      if (!(lane instanceof HTMLElement)) return;
      const gradient = successGradient(motion, `var(--slot-${slot + 1})`);
      if (lane.style.backgroundImage !== gradient) lane.style.backgroundImage = gradient;
    });
  }
}

/** A gradient with hard edges: a colour where the motion is at the goal, nothing elsewhere. */
function successGradient(motion: Motion, color: string): string {
  const { moments, times, successes } = motion;
  const start = times[0] ?? 0;
  const span = (times[moments - 1] ?? 0) - start;
  if (moments < 2 || span <= 0) return "none";
  const stops: string[] = [];
  let inside = false;
  for (let m = 0; m < moments; m++) {
    const at = (successes[m] ?? 0) > 0.5;
    if (at === inside) continue;
    const place = `${((100 * ((times[m] ?? 0) - start)) / span).toFixed(2)}%`;
    stops.push(`${inside ? color : "transparent"} ${place}`, `${at ? color : "transparent"} ${place}`);
    inside = at;
  }
  stops.push(`${inside ? color : "transparent"} 100%`);
  return stops.length < 2 ? "none" : `linear-gradient(to right, ${stops.join(", ")})`;
}
