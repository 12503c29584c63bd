/** @file Invalid handshakes and frames drawn from a seed, and checks that a server rejects them. */

import { expect } from "vitest";
import { encodeMessage } from "../../../shared/protocol.ts";
import { Rng } from "../../../shared/rng.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";
import { PageClient, untilClients } from "./page-client.ts";
import { exchange, frame, handshake, RawSocket, statusOf, textFrame } from "./raw-client.ts";

/** Number sent concurrently. */
const AT_ONCE = 20;

/** Milliseconds to wait for an answer to an incomplete request; the server may not answer it. */
const INCOMPLETE_TIMEOUT = 50;

const CLIENT_TEXT = encodeMessage({ op: "open", request: 1, slots: [{ source: "run:x" }], seed: 1 });

function pick<T>(rng: Rng, from: readonly T[]): T {
  const picked = from[rng.integer(from.length)];
  if (picked === undefined) throw new Error("cannot pick from an empty list");
  return picked;
}

function noise(rng: Rng, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => rng.integer(256)));
}

/** A handshake with one error. `mayWait`: whether the server may wait for the rest of it. */
function invalidHandshake(server: WatchServer, rng: Rng): { bytes: Buffer; mayWait: boolean } {
  const valid = handshake(server);
  const changed = (changes: Parameters<typeof handshake>[1]) => ({
    bytes: Buffer.from(handshake(server, changes)),
    mayWait: false,
  });
  const kinds = [
    () => changed({ method: pick(rng, ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get"]) }),
    () => changed({ "Sec-WebSocket-Key": pick(rng, [null, "", "short", "=".repeat(24), "A".repeat(500)]) }),
    () => changed({ "Sec-WebSocket-Version": pick(rng, [null, "", "0", "7", "12", "14", "99", "x"]) }),
    () => changed({ Upgrade: pick(rng, ["", "websockets", "h2c", "web socket", "TLS/1.0"]) }),
    () =>
      changed({ "Sec-WebSocket-Protocol": pick(rng, [null, "", "mqtt", "steadyarm", "steadyarm.v", ","]) }),
    () =>
      changed({
        "Sec-WebSocket-Protocol": `${" ".repeat(rng.integer(4000))},${",".repeat(rng.integer(4000))}`,
      }),
    () =>
      changed({ "Sec-WebSocket-Extensions": pick(rng, ["", ",", "a;", "a b", 'a; b="', ";;;=", "a,,b"]) }),
    () => changed({ target: `/${noise(rng, 8).toString("hex")}` }),
    () => changed({ target: `/socket?token=${noise(rng, 32).toString("base64url")}` }),
    () => changed({ target: `/socket${pick(rng, ["", "/", "x", "/.", "%3ftoken="])}` }),
    () => changed({ Host: `${noise(rng, 6).toString("hex")}:${server.port}` }),
    () => changed({ Origin: `http://${noise(rng, 6).toString("hex")}` }),
    () => changed({ Filler: "x".repeat(17_000) }),
    () => changed({ Many: Array.from({ length: 2500 }, (_, i) => `${i}`), "Sec-WebSocket-Key": null }),
    () => changed({ "Content-Length": "5", "Transfer-Encoding": "chunked", "Sec-WebSocket-Key": null }),
    () => ({
      bytes: Buffer.from(valid.replace("HTTP/1.1", pick(rng, ["HTTP/9.9", "HTTP", "HTTQ/1.1"]))),
      mayWait: false,
    }),
    () => ({ bytes: noise(rng, 1 + rng.integer(400)), mayWait: true }),
    () => ({ bytes: Buffer.from(valid.slice(0, 1 + rng.integer(valid.length - 1))), mayWait: true }),
    () => {
      const bytes = Buffer.from(handshake(server, { "Sec-WebSocket-Key": null }));
      bytes[rng.integer(bytes.length)] = rng.integer(256);
      return { bytes, mayWait: true };
    },
  ];
  return pick(rng, kinds)();
}

/** Sends invalid handshakes and expects that none is accepted. */
export async function attackHandshakes(server: WatchServer, count: number, seed: number): Promise<void> {
  const rng = Rng.fromSeed(seed);
  for (let done = 0; done < count; done += AT_ONCE) {
    const attacks = Array.from({ length: Math.min(AT_ONCE, count - done) }, () =>
      invalidHandshake(server, rng),
    );
    const answers = await Promise.all(
      attacks.map(({ bytes, mayWait }) =>
        exchange(server.port, bytes, mayWait ? INCOMPLETE_TIMEOUT : undefined),
      ),
    );
    for (const [i, answer] of answers.entries()) {
      const { bytes, mayWait } = attacks[i]!;
      const status = statusOf(answer);
      const allowed = status >= 400 || (mayWait && status === 0);
      expect(allowed, `${status} for ${bytes.toString("latin1", 0, 300)}`).toBe(true);
      expect(answer).not.toContain(server.token);
    }
  }
  expect(server.stats().clients).toBe(0);
}

/** Invalid frames, and the codes that the server may close with: RFC 6455 §7.4.1. */
function invalidFrame(rng: Rng): { bytes: Buffer; codes: readonly number[] } {
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
    () => ({ bytes: textFrame(invalidMessage(rng)), codes: [1008] }),
    () => ({ bytes: textFrame(invalidMessage(rng)), codes: [1008] }),
    () => ({ bytes: textFrame(`${"[".repeat(30_000)}`), codes: [1008] }),
    () => ({
      bytes: Buffer.concat(Array.from({ length: 600 }, () => frame(9, Buffer.alloc(0)))),
      // The ws library has a limit too and may drop the socket without a code.
      codes: [0, 1008],
    }),
    () => ({
      bytes: Buffer.concat(Array.from({ length: 100 }, () => textFrame('{"op":"leave"}'))),
      codes: [1008],
    }),
  ];
  return pick(rng, kinds)();
}

/** A valid message changed so that it is invalid. */
function invalidMessage(rng: Rng): string {
  const kinds = [
    () => CLIENT_TEXT.slice(0, rng.integer(CLIENT_TEXT.length)),
    () => CLIENT_TEXT.replace('"op"', `"${noise(rng, 3).toString("hex")}"`),
    () => CLIENT_TEXT.replace("open", noise(rng, 4).toString("hex")),
    () => CLIENT_TEXT.replace('"seed":1', `"seed":${pick(rng, ["-1", "1.5", "1e400", '"1"', "null", "[]"])}`),
    () => CLIENT_TEXT.replace("}]", `,"${noise(rng, 4).toString("hex")}":1}]`),
    () => CLIENT_TEXT.replace("{", '{"__proto__":{"op":"leave"},'),
    () => CLIENT_TEXT + pick(rng, ["}", ",", "x", "[]"]),
    () => noise(rng, rng.integer(64)).toString("base64"),
  ];
  return pick(rng, kinds)();
}

/** Sends invalid frames, each on a new socket, and expects that each is closed with the right code. */
export async function attackFrames(server: WatchServer, count: number, seed: number): Promise<void> {
  const rng = Rng.fromSeed(seed);
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - done) }, async () => {
        const { bytes, codes } = invalidFrame(rng);
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

/** Expects that a page can connect and open an episode, and that no other page is left. */
export async function expectHealthy(server: WatchServer): Promise<void> {
  const page = await PageClient.connect(server);
  page.send({ op: "open", request: 1, slots: [{ source: "builtin:no torque, planar2-reach" }], seed: 1 });
  await page.until(() => page.clips[0]);
  page.socket.close();
  await untilClients(server, 0);
}
