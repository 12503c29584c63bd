/** @file The live sessions there are: begun, found, and ended when nobody has watched for a while. */

import { InputError } from "../../shared/errors.ts";
import { LiveSession, type LiveSlot } from "./live-session.ts";
import type { Start } from "./played-arm.ts";

/** More would not be stepped in real time on two cores beside a training. */
const MOST_SESSIONS = 8;

/** Seconds that a session is kept when nobody watches: time to reload a page. */
const KEPT_UNWATCHED = 60;

/** Milliseconds from tick to tick: about 60 a second. */
const TICK = 16;

export class LiveSessions {
  readonly #sessions = new Map<number, { readonly session: LiveSession; unwatched: number }>();
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #begun = 0;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Throws InputError if there is no room for another one, if so before `slots` is asked for. */
  async begin(slots: () => Promise<LiveSlot[]>, start: Start, speed: number): Promise<LiveSession> {
    if (this.#sessions.size >= MOST_SESSIONS) this.#endUnwatched(0);
    if (this.#sessions.size >= MOST_SESSIONS) {
      throw new InputError(`there are ${MOST_SESSIONS} live sessions already; join one, or close a page`);
    }
    this.#begun += 1;
    const id = this.#begun;
    const made = await slots();
    try {
      const session = new LiveSession(id, made, start, speed);
      this.#sessions.set(id, { session, unwatched: 0 });
      return session;
    } catch (error) {
      for (const { played } of made) played.dispose();
      throw error;
    }
  }

  /** Throws InputError if there is none of that number any more. */
  find(id: number): LiveSession {
    const found = this.#sessions.get(id);
    if (found === undefined) throw new InputError(`live session ${id} has ended; begin a new one`);
    return found.session;
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const { session } of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
  }

  #tick(): void {
    const now = performance.now();
    const elapsed = (now - this.#last) / 1000;
    this.#last = now;
    for (const each of this.#sessions.values()) {
      each.unwatched = each.session.watchers.size > 0 ? 0 : each.unwatched + elapsed;
      each.session.tick(elapsed);
    }
    this.#endUnwatched(KEPT_UNWATCHED);
  }

  /** Ends sessions that nobody has watched for longer than some seconds. */
  #endUnwatched(seconds: number): void {
    for (const [id, { session, unwatched }] of this.#sessions) {
      if (session.watchers.size > 0 || unwatched < seconds) continue;
      session.dispose();
      this.#sessions.delete(id);
    }
  }
}
