/** @file Says once that a server is gone and once that it is back, however often it is asked meanwhile. */

import { setTimeout as delay } from "node:timers/promises";
import type { QueueAddress } from "./server-fault.ts";
import { describeFault, isLostConnection } from "./server-fault.ts";

/** Milliseconds between two attempts, growing from the first to the last. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** What a zombie hears: its job was given to another, or is there no more. */
const EXPECTED =
  /missing lock|could not renew lock|missing key for job|is not in the active state|lock mismatch/i;

export class FaultWatch {
  readonly #address: QueueAddress;
  readonly #say: (line: string) => void;
  #lost = false;
  /** Losses and returns so far: what was asked before the last of them tells nothing of how it is now. */
  #turns = 0;
  #last = "";

  constructor(address: QueueAddress, say: (line: string) => void) {
    this.#address = address;
    this.#say = say;
  }

  /** Whether the server was gone when it was last heard of. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Hears a fault that somebody else goes on after. */
  readonly hear = (error: unknown): void => {
    if (isLostConnection(error)) {
      if (this.#lost) return;
      this.#turn(true);
      this.#say(`${this.#address.shown} ${describeFault(error)}; trying again until it is back`);
      return;
    }
    const line = describeFault(error);
    if (EXPECTED.test(line) || line === this.#last) return;
    this.#last = line;
    this.#say(`${this.#address.shown} ${line}`);
  };

  /**
   * Asks the server, again and again while it is gone.
   *
   * @returns what it answered, or undefined where it was still gone when `stop` came
   * @throws what it answers, where that is a refusal
   */
  async ask<T>(question: () => Promise<T>, stop?: AbortSignal): Promise<T | undefined> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const asked = this.#turns;
      try {
        const answer = await question();
        if (this.#lost && asked === this.#turns) {
          this.#turn(false);
          this.#say(`${this.#address.shown} is back`);
        }
        return answer;
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        if (asked === this.#turns) this.hear(error);
      }
      if (stop?.aborted === true) return undefined;
      await delay(pause, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  #turn(lost: boolean): void {
    this.#lost = lost;
    this.#turns += 1;
  }
}
