/** @file Handles the requests of one page: opens episodes, starts and joins live sessions, subscribes to curves. */

import { InputError, refuse, show, unquoted } from "../../shared/errors.ts";
import {
  CLOSE_CODES,
  type ClientMessage,
  type OpenedMessage,
  parseClientMessage,
  type SlotInfo,
  SUBPROTOCOL,
  type ViewRequest,
} from "../../shared/protocol.ts";
import { encodeClip } from "../../shared/protocol-clip.ts";
import type { ClientConnection } from "./client-connection.ts";
import { type Recording, recordEpisode } from "./clip-recorder.ts";
import { ControlledArm, type Start } from "./controlled-arm.ts";
import type { CurveSubscriptions } from "./curve-subscriptions.ts";
import { printError } from "./guarded.ts";
import type { Library } from "./library.ts";
import type { LiveSession, LiveSlot } from "./live-session.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** The parts of the server that all client sessions share. */
export interface ServerParts {
  readonly library: Library;
  readonly sessions: LiveSessions;
  readonly curves: CurveSubscriptions;
}

type SlotRequest = ViewRequest["slots"][number];

export class ClientSession {
  readonly #client: ClientConnection;
  readonly #server: ServerParts;
  #liveSession: LiveSession | undefined;
  #isHandlingView = false;
  /** The newest view request that arrived while another one was being handled. */
  #nextView: ViewRequest | undefined;
  #hasEnded = false;

  constructor(client: ClientConnection, server: ServerParts) {
    this.#client = client;
    this.#server = server;
  }

  /** Handles a text message. Never rejects. */
  async receive(text: string): Promise<void> {
    if (!this.#client.allows("signal")) return;
    let message: ClientMessage;
    try {
      message = parseClientMessage(text);
    } catch {
      // A page of this version sends only valid messages, so this client is not one.
      this.#client.close(CLOSE_CODES.POLICY, `invalid message of ${SUBPROTOCOL}`);
      return;
    }
    if (message.op !== "ack" && !this.#client.allows("message")) return;
    try {
      await this.#handle(message);
    } catch (error) {
      this.#reportError(error, "request" in message ? message.request : null);
    }
  }

  /** Releases everything the session holds, when the page has disconnected. */
  end(): void {
    this.#hasEnded = true;
    this.#nextView = undefined;
    this.#leave();
    this.#server.curves.unsubscribe(this.#client);
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (message.op) {
      case "ack":
        this.#client.acknowledge(message.seq);
        return;
      case "open":
      case "live":
        await this.#handleViews(message);
        return;
      case "join":
        this.#join(this.#server.sessions.find(message.session), message.request);
        return;
      case "leave":
        this.#leave();
        return;
      case "follow":
        if (message.source === null) this.#server.curves.unsubscribe(this.#client);
        else this.#server.curves.subscribe(this.#client, message.source);
        return;
      default:
        if (this.#liveSession === undefined) {
          throw refuse(message.op, "a live session that this page has joined", unquoted("none"));
        }
        this.#liveSession.handle(this.#client, message);
    }
  }

  /** Handles one view request at a time. Of those that arrive meanwhile only the newest is handled. */
  async #handleViews(first: ViewRequest): Promise<void> {
    if (this.#isHandlingView) {
      this.#nextView = first;
      return;
    }
    this.#isHandlingView = true;
    for (let view: ViewRequest | undefined = first; view !== undefined; ) {
      try {
        await (view.op === "open" ? this.#open(view) : this.#startLive(view));
      } catch (error) {
        this.#reportError(error, view.request);
      }
      view = this.#nextView;
      this.#nextView = undefined;
    }
    this.#isHandlingView = false;
  }

  async #open(view: Extract<ViewRequest, { op: "open" }>): Promise<void> {
    const { request } = view;
    const start = startOf(view);
    const env = this.#commonEnv(view);
    const recordings: Recording[] = [];
    const slots: OpenedMessage["slots"] = [];
    for (const slot of view.slots) {
      const { info, recording } = await this.#record(slot, start);
      const { goal, episodeReturn, successAtEnd, successOnce } = recording;
      recordings.push(recording);
      slots.push({ ...info, goal: [...goal], episodeReturn, successAtEnd, successOnce });
    }
    this.#client.send({ op: "opened", request, env, seed: start.seed, noise: start.noise, slots });
    for (const [slot, { clip }] of recordings.entries()) {
      this.#client.sendEncoded(encodeClip({ ...clip, request, slot }));
    }
  }

  async #record(slot: SlotRequest, start: Start): Promise<{ info: SlotInfo; recording: Recording }> {
    const { info, episode } = this.#server.library.find(slot.source);
    if (episode !== null) {
      const { step, torqueScale } = episode.facts;
      const hasValue = episode.recording.clip.values !== null;
      const slotInfo = { source: info.id, name: info.name, step, hasValue, torqueScale };
      return { info: slotInfo, recording: episode.recording };
    }
    const live = await this.#createSlot(slot);
    try {
      return { info: live.info, recording: recordEpisode(live.controlled, start) };
    } finally {
      live.controlled.dispose();
      // Lets live sessions advance between two episodes.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #startLive(view: Extract<ViewRequest, { op: "live" }>): Promise<void> {
    this.#commonEnv(view);
    const createSlots = async () => {
      const slots: LiveSlot[] = [];
      try {
        for (const slot of view.slots) slots.push(await this.#createSlot(slot));
        return slots;
      } catch (error) {
        for (const { controlled } of slots) controlled.dispose();
        throw error;
      }
    };
    const session = await this.#server.sessions.start(createSlots, startOf(view), view.speed ?? 1);
    if (!this.#hasEnded) this.#join(session, view.request);
  }

  async #createSlot(slot: SlotRequest): Promise<LiveSlot> {
    const { info, createController } = this.#server.library.find(slot.source);
    if (createController === null) {
      throw refuse(
        info.name,
        "a policy to simulate",
        unquoted("a recording"),
        "Recordings play in replay mode",
      );
    }
    const controlled = await ControlledArm.create(createController(slot.step), info.name);
    const { step, value } = controlled.controller;
    const { torqueScale } = controlled.arm;
    return {
      info: { source: info.id, name: info.name, step, hasValue: value !== null, torqueScale },
      controlled,
    };
  }

  /** Returns the environment of all slots. Throws InputError if they differ: goals would not be comparable. */
  #commonEnv(view: ViewRequest): string {
    const envs = new Set(view.slots.map(({ source }) => this.#server.library.find(source).info.env));
    const [env, other] = envs;
    if (env === undefined || other !== undefined) {
      throw refuse(
        "policies",
        "one environment",
        unquoted([...envs].join(" and ")),
        "Choose policies of one task",
      );
    }
    return env;
  }

  #join(session: LiveSession, request: number): void {
    if (session !== this.#liveSession) this.#leave();
    this.#liveSession = session;
    session.join(this.#client, request);
  }

  #leave(): void {
    this.#liveSession?.leave(this.#client);
    this.#liveSession = undefined;
  }

  /** Sends an error to the page. An internal error is also logged; other pages are not affected. */
  #reportError(error: unknown, request: number | null): void {
    const isInputError = error instanceof InputError;
    if (!isInputError) printError("answer a page", error);
    const message = isInputError ? error.message : `internal error in the viewer: ${show(String(error))}`;
    this.#client.send({ op: "error", request, message });
  }
}

function startOf({ seed, goal, noise = 0 }: ViewRequest): Start {
  return { seed, goal, noise };
}
