/** @file Requests episodes from the server, one at a time, and assembles them from messages and clips. */

import type { ClientMessage, OpenedMessage } from "../../../shared/protocol.ts";
import type { Clip } from "../../../shared/protocol-clip.ts";
import type { Connection } from "../connection/connection.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import type { LoadedEpisode } from "./episode-cache.ts";

/** A requested episode that has not arrived completely. */
interface PendingEpisode {
  readonly request: number;
  readonly seed: number;
  opened: OpenedMessage | undefined;
  /** By slot. */
  readonly clips: (Clip | undefined)[];
}

export class EpisodeLoader {
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #connection: Connection;
  readonly #nextRequest: () => number;
  readonly #loaded: (episode: LoadedEpisode) => void;
  #pending: PendingEpisode | undefined;
  /** Seeds that the server has rejected for the current policies. They are not requested again. */
  readonly #rejectedSeeds = new Set<number>();

  /**
   * @param nextRequest returns a new request number
   * @param loaded      called with each episode that has arrived
   */
  constructor(
    store: PageStore,
    data: ViewData,
    connection: Connection,
    nextRequest: () => number,
    loaded: (episode: LoadedEpisode) => void,
  ) {
    this.#store = store;
    this.#data = data;
    this.#connection = connection;
    this.#nextRequest = nextRequest;
    this.#loaded = loaded;
  }

  /** Requests the selected episode if it is not loaded, or else another one of the list. */
  requestMissing(): void {
    const { mode, slots, seed, seeds, goal, noise, connection } = this.#store.state;
    if (mode !== "replay" || slots.length === 0 || connection !== "open") return;
    if (!slots.every(({ source }) => this.#data.source(source) !== undefined)) return;
    const missing = [seed, ...seeds].find(
      (each) => this.#data.episodes.get(each) === undefined && !this.#rejectedSeeds.has(each),
    );
    if (missing === undefined || this.#pending?.seed === missing) return;
    // Only the selected episode interrupts a request for another one.
    if (this.#pending !== undefined && this.#pending.seed !== seed && missing !== seed) return;
    const request = this.#nextRequest();
    const message: ClientMessage = {
      op: "open",
      request,
      slots: [...slots],
      seed: missing,
      ...(goal === null ? {} : { goal: [...goal] }),
      ...(noise === 0 ? {} : { noise }),
    };
    if (this.#connection.send(message)) this.expect(request, missing);
  }

  /** Accepts the answer to a request. Called directly only for a recording, which has no server. */
  expect(request: number, seed: number): void {
    this.#pending = { request, seed, opened: undefined, clips: [] };
  }

  receiveOpened(message: OpenedMessage): void {
    if (this.#pending !== undefined && message.request === this.#pending.request) {
      this.#pending.opened = message;
    }
  }

  receiveClip(clip: Clip): void {
    const pending = this.#pending;
    if (pending?.opened === undefined || clip.request !== pending.request) return;
    const scene = this.#data.scenes.get(pending.opened.env);
    if (scene === undefined) return;
    pending.clips[clip.slot] = clip;
    const clips = pending.clips.filter((each) => each !== undefined);
    if (clips.length < pending.opened.slots.length) return;
    this.#pending = undefined;
    this.#loaded(this.#data.episodes.add(scene, pending.opened, clips));
    this.requestMissing();
  }

  /** Handles the server's error about a request, if it is the pending one. */
  receiveError(request: number): void {
    if (request !== this.#pending?.request) return;
    this.#rejectedSeeds.add(this.#pending.seed);
    this.#pending = undefined;
  }

  /** Forgets the pending request, when its answer will not arrive. */
  cancel(): void {
    this.#pending = undefined;
  }

  /** Discards all episodes, when policies, goal or noise have changed. */
  clear(): void {
    this.#data.episodes.clear();
    this.#rejectedSeeds.clear();
    this.#pending = undefined;
  }
}
