/** @file Brings on stage what a person chose: asks the server for it, one thing at a time, and takes what comes. */

import { show } from "../../shared/errors.ts";
import {
  type ClientMessage,
  type OpenedMessage,
  parseServerMessage,
  type SlotInfo,
} from "../../shared/protocol.ts";
import { type Clip, decodeClip } from "../../shared/protocol-clip.ts";
import type { Connection } from "./connection.ts";
import { MOST_SLOTS, type SlotChoice } from "./deep-link.ts";
import type { ShelvedEpisode } from "./episode-shelf.ts";
import { LiveDirector } from "./live-director.ts";
import type { PageState, PageStore } from "./page-state.ts";
import type { ViewData } from "./view-data.ts";

/** First byte of a binary message that is a clip. */
const CLIP_KIND = 2;

/** What becomes known; the page redraws. */
export interface DirectorEvents {
  /** Another cast is on stage, or the same in another episode. */
  readonly staged: () => void;
  /** The library, the list of episodes or curves have grown. */
  readonly learned: () => void;
  /** A frame of a live session has come. */
  readonly moved: () => void;
}

/** An episode that was asked for and has not wholly come. */
interface Pending {
  readonly request: number;
  readonly seed: number;
  opened: OpenedMessage | undefined;
  readonly clips: (Clip | undefined)[];
}

export class Director {
  readonly live: LiveDirector;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #connection: Connection;
  readonly #events: DirectorEvents;
  #request = 0;
  #pending: Pending | undefined;
  /** Seeds that the server refused with the present cast: not asked for again. */
  readonly #refused = new Set<number>();
  /** Sources whose curves were not asked for yet, and the one that was. */
  #unfollowed: string[] = [];
  #followed: string | undefined;

  constructor(store: PageStore, data: ViewData, connection: Connection, events: DirectorEvents) {
    this.#store = store;
    this.#data = data;
    this.#connection = connection;
    this.#events = events;
    this.live = new LiveDirector(store, data, connection, events);
    store.subscribe((state, changed) => this.#chosen(state, changed));
  }

  /** Takes a text message of the server. */
  takeText(text: string): void {
    const message = parseServerMessage(text);
    switch (message.op) {
      case "hello":
        this.#data.version = message.version;
        this.#pending = undefined;
        if (this.#store.state.slots.length === 0 && message.open.length > 0) {
          this.#store.update({ slots: message.open.map((source) => ({ source })) });
        }
        return;
      case "scene":
        this.#data.scenes.set(message.env, message);
        return;
      case "library": {
        const before = this.#data.sources;
        this.#data.sources = message.sources;
        this.#followNewest(before);
        if (this.#store.state.slots.length === 0) this.#store.update({ slots: this.#firstChoice() });
        else this.#resume();
        this.#refollow();
        this.#events.learned();
        return;
      }
      case "opened":
        if (message.request === this.#pending?.request) this.#pending.opened = message;
        return;
      case "session":
        this.live.takeSession(message);
        return;
      case "curves":
        this.#data.addCurves(message);
        if (message.source === this.#followed) this.#followNext();
        this.#events.learned();
        return;
      case "findings":
        this.#data.findings.set(message.source, message);
        this.#events.learned();
        return;
      case "error":
        this.#failed(message.request, message.message);
    }
  }

  /** Takes a binary message: a clip, or a frame of a live session. */
  takeBinary(bytes: ArrayBuffer): void {
    if (new Uint8Array(bytes)[0] !== CLIP_KIND) {
      this.live.takeFrame(bytes);
      return;
    }
    const clip = decodeClip(bytes);
    const pending = this.#pending;
    if (pending?.opened === undefined || clip.request !== pending.request) return;
    const scene = this.#data.scenes.get(pending.opened.env);
    if (scene === undefined) return;
    pending.clips[clip.slot] = clip;
    const clips = pending.clips.filter((each) => each !== undefined);
    if (clips.length < pending.opened.slots.length) return;
    this.#pending = undefined;
    const episode = this.#data.shelf.put(scene, pending.opened, clips);
    const { seed, mode } = this.#store.state;
    if (pending.seed === seed && mode === "replay") this.#stage(episode);
    this.#events.learned();
    this.#next();
  }

  /** The connection is gone: what was asked for will not come. */
  disconnected(): void {
    this.#pending = undefined;
    this.#followed = undefined;
    this.live.disconnected();
  }

  /** Takes the next `opened` and its clips as if they had been asked for: a recording holds no more. */
  expect(request: number, seed: number): void {
    this.#pending = { request, seed, opened: undefined, clips: [] };
  }

  #chosen(state: PageState, changed: ReadonlySet<keyof PageState>): void {
    const recast = changed.has("slots") || changed.has("goal") || changed.has("noise");
    if (changed.has("slots")) this.#refollow();
    if (state.mode === "live") {
      if (changed.has("mode") || changed.has("slots")) this.live.begin(this.#nextRequest());
      else if (recast || changed.has("seed")) this.live.adjust(changed);
      return;
    }
    if (changed.has("mode")) this.live.end();
    if (recast) {
      this.#data.shelf.clear();
      this.#refused.clear();
      this.#pending = undefined;
    }
    if (recast || changed.has("mode") || changed.has("seed") || changed.has("seeds")) {
      const shelved = this.#data.shelf.get(state.seed);
      if (shelved !== undefined && (changed.has("seed") || changed.has("mode"))) this.#stage(shelved);
      this.#next();
    }
  }

  /** Goes on after the connection was opened, or the library has changed. */
  #resume(): void {
    const { mode, slots } = this.#store.state;
    if (mode !== "live") this.#next();
    else if (this.#data.session === undefined && slots.length > 0) this.live.begin(this.#nextRequest());
  }

  /** Asks for the episode that is wanted, or else for one that is missing from the list. */
  #next(): void {
    const { mode, slots, seed, seeds, goal, noise, connection } = this.#store.state;
    if (mode !== "replay" || slots.length === 0 || connection !== "open") return;
    if (!slots.every(({ source }) => this.#data.source(source) !== undefined)) return;
    const missing = [seed, ...seeds].find(
      (candidate) => this.#data.shelf.get(candidate) === undefined && !this.#refused.has(candidate),
    );
    if (
      missing === undefined ||
      (this.#pending !== undefined && this.#pending.seed !== seed && missing !== seed)
    )
      return;
    if (this.#pending?.seed === missing) return;
    const request = this.#nextRequest();
    const message: ClientMessage = {
      op: "open",
      request,
      slots: [...slots],
      seed: missing,
      ...(goal === null ? {} : { goal: [...goal] }),
      ...(noise === 0 ? {} : { noise }),
    };
    if (this.#connection.send(message)) {
      this.#pending = { request, seed: missing, opened: undefined, clips: [] };
    }
  }

  #stage({ opened, motions, goals }: ShelvedEpisode): void {
    const scene = this.#data.scenes.get(opened.env);
    if (scene === undefined) return;
    const slots: readonly SlotInfo[] = opened.slots;
    this.#data.showing = { scene, slots, motions, seed: opened.seed, live: false, goals };
    this.#store.update({ notice: "" });
    this.#events.staged();
  }

  #failed(request: number | null, told: string): void {
    if (request !== null && request === this.#pending?.request) {
      this.#refused.add(this.#pending.seed);
      this.#pending = undefined;
    }
    this.#store.update({ notice: told });
  }

  /** The newest policy of a run that goes on is shown as soon as it is there, unless a step was chosen. */
  #followNewest(before: readonly { readonly id: string; readonly steps: readonly number[] }[]): void {
    const grown = this.#store.state.slots.some(({ source, step }) => {
      const old = before.find(({ id }) => id === source)?.steps.length ?? 0;
      return step === undefined && old > 0 && (this.#data.source(source)?.steps.length ?? 0) > old;
    });
    // A copy is another choice: everything is asked for anew.
    if (grown) this.#store.update({ slots: [...this.#store.state.slots] });
  }

  /** Two policies worth comparing: of the zoo, else of the newest runs, else what needs no training. */
  #firstChoice(): readonly SlotChoice[] {
    const order = ["zoo", "policy", "run", "episode", "builtin"];
    const ranked = [...this.#data.sources].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const env = ranked[0]?.env;
    return ranked
      .filter((source) => source.env === env && (source.kind !== "run" || source.steps.length > 0))
      .slice(0, Math.min(2, MOST_SLOTS))
      .map(({ id }) => ({ source: id }));
  }

  /** Asks for the curves of all sources on stage, one after the other, and stays with the last. */
  #refollow(): void {
    const wanted = new Set(this.#store.state.slots.map(({ source }) => source));
    this.#unfollowed = [...wanted]
      .filter((id) => this.#data.source(id)?.hasCurves === true)
      // A run that goes on comes last: the server then keeps sending its new rows.
      .sort(
        (a, b) =>
          Number(this.#data.source(a)?.state === "running") -
          Number(this.#data.source(b)?.state === "running"),
      );
    this.#followed = undefined;
    this.#followNext();
  }

  #followNext(): void {
    const next = this.#unfollowed.shift();
    if (next === undefined) return;
    this.#followed = next;
    this.#connection.send({ op: "follow", source: next });
  }

  #nextRequest(): number {
    this.#request += 1;
    return this.#request;
  }
}

/** One line about something that could not be read, for people. */
export function tellFault(fault: unknown): string {
  return fault instanceof Error ? fault.message : show(fault);
}
