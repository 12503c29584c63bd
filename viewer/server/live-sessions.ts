/** @file The live sessions of the server: started, found by id, advanced by a timer, and ended when no client is left. */

import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import type { Start } from "./controlled-arm.ts";
import { printError } from "./guarded.ts";
import { LiveSession, type LiveSlot } from "./live-session.ts";

/** More sessions would not run in real time on two cores beside a training. */
const MAX_SESSIONS = 8;

/** Seconds that a session without clients is kept, so that a page can be reloaded. */
const KEEP_WITHOUT_CLIENTS = 60;

/** Milliseconds between ticks: about 60 Hz. */
const TICK_INTERVAL = 16;

interface Entry {
  readonly session: LiveSession;
  secondsWithoutClients: number;
}

export class LiveSessions {
  readonly #entries = new Map<number, Entry>();
  readonly #timer: NodeJS.Timeout;
  #lastTick = performance.now();
  #started = 0;
  /** Number of sessions whose arms are being created. */
  #starting = 0;
  #isDisposed = false;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_INTERVAL);
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Starts a session. Throws InputError if there are MAX_SESSIONS already, without calling `createSlots`. */
  async start(createSlots: () => Promise<LiveSlot[]>, start: Start, speed: number): Promise<LiveSession> {
    if (this.#isFull) this.#endUnused(0);
    if (this.#isFull) {
      throw refuse(
        "live sessions",
        `at most ${MAX_SESSIONS}`,
        MAX_SESSIONS + 1,
        "Close another page of the viewer and try again",
      );
    }
    this.#started += 1;
    const id = this.#started;
    this.#starting += 1;
    try {
      const slots = await createSlots();
      return this.#add(id, slots, start, speed);
    } finally {
      this.#starting -= 1;
    }
  }

  /** Throws InputError if there is no session with the id. */
  find(id: number): LiveSession {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw refuse(`live session ${id}`, "a running session", unquoted("none"));
    return entry.session;
  }

  dispose(): void {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    for (const { session } of this.#entries.values()) session.dispose();
    this.#entries.clear();
  }

  get #isFull(): boolean {
    return this.#entries.size + this.#starting >= MAX_SESSIONS;
  }

  #add(id: number, slots: LiveSlot[], start: Start, speed: number): LiveSession {
    try {
      if (this.#isDisposed) throw new InputError("the viewer's server has ended");
      const session = new LiveSession(id, slots, start, speed);
      this.#entries.set(id, { session, secondsWithoutClients: 0 });
      return session;
    } catch (error) {
      for (const { controlled } of slots) controlled.dispose();
      throw error;
    }
  }

  #tick(): void {
    const now = performance.now();
    const elapsed = (now - this.#lastTick) / 1000;
    this.#lastTick = now;
    for (const [id, entry] of this.#entries) {
      const hasClients = entry.session.clients.size > 0;
      entry.secondsWithoutClients = hasClients ? 0 : entry.secondsWithoutClients + elapsed;
      try {
        entry.session.tick(elapsed);
      } catch (error) {
        printError("continue a live session", error);
        this.#entries.delete(id);
        entry.session.fail();
      }
    }
    this.#endUnused(KEEP_WITHOUT_CLIENTS);
  }

  /** Ends sessions that have had no clients for some seconds. */
  #endUnused(seconds: number): void {
    for (const [id, { session, secondsWithoutClients }] of this.#entries) {
      if (session.clients.size > 0 || secondsWithoutClients < seconds) continue;
      session.dispose();
      this.#entries.delete(id);
    }
  }
}
