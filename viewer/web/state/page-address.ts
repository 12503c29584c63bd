/** @file Reads the deep link in the page's address, and keeps the address up to date. Other policies enter the history. */

import type { PlaybackClock } from "../playback/playback-clock.ts";
import type { SceneView } from "../scene/scene-view.ts";
import { type DeepLink, decodeLink, detailsLink, encodeLink, type SlotChoice } from "./deep-link.ts";
import { linkedGoal, type PageStore, seedsFrom } from "./page-state.ts";

/** Milliseconds without a change before the address is written: browsers limit the rate. */
const WRITE_DELAY = 350;

export class PageAddress {
  readonly #store: PageStore;
  readonly #clock: PlaybackClock;
  readonly #scene: SceneView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The sources of the newest entry in the history. */
  #sources = "";

  constructor(store: PageStore, clock: PlaybackClock, scene: SceneView | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#scene = scene;
  }

  /** The deep link in the address. */
  static read(): DeepLink {
    return decodeLink(location.search);
  }

  /** Updates the address after every change from now on. */
  keepUpToDate(): void {
    this.#sources = sourcesOf(this.#store.state.slots);
    this.#store.subscribe(() => this.#writeSoon());
    addEventListener("popstate", () => this.#restore());
    this.#scene?.controls.addEventListener("end", () => this.#writeSoon());
  }

  /** The address of the current view. Keeps the token, which is after the `#`. */
  current(): string {
    const { slots, seed, goal, noise, compare, mode, tab, followTools } = this.#store.state;
    const link = encodeLink({
      slots,
      seed,
      ...(goal === null ? {} : { goal }),
      ...(noise === 0 ? {} : { noise }),
      ...(this.#clock.playing || mode === "live" ? {} : { time: this.#clock.time }),
      compare,
      mode,
      ...detailsLink(this.#store.state),
      ...(tab === "episode" ? {} : { tab }),
      ...(followTools ? { follow: true } : {}),
      ...(this.#scene === undefined ? {} : { camera: this.#scene.pose }),
      ...(PageAddress.read().fine === true ? { fine: true } : {}),
    });
    return `${location.pathname}?${link}${location.hash}`;
  }

  #writeSoon(): void {
    if (location.protocol === "file:") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), WRITE_DELAY);
  }

  #write(): void {
    const sources = sourcesOf(this.#store.state.slots);
    const isNew = sources !== this.#sources && this.#sources !== "";
    this.#sources = sources;
    if (isNew) history.pushState(null, "", this.current());
    else history.replaceState(null, "", this.current());
  }

  /** Shows the policies of the address again, when the user has gone back or forward. */
  #restore(): void {
    const link = PageAddress.read();
    const { slots = [], seed = 1, noise = 0 } = link;
    const sources = sourcesOf(slots);
    // A new token after the # is no other view.
    if (slots.length === 0 || sources === sourcesOf(this.#store.state.slots)) return;
    clearTimeout(this.#timer);
    this.#sources = sources;
    const { seeds } = this.#store.state;
    this.#store.update({
      slots,
      solo: null,
      seed,
      seeds: seeds.includes(seed) ? seeds : seedsFrom(seed),
      goal: linkedGoal(link),
      noise,
    });
  }
}

function sourcesOf(slots: readonly SlotChoice[]): string {
  return slots.length === 0 ? "" : JSON.stringify(slots.map(({ source }) => source));
}
