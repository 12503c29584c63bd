/** @file The limit of live sessions, and their end with the server, whatever pages do at that moment. */

import { expect, it } from "vitest";
import type { ClientMessage } from "../../../shared/protocol.ts";
import { LiveSessions } from "../../../viewer/server/live-sessions.ts";
import { PageClient, startServer } from "./page-client.ts";

const SOURCE = "builtin:no torque, planar2-reach";
const live = (slots = 1): ClientMessage => ({
  op: "live",
  request: 1,
  slots: Array.from({ length: slots }, () => ({ source: SOURCE })),
  seed: 1,
});

it("allows 8 sessions, however many pages ask at once", async () => {
  const server = await startServer();
  const pages = await Promise.all(Array.from({ length: 20 }, () => PageClient.connect(server)));
  for (const page of pages) page.send(live(2));
  const answers = await Promise.all(
    pages.map((page) => page.until(() => page.messages.find(({ op }) => op === "session" || op === "error"))),
  );
  expect(answers.filter(({ op }) => op === "session")).toHaveLength(8);
  expect(answers.filter(({ op }) => op === "error")).toHaveLength(12);
  expect(server.stats().sessions).toBe(8);
  // A page that leaves makes room.
  pages[answers.findIndex(({ op }) => op === "session")]?.send({ op: "leave" });
  const refused = pages[answers.findIndex(({ op }) => op === "error")];
  refused?.send(live());
  await refused?.untilMessage("session");
});

it("counts sessions whose start fails no longer", async () => {
  const sessions = new LiveSessions();
  const failing = () => Promise.reject(new Error("no arm"));
  for (let i = 0; i < 20; i++) {
    await expect(sessions.start(failing, { seed: 1, noise: 0 }, 1)).rejects.toThrow("no arm");
  }
  let finish = () => {};
  const created = new Promise<[]>((resolve) => {
    finish = () => resolve([]);
  });
  const starts = Array.from({ length: 9 }, () => sessions.start(() => created, { seed: 1, noise: 0 }, 1));
  await expect(starts.at(-1)).rejects.toThrow(/live sessions: expected at most 8/);
  sessions.dispose();
  finish();
  const ends = await Promise.allSettled(starts);
  expect(ends.map(({ status }) => status)).toEqual(Array(9).fill("rejected"));
  expect(sessions.count).toBe(0);
});

it.each<[string, ClientMessage[]]>([
  ["pushes a link", [{ op: "push", slot: 0, link: 1, point: [0, 0, 0], force: [20, 0, 0] }]],
  ["has started a session", []],
  ["starts another one", [live(4)]],
  ["opens an episode", [{ op: "open", request: 2, slots: [{ source: SOURCE }], seed: 2 }]],
])("ends while a page %s", async (_, messages) => {
  const server = await startServer();
  const page = await PageClient.connect(server);
  page.send(live());
  await page.untilMessage("session");
  for (const message of messages) page.send(message);
  if (messages[0]?.op === "push") await page.untilFrame(({ slots }) => slots[0]?.pushLink === 1);
  const closed = page.closed();
  await server.close();
  expect((await closed).code).toBe(1001);
  await expect.poll(() => server.stats()).toMatchObject({ clients: 0, sessions: 0, connections: 0 });
});
