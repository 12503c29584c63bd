/** @file What one page asks for, and how it is answered. */

import { InputError, refuse, show } from "../../shared/errors.ts";
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
import { type Recording, recordEpisode } from "./clip-recorder.ts";
import type { CurveAudience } from "./curve-audience.ts";
import type { Library } from "./library.ts";
import type { LiveSession } from "./live-session.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { PlayedArm, type Start } from "./played-arm.ts";
import type { Player } from "./player.ts";
import type { Watcher } from "./watcher.ts";

/** What conversations share. */
export interface Stage {
  readonly library: Library;
  readonly sessions: LiveSessions;
  readonly curves: CurveAudience;
}

type Asked = Extract<ClientMessage, { op: "open" | "live" }>;

export class Conversation {
  readonly #watcher: Watcher;
  readonly #stage: Stage;
  #session: LiveSession | undefined;
  /** The view that is being made, and the newest that waits for it. */
  #making = false;
  #next: Asked | undefined;
  #over = false;

  constructor(watcher: Watcher, stage: Stage) {
    this.#watcher = watcher;
    this.#stage = stage;
  }

  /** Answers a message; never throws but for faults of ours. */
  async hear(text: string): Promise<void> {
    if (!this.#watcher.mayAsk("signal")) return;
    let message: ClientMessage;
    try {
      message = parseClientMessage(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // A page of this version sends nothing else: it is broken, or it is no page.
      this.#watcher.close(CLOSE_CODES.POLICY, `that is no message of ${SUBPROTOCOL}`);
      return;
    }
    if (message.op !== "ack" && !this.#watcher.mayAsk("message")) return;
    try {
      await this.#answer(message);
    } catch (error) {
      this.#complain(error, "request" in message ? message.request : null);
    }
  }

  /** The page has gone. */
  end(): void {
    this.#over = true;
    this.#next = undefined;
    this.#leave();
    this.#stage.curves.leave(this.#watcher);
  }

  async #answer(message: ClientMessage): Promise<void> {
    switch (message.op) {
      case "ack":
        this.#watcher.acknowledge(message.seq);
        return;
      case "open":
      case "live":
        await this.#makeInTurn(message);
        return;
      case "join": {
        const session = this.#stage.sessions.find(message.session);
        this.#watch(session, message.request);
        return;
      }
      case "leave":
        this.#leave();
        return;
      case "follow":
        if (message.source === null) this.#stage.curves.leave(this.#watcher);
        else this.#stage.curves.follow(this.#watcher, message.source);
        return;
      default:
        if (this.#session === undefined) throw new InputError(`${message.op}: no live session is watched`);
        this.#session.obey(this.#watcher, message);
    }
  }

  /** One view at a time: of those asked for meanwhile only the newest is made. */
  async #makeInTurn(request: Asked): Promise<void> {
    if (this.#making) {
      this.#next = request;
      return;
    }
    this.#making = true;
    for (let view: Asked | undefined = request; view !== undefined; ) {
      try {
        await (view.op === "open" ? this.#open(view) : this.#begin(view));
      } catch (error) {
        this.#complain(error, view.request);
      }
      view = this.#next;
      this.#next = undefined;
    }
    this.#making = false;
  }

  async #open(view: Extract<Asked, { op: "open" }>): Promise<void> {
    const start = startOf(view);
    const recordings: Recording[] = [];
    const slots: OpenedMessage["slots"] = [];
    const env = this.#commonEnv(view);
    for (const asked of view.slots) {
      const { info, recording } = await this.#record(asked, start);
      const { goal, episodeReturn, successAtEnd, successOnce } = recording;
      recordings.push(recording);
      slots.push({ ...info, goal: [...goal], episodeReturn, successAtEnd, successOnce });
    }
    const { request } = view;
    this.#watcher.send({ op: "opened", request, env, seed: start.seed, noise: start.noise, slots });
    for (const [slot, { clip }] of recordings.entries()) {
      this.#watcher.sendEncoded(encodeClip({ ...clip, request, slot }));
    }
  }

  async #record(
    asked: ViewRequest["slots"][number],
    start: Start,
  ): Promise<{ info: SlotInfo; recording: Recording }> {
    const { info, episode } = this.#stage.library.find(asked.source);
    if (episode !== null) {
      const { step, torqueScale } = episode.facts;
      const hasValue = episode.recording.clip.values !== null;
      const about = { source: info.id, name: info.name, step, hasValue, torqueScale };
      return { info: about, recording: episode.recording };
    }
    const slot = await this.#makeSlot(asked);
    try {
      return { info: slot.info, recording: recordEpisode(slot.played, start) };
    } finally {
      slot.played.dispose();
      // Between episodes, live sessions of others get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #begin(view: Extract<Asked, { op: "live" }>): Promise<void> {
    this.#commonEnv(view);
    const make = async () => {
      const slots: { info: SlotInfo; played: PlayedArm }[] = [];
      try {
        for (const asked of view.slots) slots.push(await this.#makeSlot(asked));
        return slots;
      } catch (error) {
        for (const { played } of slots) played.dispose();
        throw error;
      }
    };
    const session = await this.#stage.sessions.begin(make, startOf(view), view.speed ?? 1);
    if (!this.#over) this.#watch(session, view.request);
  }

  async #makeSlot(asked: ViewRequest["slots"][number]): Promise<{ info: SlotInfo; played: PlayedArm }> {
    const { info, play } = this.#stage.library.find(asked.source);
    if (play === null) throw new InputError(`${info.name}: a recording cannot be played live; open it`);
    const player: Player = play(asked.step);
    const played = await PlayedArm.make(player, info.name);
    const { step, value } = player;
    const about = { source: info.id, name: info.name, step, hasValue: value !== null };
    return { info: { ...about, torqueScale: played.arm.torqueScale }, played };
  }

  /** Throws InputError if the slots are of several environments: they would have no common goal. */
  #commonEnv(view: Asked): string {
    const envs = new Set(view.slots.map(({ source }) => this.#stage.library.find(source).info.env));
    const [env, other] = envs;
    if (env === undefined || other !== undefined) {
      throw refuse("slots", "sources of one environment", [...envs]);
    }
    return env;
  }

  #watch(session: LiveSession, request: number): void {
    if (session !== this.#session) this.#leave();
    this.#session = session;
    session.join(this.#watcher, request);
  }

  #leave(): void {
    this.#session?.leave(this.#watcher);
    this.#session = undefined;
  }

  /** Tells the page what could not be done; a fault of ours too, which others should not suffer from. */
  #complain(error: unknown, request: number | null): void {
    const message =
      error instanceof InputError ? error.message : `a fault of the viewer: ${show(String(error))}`;
    if (!(error instanceof InputError)) process.stderr.write(`steadyarm watch: ${String(error)}\n`);
    this.#watcher.send({ op: "error", request, message });
  }
}

function startOf({ seed, goal, noise = 0 }: ViewRequest): Start {
  return { seed, goal, noise };
}
