/** @file The page's address says what is on screen: read once at the start, kept up to date without a history. */

import type { DeepLink } from "./deep-link.ts";
import { decodeLink, encodeLink } from "./deep-link.ts";
import type { PageStore } from "./page-state.ts";
import type { PlaybackClock } from "./playback-clock.ts";
import type { Stage } from "./scene/stage.ts";

/** Milliseconds of rest before the address is written: browsers refuse to have it changed all the time. */
const REST_MS = 350;

export class PageAddress {
  readonly #store: PageStore;
  readonly #clock: PlaybackClock;
  #stage: Stage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: PageStore, clock: PlaybackClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What the address asks for. */
  static read(): DeepLink {
    return decodeLink(location.search);
  }

  watch(stage: Stage | undefined): void {
    this.#stage = stage;
    this.#store.subscribe(() => this.touch());
    stage?.controls.addEventListener("end", () => this.touch());
  }

  /** Something has changed: the address follows soon. */
  touch(): void {
    if (location.protocol === "file:") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(null, "", this.current()), REST_MS);
  }

  /** The address of what is on screen now. The token, after `#`, stays there. */
  current(): string {
    const { slots, seed, goal, compare, mode } = this.#store.state;
    const link = encodeLink({
      slots,
      seed,
      ...(goal === null ? {} : { goal }),
      ...(this.#clock.playing || mode === "live" ? {} : { time: this.#clock.time }),
      compare,
      mode,
      ...(this.#stage === undefined ? {} : { camera: this.#stage.pose }),
      ...(PageAddress.read().fine === true ? { fine: true } : {}),
    });
    return `${location.pathname}?${link}${location.hash}`;
  }
}
