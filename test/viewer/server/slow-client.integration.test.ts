/** @file Pages that read slowly or not at all: they skip frames, other pages do not wait, and buffers stay small. */

import { describe, expect, it } from "vitest";
import { FRAMES_IN_FLIGHT } from "../../../shared/protocol.ts";
import type { Frame } from "../../../shared/protocol-frame.ts";
import { MAX_BUFFERED } from "../../../viewer/server/client-connection.ts";
import { PageClient, startServer } from "./page-client.ts";

const ZERO_TORQUE = "builtin:no torque, panda-reach";
const SLOTS = Array.from({ length: 4 }, () => ({ source: ZERO_TORQUE }));

/**
 * Waits until a page has a frame after `seq`. Meanwhile a page that does not read sends the pongs that it would answer
 * pings with: on a busy machine the server would otherwise end its connection first.
 */
async function frameAfter(seq: number, page: PageClient, paused: PageClient): Promise<Frame> {
  for (;;) {
    paused.socket.pong();
    const newest = page.frames.at(-1);
    if (newest !== undefined && newest.seq > seq) return newest;
    const count = page.frames.length;
    await page.until(() => page.frames[count]);
  }
}

describe("a page that does not acknowledge frames", () => {
  it("receives three frames, then none until it acknowledges, then the newest", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const slow = await PageClient.connect(server);
    slow.acknowledges = false;
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    const { session } = await page.untilMessage("session");
    slow.send({ op: "join", request: 1, session });
    await slow.until(() => slow.frames[FRAMES_IN_FLIGHT - 1]);
    const latest = slow.frames.at(-1)?.seq ?? 0;
    // Many frames later it has received no more.
    await page.untilFrame(({ seq }) => seq > latest + 30);
    expect(slow.frames.length).toBe(FRAMES_IN_FLIGHT);
    slow.send({ op: "ack", seq: latest });
    const next = await slow.until(() => slow.frames[FRAMES_IN_FLIGHT]);
    expect(next.seq).toBeGreaterThan(latest + 30);
  });
});

describe("a page that does not read", () => {
  it("is closed before more than 1 MiB waits for it, and another page misses no frames", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const mute = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    await page.untilMessage("session");
    mute.socket.pause();
    let peak = 0;
    // Each request returns 0.24 MB.
    for (let request = 1; server.stats().clients === 2; request++) {
      if (request > 400) throw new Error("the page was never closed");
      mute.send({ op: "open", request, slots: SLOTS, seed: request });
      const { seq } = page.frames.at(-1) ?? { seq: 0 };
      await frameAfter(seq + 3, page, mute);
      peak = Math.max(peak, server.stats().maxBuffered);
    }
    expect(peak).toBeGreaterThan(2 ** 17);
    expect(peak).toBeLessThanOrEqual(MAX_BUFFERED);
  });

  it("receives the present state when it reads again", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const paused = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    const { session } = await page.untilMessage("session");
    paused.send({ op: "join", request: 1, session });
    const { seq } = await paused.untilFrame(() => true);
    paused.socket.pause();
    const later = await frameAfter(seq + 60, page, paused);
    const before = paused.frames.length;
    paused.socket.resume();
    await paused.untilFrame((frame) => frame.seq > later.seq);
    const missed = paused.frames.slice(before).filter((frame) => frame.seq <= later.seq);
    // Only frames that were already on their way, of the sixty.
    expect(missed.length).toBeLessThanOrEqual(2 * FRAMES_IN_FLIGHT);
  });
});
