/** @file Posing an arm of a paused live session: at rest, within the limits, beside objects that stay. */

import { expect, it } from "vitest";
import type { ClientMessage } from "../../../shared/protocol.ts";
import type { Frame } from "../../../shared/protocol-frame.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";
import { PageClient, startServer } from "./page-client.ts";

const ENV = "panda-gripper-pick-and-place";
const SOURCE = `builtin:no torque, ${ENV}`;
const LINKS = sceneMessages().find(({ env }) => env === ENV)?.links ?? [];
/** A third of the way through each joint's range, rad. */
const POSTURE = LINKS.map(({ limits }) => (limits === null ? 0.4 : (2 * limits[0] + limits[1]) / 3));

interface Paused {
  readonly server: WatchServer;
  readonly page: PageClient;
  readonly start: Frame;
}

/** Starts a session of two arms, lets it play, pauses it and waits for its last frame. */
async function paused(): Promise<Paused> {
  const server = await startServer();
  const page = await PageClient.connect(server);
  page.send({ op: "live", request: 1, slots: [{ source: SOURCE }, { source: SOURCE }], seed: 4 });
  await page.untilFrame(({ time }) => time > 0.2);
  page.send({ op: "play", playing: false });
  return { server, page, start: await page.untilFrame(({ playing }) => !playing) };
}

function untilPosed(page: PageClient, start: Frame, slot = 0): Promise<Frame> {
  const before = Array.from(start.slots[slot]!.angles);
  return page.untilFrame(
    ({ seq, slots }) =>
      seq > start.seq && before.some((angle, i) => Math.abs(slots[slot]!.angles[i]! - angle) > 1e-3),
  );
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 5);
}

it("puts one arm at rest at the angles, and nothing else moves", async () => {
  const { page, start } = await paused();
  page.send({ op: "pose", slot: 1, angles: POSTURE });
  const posed = await untilPosed(page, start, 1);
  const [other, arm] = posed.slots;
  expectClose(arm!.angles, POSTURE);
  expect([...arm!.torques].every((torque) => torque === 0)).toBe(true);
  expect(arm!.objectPositions).toEqual(start.slots[1]!.objectPositions);
  expect(arm!.objectRotations).toEqual(start.slots[1]!.objectRotations);
  expectClose(arm!.openings, start.slots[1]!.openings);
  expect(arm!.endEffector).not.toEqual(start.slots[1]!.endEffector);
  expect(other).toEqual(start.slots[0]);
  expect([posed.time, posed.resets, posed.goal, posed.playing]).toEqual([
    start.time,
    start.resets,
    start.goal,
    false,
  ]);
});

it("plays on from the posture", async () => {
  const { page, start } = await paused();
  page.send({ op: "pose", slot: 0, angles: POSTURE });
  const posed = await untilPosed(page, start);
  page.send({ op: "step" });
  const next = await page.untilFrame(({ time }) => time > start.time);
  // The controller applies no torque and gravity is compensated, so the arm stays at rest.
  for (const [i, angle] of POSTURE.entries()) expect(next.slots[0]!.angles[i]).toBeCloseTo(angle, 3);
  expect(next.resets).toBe(start.resets);
  const [cube, before] = [next.slots[0]!.objectPositions, posed.slots[0]!.objectPositions];
  for (const axis of [0, 1, 2]) expect(cube[axis]).toBeCloseTo(before[axis]!, 3);
  page.send({ op: "play", playing: true });
  await page.untilFrame(({ time }) => time > start.time + 0.2);
});

it("clamps angles beyond the limits, and is the same when it is repeated", async () => {
  const { page, start } = await paused();
  const [low, high] = [-1000, 1000].map((angle) => LINKS.map(() => angle));
  page.send({ op: "pose", slot: 0, angles: low! });
  const lowest = await untilPosed(page, start);
  expectClose(
    lowest.slots[0]!.angles,
    LINKS.map(({ limits }) => limits?.[0] ?? -1000),
  );
  page.send({ op: "pose", slot: 0, angles: high! });
  const highest = await untilPosed(page, lowest);
  expectClose(
    highest.slots[0]!.angles,
    LINKS.map(({ limits }) => limits?.[1] ?? 1000),
  );
  page.send({ op: "pose", slot: 0, angles: low! });
  expect((await untilPosed(page, highest)).slots).toEqual(lowest.slots);
});

it("ends a push on that arm only", async () => {
  const { page } = await paused();
  page.send({ op: "push", slot: null, link: 2, point: [0, 0, 0], force: [10, 0, 0] });
  const pushed = await page.untilFrame(({ slots }) => slots.every(({ pushLink }) => pushLink === 2));
  page.send({ op: "pose", slot: 0, angles: POSTURE });
  const { slots } = await untilPosed(page, pushed);
  expect(slots.map(({ pushLink }) => pushLink)).toEqual([-1, 2]);
});

it.each<[string, ClientMessage, RegExp]>([
  [
    "an arm that is not there",
    { op: "pose", slot: 2, angles: POSTURE },
    /^pose slot: expected less than 2, got 2$/,
  ],
  [
    "too few angles",
    { op: "pose", slot: 0, angles: POSTURE.slice(1) },
    new RegExp(`^${ENV} pose: expected ${LINKS.length} angles, got ${LINKS.length - 1}$`),
  ],
  [
    "too many angles",
    { op: "pose", slot: 0, angles: [...POSTURE, 0] },
    new RegExp(`^${ENV} pose: expected ${LINKS.length} angles, got ${LINKS.length + 1}$`),
  ],
])("refuses %s, and nothing changes", async (_, request, message) => {
  const { page, start } = await paused();
  page.send(request);
  expect((await page.untilMessage("error")).message).toMatch(message);
  page.send({ op: "noise", noise: 0.5 });
  const after = await page.untilFrame(({ seq }) => seq > start.seq);
  expect(after.slots).toEqual(start.slots);
});

it("refuses an arm that moves, and a page without a session", async () => {
  const page = await PageClient.connect(await startServer());
  page.send({ op: "pose", slot: 0, angles: POSTURE });
  expect((await page.untilMessage("error")).message).toMatch(
    /^pose: expected a live session that this page has joined, got none/,
  );
  page.send({ op: "live", request: 1, slots: [{ source: SOURCE }], seed: 4 });
  await page.untilFrame(({ time }) => time > 0.1);
  page.send({ op: "pose", slot: 0, angles: POSTURE });
  const { message } = await page.untilMessage("error", (each) => /paused/.test(each.message));
  expect(message).toBe("pose: expected a paused session, got one that plays. Pause it first");
  const { time, slots } = page.frames.at(-1)!;
  const later = await page.untilFrame((frame) => frame.time > time + 0.1);
  expectClose(later.slots[0]!.angles, slots[0]!.angles);
});

it("closes a page that sends NaN, as JSON writes it, and nothing changes", async () => {
  const { server, page, start } = await paused();
  const other = await PageClient.connect(server);
  other.send({ op: "join", request: 1, session: start.session });
  await other.untilFrame(() => true);
  page.socket.send(JSON.stringify({ op: "pose", slot: 0, angles: POSTURE.map(() => Number.NaN) }));
  expect(await page.closed()).toEqual({ code: 1008, reason: "invalid message of steadyarm.v2" });
  other.send({ op: "noise", noise: 0.5 });
  const { seq } = other.frames.at(-1)!;
  expect((await other.untilFrame((frame) => frame.seq > seq)).slots).toEqual(start.slots);
});
