/** @file The socket to the server: opens it, opens it again with growing patience, and says how things stand. */

import { CLOSE_CODES, type ClientMessage, encodeMessage, SUBPROTOCOL } from "../../shared/protocol.ts";

/** How things stand with the server. `recording` has none, and needs none. */
export type ConnectionPhase = "connecting" | "open" | "lost" | "refused" | "recording";

export interface ConnectionEvents {
  readonly phaseChanged: (phase: ConnectionPhase, told: string) => void;
  readonly text: (text: string) => void;
  readonly binary: (bytes: ArrayBuffer) => void;
}

/** Milliseconds to wait before each next try; the last one again and again. */
const PATIENCE_MS: readonly number[] = [400, 800, 1600, 3000, 5000];

/** Milliseconds between messages that replace each other, such as those of a slider: within the server's rate. */
const COALESCE_MS = 80;

export class Connection {
  #url: string;
  readonly #events: ConnectionEvents;
  readonly #waiting = new Map<string, ClientMessage>();
  #socket: WebSocket | undefined;
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, events: ConnectionEvents) {
    this.#url = url;
    this.#events = events;
  }

  /** Opens the socket; it stays open, or opens again, from then on. */
  start(): void {
    this.#retry = undefined;
    this.#events.phaseChanged("connecting", this.#tries === 0 ? "Connecting…" : "Connecting again…");
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#tries = 0;
      this.#events.phaseChanged("open", "Connected");
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") this.#events.text(event.data);
      else if (event.data instanceof ArrayBuffer) this.#events.binary(event.data);
    });
    socket.addEventListener("close", (event) => this.#closed(socket, event));
  }

  /** Goes to another address at once: that of a server that was started anew. */
  moveTo(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    clearTimeout(this.#retry);
    this.#tries = 0;
    const old = this.#socket;
    this.start();
    old?.close();
  }

  /** Sends a message. Returns whether the socket was open to take it. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeMessage(message));
    return true;
  }

  /** Sends a message soon, unless a newer one of the same kind comes first. */
  sendSoon(message: ClientMessage): void {
    this.#waiting.set(message.op, message);
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      for (const waiting of this.#waiting.values()) this.send(waiting);
      this.#waiting.clear();
    }, COALESCE_MS);
  }

  /** Throws away what waits to be sent and is of a kind. */
  forget(op: ClientMessage["op"]): void {
    this.#waiting.delete(op);
  }

  #closed(socket: WebSocket, event: CloseEvent): void {
    if (socket !== this.#socket) return;
    this.#waiting.clear();
    if (event.code === CLOSE_CODES.POLICY || event.code === CLOSE_CODES.VERSION) {
      const reason = event.reason === "" ? "Reload the page." : event.reason;
      this.#events.phaseChanged("refused", `The server closed the connection: ${reason}`);
      return;
    }
    const wait = PATIENCE_MS[Math.min(this.#tries, PATIENCE_MS.length - 1)] ?? 1000;
    this.#tries += 1;
    this.#events.phaseChanged("lost", "The server is gone. What is here can still be played; trying again…");
    this.#retry = setTimeout(() => this.start(), wait);
    void this.#askWhy(socket);
  }

  /** A server that answers but takes no socket does not know this page's token: it is another one by now. */
  async #askWhy(closed: WebSocket): Promise<void> {
    const answered = await fetch("./", { method: "HEAD", cache: "no-store" }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (!answered || closed !== this.#socket || this.#tries < 2) return;
    this.#events.phaseChanged(
      "lost",
      "The server was started anew: open the address that it printed, here or in another tab.",
    );
  }
}
