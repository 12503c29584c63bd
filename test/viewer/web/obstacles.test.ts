/** @file What a view does not allow, and the line that says why. */

import { expect, it } from "vitest";
import { type Operation, obstacleTo } from "../../../viewer/web/controls/obstacles.ts";

const OPERATIONS: readonly Operation[] = ["choose", "seed", "goal", "live", "push", "video", "file"];

const refused = (
  state: Partial<Parameters<typeof obstacleTo>[1]>,
  recordedSeed?: number,
): readonly Operation[] =>
  OPERATIONS.filter(
    (operation) =>
      obstacleTo(
        operation,
        { connection: "open", mode: "replay", slots: [], ...state },
        { recordedSeed: () => recordedSeed },
      ) !== "",
  );

it("allows everything but a push in a replay of policies", () => {
  expect(refused({})).toEqual(["push"]);
});

it("refuses video and file in a live session", () => {
  expect(refused({ mode: "live" })).toEqual(["video", "file"]);
});

it("refuses another seed, another goal and a live session of a recording", () => {
  expect(refused({}, 7)).toEqual(["seed", "goal", "live", "push"]);
});

it("refuses all but a video in an exported file", () => {
  expect(refused({ connection: "recording" })).toEqual(OPERATIONS.filter((each) => each !== "video"));
});
