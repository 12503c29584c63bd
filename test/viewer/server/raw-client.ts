/** @file Sends arbitrary bytes over TCP, as no valid client would. */

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { SOCKET_PATH, SUBPROTOCOL } from "../../../shared/protocol.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";
import { POLL } from "../../time-limits.ts";

/** Sends bytes and returns the answer, until the server closes the connection or is silent for the timeout. */
export function exchange(port: number, bytes: string | Uint8Array, timeout = POLL.timeout): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeout, finish);
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", finish);
    socket.on("close", finish);
  });
}

/** Sends bytes on a connection whose end the client never closes, whatever the server does. */
export function holdOpen(port: number, bytes: string | Uint8Array): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(bytes);
  socket.resume();
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The status of an HTTP answer, or 0 without an answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}

/** A valid handshake with changes. A header of null is omitted. */
export function handshake(
  { port, token }: Pick<WatchServer, "port" | "token">,
  changes: { readonly target?: string; readonly method?: string } & Readonly<
    Record<string, string | readonly string[] | null>
  > = {},
): string {
  const { target = `${SOCKET_PATH}?token=${token}`, method = "GET", ...headers } = changes;
  const all: Record<string, string | readonly string[] | null> = {
    Host: `127.0.0.1:${port}`,
    Origin: `http://127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": SUBPROTOCOL,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((each) => `${name}: ${each}`),
  );
  return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** An open WebSocket without a WebSocket library: it can send any bytes after the handshake. */
export class RawSocket {
  readonly socket: Socket;
  #received: Buffer;
  readonly #closing: Promise<void>;

  private constructor(socket: Socket, received: Buffer) {
    this.socket = socket;
    this.#received = received;
    socket.on("error", () => {});
    this.#closing = new Promise((resolve) => {
      socket.on("close", () => resolve());
      socket.on("data", (data) => {
        this.#received = Buffer.concat([this.#received, data]);
        if (closeCode(this.#received) !== undefined) resolve();
      });
    });
  }

  /** Opens a socket, with changes to the handshake. Rejects if the server does. */
  static open(
    server: Pick<WatchServer, "port" | "token">,
    changes: Parameters<typeof handshake>[1] = {},
  ): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(handshake(server, changes)));
      socket.once("error", reject);
      socket.once("data", (data) => {
        if (statusOf(data.toString("latin1")) !== 101)
          reject(new Error(`the handshake was rejected: ${data}`));
        else resolve(new RawSocket(socket, data.subarray(data.indexOf("\r\n\r\n") + 4)));
      });
    });
  }

  /** Sends bytes and returns the code of the server's close frame, or 0 if it closes without one. */
  async closeCodeAfter(bytes: Uint8Array): Promise<number> {
    this.socket.write(bytes);
    await this.#closing;
    this.socket.destroy();
    return closeCode(this.#received) ?? 0;
  }
}

/** The code of the close frame in a stream of server frames; undefined if there is none yet. */
function closeCode(bytes: Buffer): number | undefined {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    const small = bytes[at + 1]! & 0x7f;
    if (opcode === 8) return small >= 2 ? bytes.readUInt16BE(at + 2) : 1005;
    if (small === 127) at += 10 + (at + 10 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 2)) : 0);
    else at += small === 126 ? 4 + bytes.readUInt16BE(at + 2) : 2 + small;
  }
  return undefined;
}

/** A client frame, RFC 6455 §5.2, with deviations from a valid one. */
export function frame(
  opcode: number,
  payload: Uint8Array,
  deviations: {
    readonly fin?: boolean;
    readonly rsv?: number;
    readonly masked?: boolean;
    readonly length?: bigint;
  } = {},
): Buffer {
  const { fin = true, rsv = 0, masked = true, length = BigInt(payload.length) } = deviations;
  const small = length < 126n ? Number(length) : length < 65_536n ? 126 : 127;
  const head = Buffer.alloc(2 + (small === 126 ? 2 : small === 127 ? 8 : 0));
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | small;
  if (small === 126) head.writeUInt16BE(Number(length), 2);
  if (small === 127) head.writeBigUInt64BE(length, 2);
  if (!masked) return Buffer.concat([head, payload]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, payload.map((byte, i) => byte ^ key[i % 4]!)]);
}

/** A text frame. */
export function textFrame(text: string): Buffer {
  return frame(1, Buffer.from(text));
}
