/** @file Pages that read slowly or never: they miss frames, nobody waits for them, and nothing piles up. */

import { describe, expect, it } from "vitest";
import { FRAMES_IN_FLIGHT } from "../../../shared/protocol.ts";
import { MOST_BUFFERED } from "../../../viewer/server/watcher.ts";
import { PageClient, startServer } from "./page-client.ts";

const STILL = "builtin:no torque, panda-reach";
const SLOTS = Array.from({ length: 4 }, () => ({ source: STILL }));

describe("a page that shows no frames", () => {
  it("is sent three, then none until it says so, then the newest at once", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const slow = await PageClient.connect(server);
    slow.acknowledges = false;
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    const { session } = await page.heard("session");
    slow.send({ op: "join", request: 1, session });
    await slow.until(() => slow.frames[FRAMES_IN_FLIGHT - 1]);
    const latest = slow.frames.at(-1)?.seq ?? 0;
    // Many frames later it still has the three, and no more come.
    await page.saw(({ seq }) => seq > latest + 30);
    expect(slow.frames.length).toBe(FRAMES_IN_FLIGHT);
    slow.send({ op: "ack", seq: latest });
    const next = await slow.until(() => slow.frames[FRAMES_IN_FLIGHT]);
    expect(next.seq).toBeGreaterThan(latest + 30);
  });
});

describe("a page that does not read", () => {
  it("is closed before more waits for it than a mebibyte, and the others see all", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const mute = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    await page.heard("session");
    mute.socket.pause();
    let peak = 0;
    // A page of its own making may ask for much; 0.24 MB each time.
    for (let request = 1; server.stats().watchers === 2; request++) {
      if (request > 400) throw new Error("it was never closed");
      mute.send({ op: "open", request, slots: SLOTS, seed: request });
      const { seq } = page.frames.at(-1) ?? { seq: 0 };
      await page.saw((frame) => frame.seq > seq + 3);
      peak = Math.max(peak, server.stats().mostBuffered);
    }
    expect(peak).toBeGreaterThan(2 ** 17);
    expect(peak).toBeLessThanOrEqual(MOST_BUFFERED);
  });

  it("is shown the present, not the past, when it reads again", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const sleepy = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: SLOTS, seed: 1 });
    const { session } = await page.heard("session");
    sleepy.send({ op: "join", request: 1, session });
    const { seq } = await sleepy.saw(() => true);
    sleepy.socket.pause();
    const asleep = await page.saw((frame) => frame.seq > seq + 60);
    const before = sleepy.frames.length;
    sleepy.socket.resume();
    await sleepy.saw((frame) => frame.seq > asleep.seq);
    const missed = sleepy.frames.slice(before).filter((frame) => frame.seq <= asleep.seq);
    // Those that were on their way when it fell asleep, of the sixty.
    expect(missed.length).toBeLessThanOrEqual(2 * FRAMES_IN_FLIGHT);
  });
});
