/** @file Bytes as they are, over TCP: what no well-behaved client would send. */

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { SOCKET_PATH, SUBPROTOCOL } from "../../../shared/protocol.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";

/** Milliseconds after which an answer that does not come counts as none. */
const PATIENCE = 3000;

/** Sends bytes and returns all that comes back until the server hangs up, or says no more for a while. */
export function exchange(port: number, bytes: string | Uint8Array, patience = PATIENCE): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(patience, finish);
    socket.on("data", (data) => {
      heard += data.toString("latin1");
    });
    socket.on("error", finish);
    socket.on("close", finish);
  });
}

/** The status of an HTTP answer, or 0 where there was none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}

/** A request for the socket, right in everything but what is changed; null leaves a header out. */
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

/** An open socket below the WebSocket library: what comes after the handshake can be any bytes. */
export class RawSocket {
  readonly socket: Socket;
  #heard: Buffer;
  readonly #closing: Promise<void>;

  private constructor(socket: Socket, heard: Buffer) {
    this.socket = socket;
    this.#heard = heard;
    socket.on("error", () => {});
    this.#closing = new Promise((resolve) => {
      socket.on("close", () => resolve());
      socket.on("data", (data) => {
        this.#heard = Buffer.concat([this.#heard, data]);
        if (closeCode(this.#heard) !== undefined) resolve();
      });
    });
  }

  static open(server: Pick<WatchServer, "port" | "token">): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(handshake(server)));
      socket.once("error", reject);
      socket.once("data", (data) => {
        if (statusOf(data.toString("latin1")) !== 101) reject(new Error("the handshake was refused"));
        else resolve(new RawSocket(socket, data.subarray(data.indexOf("\r\n\r\n") + 4)));
      });
    });
  }

  /** Sends bytes; resolves with the code of the close frame that the server answers with, or 0 if it just hangs up. */
  async closeCodeAfter(bytes: Uint8Array): Promise<number> {
    this.socket.write(bytes);
    await this.#closing;
    this.socket.destroy();
    return closeCode(this.#heard) ?? 0;
  }
}

/** The status of the close frame in a stream of server frames, once it is there. */
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

/** A frame as RFC 6455 §5.2 lays it out, with whatever is to be wrong with it. */
export function frame(
  opcode: number,
  payload: Uint8Array,
  wrong: {
    readonly fin?: boolean;
    readonly rsv?: number;
    readonly masked?: boolean;
    readonly length?: bigint;
  } = {},
): Buffer {
  const { fin = true, rsv = 0, masked = true, length = BigInt(payload.length) } = wrong;
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
