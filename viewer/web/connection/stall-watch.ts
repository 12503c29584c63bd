/**
 * @file Notices a server that is connected but does not answer, such as a stopped process.
 *
 * The WebSocket stays open then, and scripts do not see its pings. So the page asks for its own address while no
 * message arrives.
 */

/** Milliseconds between checks, and until an answer counts as missing. */
const CHECK_INTERVAL = 4_000;
const ANSWER_TIMEOUT = 5_000;

export class StallWatch {
  readonly #changed: (isStalled: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isStalled = false;
  #hasHeard = true;
  #isAsking = false;

  /** @param changed called when the server stops to answer, and when it answers again */
  constructor(changed: (isStalled: boolean) => void) {
    this.#changed = changed;
  }

  /** Starts to check, when a connection has been opened. */
  start(): void {
    this.stop();
    this.#timer = setInterval(() => void this.#check(), CHECK_INTERVAL);
  }

  /** Stops to check, when the connection is closed. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isStalled = false;
    this.#hasHeard = true;
  }

  /** Records that a message has arrived. */
  heard(): void {
    this.#hasHeard = true;
    this.#set(false);
  }

  async #check(): Promise<void> {
    if (this.#isAsking) return;
    if (this.#hasHeard) {
      this.#hasHeard = false;
      return;
    }
    this.#isAsking = true;
    const hasAnswered = await answersRequests(ANSWER_TIMEOUT);
    this.#isAsking = false;
    if (hasAnswered) this.heard();
    else if (!this.#hasHeard) this.#set(true);
  }

  #set(isStalled: boolean): void {
    if (this.#timer === undefined || isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    this.#changed(isStalled);
  }
}

/** Whether the server answers an HTTP request within some milliseconds. */
export function answersRequests(timeout: number): Promise<boolean> {
  return fetch("./", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(timeout) }).then(
    (response) => response.ok,
    () => false,
  );
}
