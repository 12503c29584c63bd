/**
 * @file The connection to one page: ordered messages, newest-wins frames, rate limits and heartbeat.
 *
 * Messages and clips are sent in order; a page that does not read them is closed with 1013. Only the newest frame
 * waits, and only a few frames may be unacknowledged, so a slow page skips frames and never falls behind. The
 * acknowledgements are necessary because bytes in the operating system's buffers cannot be counted here.
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
import { RateLimit } from "./rate-limit.ts";

/** Maximum number of bytes that wait in this process for one page. */
export const MAX_BUFFERED = 2 ** 20;

/** A frame is sent only while fewer bytes than this wait. */
const MAX_BUFFERED_FOR_FRAME = 2 ** 16;

/** Acknowledgements, pings and pongs a second: at least one a frame. */
const SIGNALS_PER_SECOND = 120;

/** Milliseconds for the page to answer the closing handshake. */
const CLOSE_TIMEOUT = 2000;

export class ClientConnection {
  readonly #socket: WebSocket;
  readonly #messageLimit: RateLimit;
  readonly #signalLimit: RateLimit;
  #unacknowledged: number[] = [];
  #nextFrame: { readonly seq: number; readonly bytes: Uint8Array } | undefined;
  #answeredPing = true;
  #maxBuffered = 0;

  constructor(socket: WebSocket) {
    const now = performance.now() / 1000;
    this.#socket = socket;
    this.#messageLimit = new RateLimit(MESSAGES_PER_SECOND, MESSAGE_BURST, now);
    this.#signalLimit = new RateLimit(SIGNALS_PER_SECOND, 2 * SIGNALS_PER_SECOND, now);
    socket.on("pong", () => {
      this.#answeredPing = true;
      this.allows("signal");
    });
    socket.on("ping", () => this.allows("signal"));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** The maximum number of bytes that have waited for this page so far. */
  get maxBuffered(): number {
    return this.#maxBuffered;
  }

  /** Sends a message in order; closes the connection if too many bytes wait. */
  send(message: ServerMessage): void {
    this.sendEncoded(encodeMessage(message));
  }

  /** Sends an encoded message or clip in order, as `send` does. */
  sendEncoded(data: string | Uint8Array): void {
    if (!this.isOpen) return;
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.length;
    if (this.#socket.bufferedAmount + size > MAX_BUFFERED) {
      this.close(CLOSE_CODES.TRY_LATER, "this page reads too slowly");
      return;
    }
    this.#write(data, () => this.#sendNextFrame());
  }

  /** Sends a frame when the page is ready, unless a newer one replaces it first. */
  sendFrame(seq: number, bytes: Uint8Array): void {
    this.#nextFrame = { seq, bytes };
    this.#sendNextFrame();
  }

  /** Forgets waiting and unacknowledged frames, on a change of session. */
  dropFrames(): void {
    this.#nextFrame = undefined;
    this.#unacknowledged = [];
  }

  /** Handles the page's acknowledgement of a frame and all earlier ones. */
  acknowledge(seq: number): void {
    this.#unacknowledged = this.#unacknowledged.filter((each) => each > seq);
    this.#sendNextFrame();
  }

  /** Counts an incoming message; closes the connection and returns false if the rate limit is exceeded. */
  allows(kind: "message" | "signal"): boolean {
    const limit = kind === "message" ? this.#messageLimit : this.#signalLimit;
    if (limit.take(performance.now() / 1000)) return true;
    this.close(CLOSE_CODES.POLICY, `more than ${MESSAGES_PER_SECOND} messages a second`);
    return false;
  }

  /** Sends a ping; ends the connection if the previous one has no answer. */
  checkHeartbeat(): void {
    if (!this.#answeredPing) {
      this.#socket.terminate();
      return;
    }
    this.#answeredPing = false;
    if (this.isOpen) this.#socket.ping();
  }

  /** Starts the closing handshake. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.#socket.close(code, reason);
    this.terminateSoon();
  }

  /** Ends the connection after CLOSE_TIMEOUT, whether or not the page answers. */
  terminateSoon(): void {
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT).unref();
  }

  #sendNextFrame(): void {
    const frame = this.#nextFrame;
    if (frame === undefined || !this.isOpen) return;
    if (this.#unacknowledged.length >= FRAMES_IN_FLIGHT) return;
    if (this.#socket.bufferedAmount + frame.bytes.length > MAX_BUFFERED_FOR_FRAME) return;
    this.#nextFrame = undefined;
    this.#unacknowledged.push(frame.seq);
    this.#write(frame.bytes);
  }

  #write(data: string | Uint8Array, written?: () => void): void {
    this.#socket.send(data, { binary: typeof data !== "string" }, written);
    this.#maxBuffered = Math.max(this.#maxBuffered, this.#socket.bufferedAmount);
  }
}
