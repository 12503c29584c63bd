/** @file A live session: begins and ends it, carries a person's hands to it, remembers what it showed. */

import type { ClientMessage, SessionMessage } from "../../shared/protocol.ts";
import { decodeFrame, type Frame } from "../../shared/protocol-frame.ts";
import type { Connection } from "./connection.ts";
import { LiveMotion, sizesOf } from "./motion.ts";
import type { PageState, PageStore } from "./page-state.ts";
import type { ViewData } from "./view-data.ts";

export interface LiveEvents {
  readonly staged: () => void;
  readonly moved: () => void;
}

export class LiveDirector {
  /** The newest frame; undefined before the first. */
  frame: Frame | undefined;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #connection: Connection;
  readonly #events: LiveEvents;
  #motions: readonly LiveMotion[] = [];
  #acknowledged = -1;
  #speed = 1;

  constructor(store: PageStore, data: ViewData, connection: Connection, events: LiveEvents) {
    this.#store = store;
    this.#data = data;
    this.#connection = connection;
    this.#events = events;
  }

  get playing(): boolean {
    return this.#data.session?.playing ?? false;
  }

  get speed(): number {
    return this.#data.session?.speed ?? this.#speed;
  }

  /** Begins a session with what is chosen. */
  begin(request: number): void {
    const { slots, seed, goal, noise } = this.#store.state;
    if (slots.length === 0) return;
    this.#connection.send({
      op: "live",
      request,
      slots: [...slots],
      seed,
      speed: this.#speed,
      ...(goal === null ? {} : { goal: [...goal] }),
      ...(noise === 0 ? {} : { noise }),
    });
  }

  end(): void {
    this.#connection.send({ op: "leave" });
    this.#forget();
  }

  disconnected(): void {
    this.#forget();
  }

  /** Carries over what a person changed while the session runs. */
  adjust(changed: ReadonlySet<keyof PageState>): void {
    const { goal, noise, seed } = this.#store.state;
    if (changed.has("noise")) this.#connection.sendSoon({ op: "noise", noise });
    if (changed.has("seed") || (changed.has("goal") && goal === null)) {
      this.#connection.send({ op: "reset", seed });
    } else if (goal !== null && changed.has("goal")) {
      this.#connection.sendSoon({ op: "goal", goal: [...goal] });
    }
  }

  play(playing: boolean): void {
    this.#connection.send({ op: "play", playing });
  }

  step(): void {
    this.#connection.send({ op: "step" });
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#connection.sendSoon({ op: "speed", speed });
  }

  reset(): void {
    this.#connection.send({ op: "reset", seed: this.#store.state.seed });
  }

  /** Pulls at a link; a force of 0 lets go, and is never lost or late. */
  push(
    slot: number | null,
    link: number,
    point: readonly [number, number, number],
    force: readonly [number, number, number],
  ): void {
    const message: ClientMessage = { op: "push", slot, link, point: [...point], force: [...force] };
    if (force.every((x) => x === 0)) {
      this.#connection.forget("push");
      this.#connection.send(message);
    } else {
      this.#connection.sendSoon(message);
    }
  }

  takeSession(session: SessionMessage): void {
    if (this.#store.state.mode !== "live") return;
    const scene = this.#data.scenes.get(session.env);
    if (scene === undefined) return;
    const fresh = this.#data.session?.session !== session.session;
    this.#data.session = session;
    if (fresh) {
      this.frame = undefined;
      this.#acknowledged = -1;
      this.#motions = session.slots.map(() => new LiveMotion(sizesOf(scene)));
      this.#data.showing = {
        scene,
        slots: session.slots,
        motions: this.#motions,
        seed: session.seed,
        live: true,
        goals: session.slots.map(() => session.goal),
      };
      this.#store.update({ notice: "", following: true });
      this.#events.staged();
    }
    this.#events.moved();
  }

  takeFrame(bytes: ArrayBuffer): void {
    const frame = decodeFrame(bytes);
    const showing = this.#data.showing;
    if (showing?.live !== true || frame.session !== this.#data.session?.session) return;
    if (this.frame !== undefined && frame.resets !== this.frame.resets) {
      for (const motion of this.#motions) motion.clear();
    }
    this.frame = frame;
    frame.slots.forEach((state, slot) => {
      this.#motions[slot]?.append(frame.time, state);
    });
    showing.goals = frame.slots.map(() => frame.goal);
    this.#events.moved();
  }

  /** Tells the server that the newest frame is on the screen: it sends no more than a few beyond that. */
  acknowledge(): void {
    if (this.frame === undefined || this.frame.seq === this.#acknowledged) return;
    this.#acknowledged = this.frame.seq;
    this.#connection.send({ op: "ack", seq: this.frame.seq });
  }

  #forget(): void {
    this.#data.session = undefined;
    this.frame = undefined;
    this.#motions = [];
  }
}
