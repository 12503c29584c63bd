/** @file The WebSocket to the server: connects, reconnects with increasing delays, and reports its phase. */

import { CLOSE_CODES, type ClientMessage, encodeMessage, SUBPROTOCOL } from "../../../shared/protocol.ts";
import { answersRequests, StallWatch } from "./stall-watch.ts";

/** `stalled`: connected, but the server does not answer. A `recording` needs no server. */
export type ConnectionPhase = "connecting" | "open" | "stalled" | "lost" | "refused" | "recording";

export interface ConnectionEvents {
  /** `message` describes the phase in one line, for display. */
  readonly phaseChanged: (phase: ConnectionPhase, message: string) => void;
  readonly text: (text: string) => void;
  readonly binary: (bytes: ArrayBuffer) => void;
}

/** Milliseconds before each attempt to reconnect; the last one repeats. */
const RETRY_DELAYS: readonly number[] = [400, 800, 1600, 3000, 5000];

/** Milliseconds for the server to answer the check of a token. */
const ANSWER_TIMEOUT = 10_000;

const NO_TOKEN =
  "This address has no token. Open the complete address that steadyarm printed, with #token=… at its end.";

/** Milliseconds between messages that replace each other, such as a slider's: below the server's rate limit. */
const COALESCE_INTERVAL = 80;

export class Connection {
  #url: string | undefined;
  readonly #events: ConnectionEvents;
  readonly #stallWatch = new StallWatch((isStalled) => this.#stallChanged(isStalled));
  /** The newest message of each kind that waits to be sent. */
  readonly #waiting = new Map<ClientMessage["op"], ClientMessage>();
  #socket: WebSocket | undefined;
  /** Failed attempts since the last connection. */
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #flushTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param url of the socket; undefined if the page's address has no token */
  constructor(url: string | undefined, events: ConnectionEvents) {
    this.#url = url;
    this.#events = events;
  }

  /** Connects, and reconnects whenever the connection is lost. */
  start(): void {
    this.#retryTimer = undefined;
    if (this.#url === undefined) {
      this.#events.phaseChanged("refused", NO_TOKEN);
      return;
    }
    this.#events.phaseChanged("connecting", this.#failures === 0 ? "Connecting…" : "Reconnecting…");
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failures = 0;
      this.#stallWatch.start();
      this.#events.phaseChanged("open", "Connected");
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#stallWatch.heard();
      if (typeof event.data === "string") this.#events.text(event.data);
      else if (event.data instanceof ArrayBuffer) this.#events.binary(event.data);
    });
    socket.addEventListener("close", (event) => this.#handleClose(socket, event));
  }

  /** Connects to another address at once, such as that of a restarted server. */
  moveTo(url: string | undefined): void {
    if (url === this.#url) return;
    this.#url = url;
    clearTimeout(this.#retryTimer);
    this.#failures = 0;
    const old = this.#socket;
    this.#socket = undefined;
    this.#stallWatch.stop();
    this.start();
    old?.close();
  }

  /** Sends a message. Returns false if the connection is not open. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeMessage(message));
    return true;
  }

  /** Sends a message within COALESCE_INTERVAL, unless a newer one of the same kind replaces it. */
  sendSoon(message: ClientMessage): void {
    this.#waiting.set(message.op, message);
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      this.flush();
    }, COALESCE_INTERVAL);
  }

  /** Sends the waiting messages now, so that the next message is handled after them. */
  flush(): void {
    for (const waiting of this.#waiting.values()) this.send(waiting);
    this.#waiting.clear();
  }

  /** Drops a waiting message of a kind. */
  cancel(op: ClientMessage["op"]): void {
    this.#waiting.delete(op);
  }

  #handleClose(socket: WebSocket, event: CloseEvent): void {
    if (socket !== this.#socket) return;
    this.#stallWatch.stop();
    this.#waiting.clear();
    if (event.code === CLOSE_CODES.POLICY || event.code === CLOSE_CODES.VERSION) {
      const reason = event.reason === "" ? "reload the page" : event.reason;
      this.#events.phaseChanged("refused", `The server closed the connection: ${reason}`);
      return;
    }
    const delay = RETRY_DELAYS[Math.min(this.#failures, RETRY_DELAYS.length - 1)] ?? 1000;
    this.#failures += 1;
    this.#events.phaseChanged("lost", "Connection lost. Loaded episodes still play. Reconnecting…");
    this.#retryTimer = setTimeout(() => this.start(), delay);
    void this.#checkToken(socket);
  }

  #stallChanged(isStalled: boolean): void {
    if (isStalled)
      this.#events.phaseChanged("stalled", "The server does not answer. Loaded episodes still play.");
    else this.#events.phaseChanged("open", "Connected");
  }

  /** Reports an invalid token: then the server answers HTTP requests but rejects the socket. */
  async #checkToken(closed: WebSocket): Promise<void> {
    const isServing = await answersRequests(ANSWER_TIMEOUT);
    if (!isServing || closed !== this.#socket || this.#failures < 2) return;
    this.#events.phaseChanged(
      "lost",
      "The server does not accept this page's token. Open the address that steadyarm printed.",
    );
  }
}
