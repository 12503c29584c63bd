/** @file Contacts in the frames of a live session: only while a page asks for them, and equal for all pages. */

import { expect, it } from "vitest";
import type { ClientMessage } from "../../../shared/protocol.ts";
import { CONTACT_SIZE } from "../../../shared/protocol-contact.ts";
import type { Frame } from "../../../shared/protocol-frame.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { PageClient, startServer } from "./page-client.ts";

const SOURCE = "builtin:no torque, panda-push";
const LIVE: ClientMessage = { op: "live", request: 1, slots: [{ source: SOURCE }], seed: 1 };

/** Vertical force on the cube, N. */
function lift(frame: Frame): number {
  const { links } = sceneMessages().find(({ env }) => env === "panda-push") ?? { links: [] };
  const rows = frame.contacts?.[0] ?? new Float32Array(0);
  let sum = 0;
  for (let row = 0; row < rows.length; row += CONTACT_SIZE) {
    const [first, second, , , , , , vertical = 0] = rows.subarray(row, row + CONTACT_SIZE);
    if (first === -1 && second === links.length) sum += vertical;
  }
  return sum;
}

it("are sent while a page inspects them", async () => {
  const server = await startServer();
  const [page, other] = [await PageClient.connect(server), await PageClient.connect(server)];
  page.send(LIVE);
  const { session } = await page.untilMessage("session");
  other.send({ op: "join", request: 1, session });
  expect((await other.untilFrame(({ time }) => time > 0.2)).contacts).toBeNull();
  page.send({ op: "inspect", contacts: true });
  // The table carries the cube of panda-push, 0.5 kg.
  const resting = await page.untilFrame((frame) => frame.contacts !== null && frame.time > 0.5);
  expect(lift(resting) / (0.5 * 9.81)).toBeCloseTo(1, 1);
  await other.untilFrame(({ contacts }) => contacts !== null);
  page.send({ op: "inspect", contacts: false });
  const { seq } = await other.untilFrame((frame) => frame.seq > resting.seq && frame.contacts === null);
  // A page that leaves asks for nothing any more.
  page.send({ op: "inspect", contacts: true });
  await other.untilFrame((frame) => frame.seq > seq && frame.contacts !== null);
  page.send({ op: "leave" });
  const last = other.frames.at(-1)?.seq ?? 0;
  await other.untilFrame((frame) => frame.seq > last + 1 && frame.contacts === null);
});

it("are refused outside of a live session", async () => {
  const page = await PageClient.connect(await startServer());
  page.send({ op: "inspect", contacts: true });
  expect((await page.untilMessage("error")).message).toMatch(
    /^inspect: expected a live session that this page has joined, got none/,
  );
});
