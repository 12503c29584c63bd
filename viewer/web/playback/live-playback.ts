/** @file A live session of the page: starts and ends it, sends the user's interactions, collects its frames. */

import type { ClientMessage, SessionMessage } from "../../../shared/protocol.ts";
import { decodeFrame, type Frame } from "../../../shared/protocol-frame.ts";
import type { Connection } from "../connection/connection.ts";
import type { PageState, PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";
import { LiveMotion, sizesOf } from "./motion.ts";

type Triple = readonly [x: number, y: number, z: number];

export interface LiveEvents {
  /** A session has started. */
  readonly viewChanged: () => void;
  /** A frame or a change of the session has arrived. */
  readonly stateChanged: () => void;
}

export class LivePlayback {
  /** The newest frame; undefined before the first. */
  frame: Frame | undefined;
  /** Number of the newest request for a session; undefined before the first. */
  request: number | undefined;
  readonly #store: PageStore;
  readonly #data: ViewData;
  readonly #connection: Connection;
  readonly #events: LiveEvents;
  #motions: readonly LiveMotion[] = [];
  #acknowledgedSeq = -1;
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

  /** Starts a session with the selected policies. */
  start(request: number): void {
    const { slots, seed, goal, noise } = this.#store.state;
    this.request = request;
    if (slots.length === 0 || slots.some(({ source }) => this.#data.source(source) === undefined)) return;
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
    this.forget();
  }

  /** Discards the session without leaving it, when the connection is lost. */
  forget(): void {
    this.#data.session = undefined;
    this.frame = undefined;
    this.#motions = [];
  }

  /** Sends changes of goal, noise and seed to the session. */
  sendChanges(changed: ReadonlySet<keyof PageState>): void {
    const { goal, noise, seed } = this.#store.state;
    if (changed.has("layers")) this.#askForContacts();
    if (changed.has("noise")) this.#connection.sendSoon({ op: "noise", noise });
    if (changed.has("seed") || (changed.has("goal") && goal === null)) {
      this.#sendInOrder({ op: "reset", seed });
    } else if (goal !== null && changed.has("goal")) {
      this.#connection.sendSoon({ op: "goal", goal: [...goal] });
    }
  }

  setPlaying(playing: boolean): void {
    this.#sendInOrder({ op: "play", playing });
  }

  step(): void {
    this.#sendInOrder({ op: "step" });
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#connection.sendSoon({ op: "speed", speed });
  }

  reset(): void {
    this.#sendInOrder({ op: "reset", seed: this.#store.state.seed });
  }

  /** Pushes a link of all arms. A force of 0 releases it and is sent at once. */
  push(link: number, point: Triple, force: Triple): void {
    const message: ClientMessage = { op: "push", slot: null, link, point: [...point], force: [...force] };
    if (force.every((x) => x === 0)) {
      this.#connection.cancel("push");
      this.#connection.send(message);
    } else {
      this.#connection.sendSoon(message);
    }
  }

  /** Puts the arm of a slot of a paused session at rest at joint angles, [N] rad, and shows the present. */
  pose(slot: number, angles: readonly number[]): void {
    this.#connection.sendSoon({ op: "pose", slot, angles: [...angles] });
    this.#store.update({ following: true });
  }

  receiveSession(session: SessionMessage): void {
    if (this.#store.state.mode !== "live") return;
    const scene = this.#data.scenes.get(session.env);
    if (scene === undefined) return;
    const isNew = this.#data.session?.session !== session.session;
    this.#data.session = session;
    if (isNew) {
      this.frame = undefined;
      this.#acknowledgedSeq = -1;
      this.#motions = session.slots.map(() => new LiveMotion(sizesOf(scene)));
      this.#data.view = {
        scene,
        slots: session.slots,
        motions: this.#motions.map(({ motion }) => motion),
        seed: session.seed,
        live: true,
        goals: session.slots.map(() => session.goal),
      };
      if (this.#wantsContacts) this.#askForContacts();
      this.#store.update({ notice: "", following: true });
      this.#events.viewChanged();
    } else if (this.#data.view !== undefined) this.#data.view.seed = session.seed;
    this.#events.stateChanged();
  }

  /** Sends a message after those that wait: a posture must arrive before the session plays. */
  #sendInOrder(message: ClientMessage): void {
    this.#connection.flush();
    this.#connection.send(message);
  }

  get #wantsContacts(): boolean {
    return this.#store.state.layers.includes("contacts");
  }

  #askForContacts(): void {
    if (this.#data.session === undefined) return;
    this.#connection.sendSoon({ op: "inspect", contacts: this.#wantsContacts });
  }

  receiveFrame(bytes: ArrayBuffer): void {
    const frame = decodeFrame(bytes);
    const { view } = this.#data;
    if (view?.live !== true || frame.session !== this.#data.session?.session) return;
    if (this.frame !== undefined && frame.resets !== this.frame.resets) {
      for (const motion of this.#motions) motion.clear();
    }
    this.frame = frame;
    frame.slots.forEach((state, slot) => {
      this.#motions[slot]?.append(frame.time, state, frame.goal);
    });
    view.goals = frame.slots.map(() => frame.goal);
    this.#events.stateChanged();
  }

  /** Acknowledges the newest frame after it is drawn. The server sends only a few frames beyond it. */
  acknowledge(): void {
    if (this.frame === undefined || this.frame.seq === this.#acknowledgedSeq) return;
    this.#acknowledgedSeq = this.frame.seq;
    this.#connection.send({ op: "ack", seq: this.frame.seq });
  }
}
