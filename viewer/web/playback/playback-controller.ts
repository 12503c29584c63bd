/** @file Handles the server's messages and the user's choices: decides which episode or live session is displayed. */

import { parseServerMessage } from "../../../shared/protocol.ts";
import { CLIP_KIND, decodeClip } from "../../../shared/protocol-clip.ts";
import type { Connection } from "../connection/connection.ts";
import type { SlotChoice } from "../state/deep-link.ts";
import { type PageState, type PageStore, seedsFrom } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { CurveRequests } from "./curve-requests.ts";
import type { LoadedEpisode } from "./episode-cache.ts";
import { EpisodeLoader } from "./episode-loader.ts";
import { type LiveEvents, LivePlayback } from "./live-playback.ts";

export interface PlaybackEvents extends LiveEvents {
  /** Another episode or live session is displayed. */
  readonly viewChanged: () => void;
  /** The library, the episodes, the curves or the findings have changed. */
  readonly dataChanged: () => void;
}

/** Policies that are compared if neither the link nor the command line names any. */
const DEFAULT_SLOTS = 2;

export class PlaybackController {
  readonly episodes: EpisodeLoader;
  readonly live: LivePlayback;
  readonly #curves: CurveRequests;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #events: PlaybackEvents;
  #lastRequest = 0;
  /** Whether the list of episodes is that of a recording. */
  #showsRecording = false;

  constructor(store: PageStore, data: ViewData, connection: Connection, events: PlaybackEvents) {
    this.#store = store;
    this.#data = data;
    this.#events = events;
    this.episodes = new EpisodeLoader(
      store,
      data,
      connection,
      () => this.#nextRequest(),
      (episode) => this.#episodeLoaded(episode),
    );
    this.live = new LivePlayback(store, data, connection, events);
    this.#curves = new CurveRequests(store, data, connection);
    store.subscribe((state, changed) => this.#choicesChanged(state, changed));
  }

  /** Handles a text message of the server. */
  receiveText(text: string): void {
    const message = parseServerMessage(text);
    switch (message.op) {
      case "hello":
        this.episodes.cancel();
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
        this.#reloadNewestPolicies(before);
        if (this.#store.state.slots.length === 0) this.#store.update({ slots: this.#defaultSlots() });
        else {
          this.#fitToRecording();
          this.#resume();
        }
        this.#reportUnknownSources();
        this.#curves.restart();
        this.#events.dataChanged();
        return;
      }
      case "opened":
        this.episodes.receiveOpened(message);
        return;
      case "session":
        this.live.receiveSession(message);
        return;
      case "curves":
        this.#data.addCurves(message);
        this.#curves.received(message.source);
        this.#events.dataChanged();
        return;
      case "findings":
        this.#data.findings.set(message.source, message);
        this.#events.dataChanged();
        return;
      case "error":
        if (message.request !== null) this.episodes.receiveError(message.request);
        // Without its session, Live would show nothing.
        if (message.request !== null && message.request === this.live.request)
          this.#store.update({ mode: "replay" });
        this.#store.update({ notice: message.message });
        // Without an arm there is no episode to show.
        if (this.#store.state.tab === "episode" && !this.#data.haveArms(this.#store.state.slots))
          this.#store.update({ tab: "training" });
    }
  }

  /** Handles a binary message of the server: a clip, or a frame of a live session. */
  receiveBinary(bytes: ArrayBuffer): void {
    if (new Uint8Array(bytes)[0] === CLIP_KIND) this.episodes.receiveClip(decodeClip(bytes));
    else this.live.receiveFrame(bytes);
  }

  /** Discards pending requests and the live session after the connection is lost. */
  disconnected(): void {
    this.episodes.cancel();
    this.live.forget();
  }

  #choicesChanged(state: PageState, changed: ReadonlySet<keyof PageState>): void {
    const episodesChanged = changed.has("slots") || changed.has("goal") || changed.has("noise");
    if (changed.has("slots")) this.#curves.restart();
    if (episodesChanged) this.episodes.clear();
    // The change of seed or mode is handled when it is reported.
    if (changed.has("slots") && this.#fitToRecording()) return;
    if (state.mode === "live") {
      if (changed.has("mode") || changed.has("slots")) this.live.start(this.#nextRequest());
      else if (episodesChanged || changed.has("seed") || changed.has("layers"))
        this.live.sendChanges(changed);
      return;
    }
    if (changed.has("mode")) this.live.end();
    if (episodesChanged || changed.has("mode") || changed.has("seed") || changed.has("seeds")) {
      const episode = this.#data.episodes.get(state.seed);
      if (episode !== undefined && (changed.has("seed") || changed.has("mode"))) this.#show(episode);
      this.episodes.requestMissing();
    }
  }

  /**
   * Selects the only episode of a view with a recording, in replay mode, and lists episodes again for a view without
   * one. Returns whether anything has changed.
   */
  #fitToRecording(): boolean {
    const { slots, seed, seeds, mode, goal, noise } = this.#store.state;
    const recorded = this.#data.recordedSeed(slots);
    if (recorded === undefined) {
      if (!this.#showsRecording) return false;
      this.#showsRecording = false;
      this.#store.update({ seeds: seedsFrom(seed) });
      return true;
    }
    this.#showsRecording = true;
    const fits = seeds.length === 1 && seeds[0] === recorded && seed === recorded;
    if (fits && mode === "replay" && goal === null && noise === 0) return false;
    this.#store.update({ seed: recorded, seeds: [recorded], mode: "replay", goal: null, noise: 0 });
    return true;
  }

  /** Requests missing episodes, or a live session, after a connection or a change of the library. */
  #resume(): void {
    const { mode, slots } = this.#store.state;
    if (mode !== "live") this.episodes.requestMissing();
    else if (this.#data.session === undefined && slots.length > 0) this.live.start(this.#nextRequest());
  }

  #episodeLoaded(episode: LoadedEpisode): void {
    const { seed, mode } = this.#store.state;
    if (episode.opened.seed === seed && mode === "replay") this.#show(episode);
    this.#events.dataChanged();
  }

  #show({ opened, motions, goals }: LoadedEpisode): void {
    const scene = this.#data.scenes.get(opened.env);
    if (scene === undefined) return;
    this.#data.view = { scene, slots: opened.slots, motions, seed: opened.seed, live: false, goals };
    this.#store.update({ notice: "" });
    this.#events.viewChanged();
  }

  /** Says which sources of the view are not in the library: no episode is requested for them. */
  #reportUnknownSources(): void {
    const unknown = this.#store.state.slots.filter(({ source }) => this.#data.source(source) === undefined);
    if (unknown.length === 0 || this.#data.view !== undefined) return;
    const names = unknown.map(({ source }) => JSON.stringify(source)).join(", ");
    this.#store.update({
      notice: `Not in the library: ${names}. Choose other policies, or start the server with them: steadyarm watch <run>`,
    });
  }

  /** Loads the episodes again if a source without a chosen step has a newer policy. */
  #reloadNewestPolicies(before: readonly { readonly id: string; readonly steps: readonly number[] }[]): void {
    const hasNewPolicy = this.#store.state.slots.some(({ source, step }) => {
      const old = before.find(({ id }) => id === source)?.steps.length;
      return step === undefined && old !== undefined && (this.#data.source(source)?.steps.length ?? 0) > old;
    });
    // A new array counts as a change and discards the loaded episodes.
    if (hasNewPolicy) this.#store.update({ slots: [...this.#store.state.slots] });
  }

  /** The first sources of one environment: of the zoo, or else policies, runs, recordings or built-in controllers. */
  #defaultSlots(): readonly SlotChoice[] {
    const order = ["zoo", "policy", "run", "episode", "builtin"];
    const sorted = [...this.#data.sources].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const env = sorted[0]?.env;
    return sorted
      .filter((source) => source.env === env && (source.kind !== "run" || source.steps.length > 0))
      .slice(0, DEFAULT_SLOTS)
      .map(({ id }) => ({ source: id }));
  }

  #nextRequest(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }
}
