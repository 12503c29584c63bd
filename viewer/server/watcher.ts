/**
 * @file One page's end of a socket: what may still be sent to it, and whether it asks too much.
 *
 * Text and clips are sent in order or not at all: a page that does not take them is closed with 1013.
 * Of frames only the newest waits, and only while few are unacknowledged; so a slow page misses frames
 * and is never behind. What lies in the system's buffers is invisible here: hence the acknowledgements.
 */

import { WebSocket } from "ws";
import {
  CLOSE_CODES,
  encodeMessage,
  FRAMES_IN_FLIGHT,
  MESSAGE_BURST,
  MESSAGES_PER_SECOND,
  type ServerMessage,
} from "../../shared/protocol.ts";
import { MessageBudget } from "./message-budget.ts";

/** Bytes that wait for one page at most, in this process. */
export const MOST_BUFFERED = 2 ** 20;

/** Of them, those above which no frame is added. */
const MOST_BEFORE_FRAME = 2 ** 16;

/** Acknowledgements and pings a second: one a frame, and some. */
const SIGNALS_PER_SECOND = 120;

/** Milliseconds that a page has to answer a closing handshake. */
const CLOSING_TIME = 2000;

export class Watcher {
  readonly #socket: WebSocket;
  readonly #messages: MessageBudget;
  readonly #signals: MessageBudget;
  #unacknowledged: number[] = [];
  #waiting: { readonly seq: number; readonly bytes: Uint8Array } | undefined;
  #answeredPing = true;
  #mostBuffered = 0;

  constructor(socket: WebSocket) {
    const now = performance.now() / 1000;
    this.#socket = socket;
    this.#messages = new MessageBudget(MESSAGES_PER_SECOND, MESSAGE_BURST, now);
    this.#signals = new MessageBudget(SIGNALS_PER_SECOND, 2 * SIGNALS_PER_SECOND, now);
    socket.on("pong", () => {
      this.#answeredPing = true;
    });
    socket.on("ping", () => this.mayAsk("signal"));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** The most bytes that ever waited for this page. */
  get mostBuffered(): number {
    return this.#mostBuffered;
  }

  /** Sends a message that must arrive; closes the socket if there is no room for it. */
  send(message: ServerMessage): void {
    this.#sendSurely(encodeMessage(message));
  }

  /** As `send`, for a message or a clip that was encoded before, once for all who get it. */
  sendEncoded(data: string | Uint8Array): void {
    this.#sendSurely(data);
  }

  /** Shows a frame as soon as the page can take one, unless a newer one comes first. */
  show(seq: number, bytes: Uint8Array): void {
    this.#waiting = { seq, bytes };
    this.#sendWaiting();
  }

  /** Forgets frames: those of another session are of no use. */
  forgetFrames(): void {
    this.#waiting = undefined;
    this.#unacknowledged = [];
  }

  /** The page has shown a frame, and so all before it. */
  acknowledge(seq: number): void {
    this.#unacknowledged = this.#unacknowledged.filter((each) => each > seq);
    this.#sendWaiting();
  }

  /** Counts what came in; false, and closes the socket, if it was too much. */
  mayAsk(kind: "message" | "signal"): boolean {
    const budget = kind === "message" ? this.#messages : this.#signals;
    if (budget.spend(performance.now() / 1000)) return true;
    this.close(CLOSE_CODES.POLICY, `more than ${MESSAGES_PER_SECOND} messages a second`);
    return false;
  }

  /** Called once a heartbeat: asks for a sign of life, and ends the socket if the last time none came. */
  checkLife(): void {
    if (!this.#answeredPing) {
      this.#socket.terminate();
      return;
    }
    this.#answeredPing = false;
    if (this.isOpen) this.#socket.ping();
  }

  /** Ends the socket, politely if the page answers in time. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.#socket.close(code, reason);
    this.endSoon();
  }

  /** Hangs up on a page that is being closed and does not answer. */
  endSoon(): void {
    setTimeout(() => this.#socket.terminate(), CLOSING_TIME).unref();
  }

  #sendSurely(data: string | Uint8Array): void {
    if (!this.isOpen) return;
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.length;
    if (this.#socket.bufferedAmount + size > MOST_BUFFERED) {
      this.close(CLOSE_CODES.TRY_LATER, "this page reads too slowly");
      return;
    }
    this.#write(data, () => this.#sendWaiting());
  }

  #sendWaiting(): void {
    const frame = this.#waiting;
    if (frame === undefined || !this.isOpen) return;
    if (this.#unacknowledged.length >= FRAMES_IN_FLIGHT) return;
    if (this.#socket.bufferedAmount + frame.bytes.length > MOST_BEFORE_FRAME) return;
    this.#waiting = undefined;
    this.#unacknowledged.push(frame.seq);
    this.#write(frame.bytes);
  }

  #write(data: string | Uint8Array, taken?: () => void): void {
    this.#socket.send(data, { binary: typeof data !== "string" }, taken);
    this.#mostBuffered = Math.max(this.#mostBuffered, this.#socket.bufferedAmount);
  }
}
