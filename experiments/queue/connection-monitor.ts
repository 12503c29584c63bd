/** @file Tracks the connection to a server: logs its loss and its return once each, and retries requests meanwhile. */

import { setTimeout as delay } from "node:timers/promises";
import type { QueueAddress } from "./queue-address.ts";
import { describeServerError, isLostConnection } from "./server-error.ts";

/** Milliseconds between two attempts: doubled from the first to the maximum. */
const FIRST_PAUSE = 500;
const MAX_PAUSE = 10_000;

/** BullMQ's errors in a worker whose job was given to another worker or removed; the claim on the run handles this. */
const SUPERSEDED =
  /missing lock|could not renew lock|missing key for job|is not in the active state|lock mismatch/i;

export class ConnectionMonitor {
  readonly #address: QueueAddress;
  readonly #log: (line: string) => void;
  #lost = false;
  /** Number of losses and returns. The outcome of a request sent before the last one is outdated. */
  #changes = 0;
  #lastMessage = "";

  constructor(address: QueueAddress, log: (line: string) => void) {
    this.#address = address;
    this.#log = log;
  }

  /** Whether the last known state of the connection is lost. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Logs an error from which its source recovers by itself. Repeated errors are logged once. */
  readonly report = (error: unknown): void => {
    if (isLostConnection(error)) {
      if (this.#lost) return;
      this.#setLost(true);
      this.#log(`${this.#address.label} ${describeServerError(error)}; retrying until it is back`);
      return;
    }
    const message = describeServerError(error);
    if (SUPERSEDED.test(message) || message === this.#lastMessage) return;
    this.#lastMessage = message;
    this.#log(`${this.#address.label} ${message}`);
  };

  /**
   * Sends a request, repeatedly while the connection is lost.
   *
   * @returns the response, or undefined if `stop` is aborted while the connection is lost
   * @throws any error other than a lost connection
   */
  async retry<T>(request: () => Promise<T>, stop?: AbortSignal): Promise<T | undefined> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, MAX_PAUSE)) {
      const changes = this.#changes;
      try {
        const response = await request();
        if (this.#lost && changes === this.#changes) {
          this.#setLost(false);
          this.#log(`${this.#address.label} is back`);
        }
        return response;
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        if (changes === this.#changes) this.report(error);
      }
      if (stop?.aborted === true) return undefined;
      await delay(pause, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  #setLost(lost: boolean): void {
    this.#lost = lost;
    this.#changes += 1;
  }
}
