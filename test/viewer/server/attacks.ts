/** @file Broken handshakes and broken frames without end, drawn from a seed, and what a server must make of them. */

import { expect } from "vitest";
import { encodeMessage } from "../../../shared/protocol.ts";
import { Rng } from "../../../shared/rng.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";
import { PageClient } from "./page-client.ts";
import { exchange, frame, handshake, RawSocket, statusOf, textFrame } from "./raw-client.ts";

/** Sent at a time. */
const AT_ONCE = 20;

/** Milliseconds to wait for an answer to a request that is cut short. */
const SHORT_PATIENCE = 50;

const CLIENT_TEXT = encodeMessage({ op: "open", request: 1, slots: [{ source: "run:x" }], seed: 1 });

function pick<T>(rng: Rng, from: readonly T[]): T {
  const found = from[rng.integer(from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function noise(rng: Rng, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => rng.integer(256)));
}

/** A request for the socket with one thing wrong; and whether the server may keep silent, waiting for the rest. */
function brokenHandshake(server: WatchServer, rng: Rng): { bytes: Buffer; mayWait: boolean } {
  const right = handshake(server);
  const wrong = (changes: Parameters<typeof handshake>[1]) => ({
    bytes: Buffer.from(handshake(server, changes)),
    mayWait: false,
  });
  const kinds = [
    () => wrong({ method: pick(rng, ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get"]) }),
    () => wrong({ "Sec-WebSocket-Key": pick(rng, [null, "", "short", "=".repeat(24), "A".repeat(500)]) }),
    () => wrong({ "Sec-WebSocket-Version": pick(rng, [null, "", "0", "7", "12", "14", "99", "x"]) }),
    () => wrong({ Upgrade: pick(rng, ["", "websockets", "h2c", "web socket", "TLS/1.0"]) }),
    () => wrong({ "Sec-WebSocket-Protocol": pick(rng, [null, "", "mqtt", "steadyarm", "steadyarm.v", ","]) }),
    () =>
      wrong({
        "Sec-WebSocket-Protocol": `${" ".repeat(rng.integer(4000))},${",".repeat(rng.integer(4000))}`,
      }),
    () => wrong({ target: `/${noise(rng, 8).toString("hex")}` }),
    () => wrong({ target: `/socket?token=${noise(rng, 32).toString("base64url")}` }),
    () => wrong({ target: `/socket${pick(rng, ["", "/", "x", "/.", "%3ftoken="])}` }),
    () => wrong({ Host: `${noise(rng, 6).toString("hex")}:${server.port}` }),
    () => wrong({ Origin: `http://${noise(rng, 6).toString("hex")}` }),
    () => wrong({ Filler: "x".repeat(17_000) }),
    () => wrong({ Many: Array.from({ length: 2500 }, (_, i) => `${i}`), "Sec-WebSocket-Key": null }),
    () => wrong({ "Content-Length": "5", "Transfer-Encoding": "chunked", "Sec-WebSocket-Key": null }),
    () => ({
      bytes: Buffer.from(right.replace("HTTP/1.1", pick(rng, ["HTTP/9.9", "HTTP", "HTTQ/1.1"]))),
      mayWait: false,
    }),
    () => ({ bytes: noise(rng, 1 + rng.integer(400)), mayWait: true }),
    () => ({ bytes: Buffer.from(right.slice(0, 1 + rng.integer(right.length - 1))), mayWait: true }),
    () => {
      const bytes = Buffer.from(handshake(server, { "Sec-WebSocket-Key": null }));
      bytes[rng.integer(bytes.length)] = rng.integer(256);
      return { bytes, mayWait: true };
    },
  ];
  return pick(rng, kinds)();
}

/** Sends broken handshakes; none may become a socket, and a real page must get in afterwards. */
export async function attackHandshakes(server: WatchServer, count: number, seed: number): Promise<void> {
  const rng = Rng.fromSeed(seed);
  for (let done = 0; done < count; done += AT_ONCE) {
    const attacks = Array.from({ length: Math.min(AT_ONCE, count - done) }, () =>
      brokenHandshake(server, rng),
    );
    const answers = await Promise.all(
      attacks.map(({ bytes, mayWait }) => exchange(server.port, bytes, mayWait ? SHORT_PATIENCE : undefined)),
    );
    for (const [i, answer] of answers.entries()) {
      const { bytes, mayWait } = attacks[i]!;
      const status = statusOf(answer);
      const allowed = status >= 400 || (mayWait && status === 0);
      expect(allowed, `${status} for ${bytes.toString("latin1", 0, 300)}`).toBe(true);
      expect(answer).not.toContain(server.token);
    }
  }
  expect(server.stats().watchers).toBe(0);
}

/** Bytes that break the protocol, and the codes that the server may close with: RFC 6455 §7.4.1. */
function brokenFrame(rng: Rng): { bytes: Buffer; codes: readonly number[] } {
  const text = Buffer.from(CLIENT_TEXT);
  const kinds = [
    () => ({ bytes: frame(1, text, { masked: false }), codes: [1002] }),
    () => ({ bytes: frame(1, text, { rsv: 1 + rng.integer(7) }), codes: [1002] }),
    () => ({ bytes: frame(pick(rng, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), text), codes: [1002] }),
    () => ({ bytes: frame(pick(rng, [8, 9, 10]), noise(rng, 126)), codes: [1002] }),
    () => ({ bytes: frame(pick(rng, [8, 9, 10]), Buffer.alloc(0), { fin: false }), codes: [1002] }),
    () => ({ bytes: frame(8, noise(rng, 1)), codes: [1002] }),
    () => ({ bytes: frame(8, Buffer.from([pick(rng, [0, 3, 20]), pick(rng, [0, 1, 2])])), codes: [1002] }),
    () => ({ bytes: frame(1, Buffer.from([0xff, 0xfe, rng.integer(256)])), codes: [1007] }),
    () => ({ bytes: frame(0, text), codes: [1002] }),
    () => ({ bytes: Buffer.concat([frame(1, text, { fin: false }), frame(1, text)]), codes: [1002] }),
    () => ({
      bytes: frame(1, text, { length: pick(rng, [65_537n, 2n ** 32n, 2n ** 53n, 2n ** 62n]) }),
      codes: [1009],
    }),
    () => ({
      bytes: Buffer.concat(
        Array.from({ length: 17 }, (_, i) => frame(i === 0 ? 1 : 0, noise(rng, 1), { fin: false })),
      ),
      codes: [1007, 1008],
    }),
    () => ({
      bytes: Buffer.concat(
        Array.from({ length: 3 }, (_, i) => frame(i === 0 ? 2 : 0, noise(rng, 30_000), { fin: false })),
      ),
      codes: [1009],
    }),
    () => ({ bytes: frame(2, noise(rng, 1 + rng.integer(60))), codes: [1008] }),
    () => ({ bytes: textFrame(mutated(rng)), codes: [1008] }),
    () => ({ bytes: textFrame(mutated(rng)), codes: [1008] }),
    () => ({ bytes: textFrame(`${"[".repeat(30_000)}`), codes: [1008] }),
    () => ({
      bytes: Buffer.concat(Array.from({ length: 600 }, () => frame(9, Buffer.alloc(0)))),
      // The socket may be gone before it can say why: the library has a limit of its own.
      codes: [0, 1008],
    }),
    () => ({
      bytes: Buffer.concat(Array.from({ length: 100 }, () => textFrame('{"op":"leave"}'))),
      codes: [1008],
    }),
  ];
  return pick(rng, kinds)();
}

/** A message that means nothing: a real one with some of it changed such that no command is left. */
function mutated(rng: Rng): string {
  const ways = [
    () => CLIENT_TEXT.slice(0, rng.integer(CLIENT_TEXT.length)),
    () => CLIENT_TEXT.replace('"op"', `"${noise(rng, 3).toString("hex")}"`),
    () => CLIENT_TEXT.replace("open", noise(rng, 4).toString("hex")),
    () => CLIENT_TEXT.replace('"seed":1', `"seed":${pick(rng, ["-1", "1.5", "1e400", '"1"', "null", "[]"])}`),
    () => CLIENT_TEXT.replace("}]", `,"${noise(rng, 4).toString("hex")}":1}]`),
    () => CLIENT_TEXT.replace("{", '{"__proto__":{"op":"leave"},'),
    () => CLIENT_TEXT + pick(rng, ["}", ",", "x", "[]"]),
    () => noise(rng, rng.integer(64)).toString("base64"),
  ];
  return pick(rng, ways)();
}

/** Sends broken frames, each on a socket of its own; each must be closed with the right code. */
export async function attackFrames(server: WatchServer, count: number, seed: number): Promise<void> {
  const rng = Rng.fromSeed(seed);
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - done) }, async () => {
        const { bytes, codes } = brokenFrame(rng);
        const raw = await RawSocket.open(server);
        const code = await raw.closeCodeAfter(bytes);
        expect(
          codes,
          `closed with ${code} after ${bytes.length} bytes ${bytes.toString("hex", 0, 8)}`,
        ).toContain(code);
      }),
    );
  }
}

/** The server is there as before: a page gets in, sees something, and nobody else is left. */
export async function expectHealthy(server: WatchServer): Promise<void> {
  const page = await PageClient.connect(server);
  page.send({ op: "open", request: 1, slots: [{ source: "builtin:no torque, planar2-reach" }], seed: 1 });
  await page.until(() => page.clips[0]);
  page.socket.close();
  await page.closed();
}
