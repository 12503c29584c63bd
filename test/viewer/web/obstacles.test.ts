/** @file What a view does not allow, and the line that says why. */

import { expect, it } from "vitest";
import type { SessionMessage } from "../../../shared/protocol.ts";
import { type Operation, obstacleTo } from "../../../viewer/web/controls/obstacles.ts";

const OPERATIONS: readonly Operation[] = ["choose", "seed", "goal", "live", "push", "pose", "video", "file"];

const SESSION: SessionMessage = {
  op: "session",
  request: null,
  session: 1,
  env: "panda-reach",
  slots: [],
  seed: 1,
  goal: [0.4, 0, 0.4],
  noise: 0,
  speed: 1,
  playing: false,
  watchers: 1,
};

const refused = (
  state: Partial<Parameters<typeof obstacleTo>[1]>,
  recordedSeed?: number,
  session?: SessionMessage,
): readonly Operation[] =>
  OPERATIONS.filter(
    (operation) =>
      obstacleTo(
        operation,
        { connection: "open", mode: "replay", slots: [], ...state },
        { recordedSeed: () => recordedSeed, session },
      ) !== "",
  );

it("allows everything but a push and a posture in a replay of policies", () => {
  expect(refused({})).toEqual(["push", "pose"]);
});

it("refuses video and file in a live session, and a posture unless it is paused", () => {
  expect(refused({ mode: "live" })).toEqual(["pose", "video", "file"]);
  expect(refused({ mode: "live" }, undefined, SESSION)).toEqual(["video", "file"]);
  expect(refused({ mode: "live" }, undefined, { ...SESSION, playing: true })).toEqual([
    "pose",
    "video",
    "file",
  ]);
});

it("says how the arm can be posed", () => {
  const hint = (mode: "replay" | "live", session?: SessionMessage) =>
    obstacleTo("pose", { connection: "open", mode, slots: [] }, { recordedSeed: () => undefined, session });
  expect(hint("replay", SESSION)).toMatch(/Live and pause/);
  expect(hint("live")).toMatch(/has started/);
  expect(hint("live", { ...SESSION, playing: true })).toMatch(/^Pause/);
});

it("refuses another seed, another goal and a live session of a recording", () => {
  expect(refused({}, 7)).toEqual(["seed", "goal", "live", "push", "pose"]);
});

it("refuses all but a video in an exported file", () => {
  expect(refused({ connection: "recording" })).toEqual(OPERATIONS.filter((each) => each !== "video"));
});
