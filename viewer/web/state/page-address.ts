/** @file Reads the deep link in the page's address, and keeps the address up to date without adding to the history. */

import type { PlaybackClock } from "../playback/playback-clock.ts";
import type { SceneView } from "../scene/scene-view.ts";
import { type DeepLink, decodeLink, encodeLink } from "./deep-link.ts";
import type { PageStore } from "./page-state.ts";

/** Milliseconds without a change before the address is written: browsers limit the rate. */
const WRITE_DELAY = 350;

export class PageAddress {
  readonly #store: PageStore;
  readonly #clock: PlaybackClock;
  readonly #scene: SceneView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    this.#store.subscribe(() => this.#writeSoon());
    this.#scene?.controls.addEventListener("end", () => this.#writeSoon());
  }

  /** The address of the current view. Keeps the token, which is after the `#`. */
  current(): string {
    const { slots, seed, goal, compare, mode } = this.#store.state;
    const link = encodeLink({
      slots,
      seed,
      ...(goal === null ? {} : { goal }),
      ...(this.#clock.playing || mode === "live" ? {} : { time: this.#clock.time }),
      compare,
      mode,
      ...(this.#scene === undefined ? {} : { camera: this.#scene.pose }),
      ...(PageAddress.read().fine === true ? { fine: true } : {}),
    });
    return `${location.pathname}?${link}${location.hash}`;
  }

  #writeSoon(): void {
    if (location.protocol === "file:") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(null, "", this.current()), WRITE_DELAY);
  }
}
