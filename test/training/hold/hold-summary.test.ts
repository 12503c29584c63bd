import { describe, expect, it } from "vitest";
import { summarizeHold } from "../../../training/hold/hold-summary.ts";
import { type HoldTest, scheduleOf } from "../../../training/hold/hold-test.ts";
import type { LongEpisode } from "../../../training/hold/long-episode.ts";

const TIMESTEP = 0.1;
const PLAIN: HoldTest = { seconds: 10, push: 0, goalSpeed: 0, randomPosture: false };
const PUSHED: HoldTest = { ...PLAIN, push: 40 };

/** An episode that is at its goal after step s (counted from 1) if `isAchieved(s)`. */
function episode(seconds: number, isAchieved: (step: number) => boolean, distances = 0): LongEpisode {
  const steps = seconds / TIMESTEP;
  const outcome = {
    successAtEnd: true,
    successOnce: true,
    finalDistance: 0,
    episodeReturn: 0,
    length: 1,
    figures: {},
  };
  return {
    outcome,
    distances: new Float32Array(steps).fill(distances),
    achieved: Uint8Array.from({ length: steps }, (_, i) => (isAchieved(i + 1) ? 1 : 0)),
  };
}

describe("the schedule of a test", () => {
  it("pushes every 5 s while there is time to recover", () => {
    expect(scheduleOf({ ...PUSHED, seconds: 20 }, TIMESTEP)).toEqual({
      steps: 200,
      settled: 30,
      pushes: [
        { start: 50, end: 52, deadline: 72 },
        { start: 100, end: 102, deadline: 122 },
        { start: 150, end: 152, deadline: 172 },
      ],
    });
    expect(scheduleOf(PLAIN, TIMESTEP).pushes).toEqual([]);
  });
});

describe("summarizeHold", () => {
  it("counts the episodes at the goal at each second, cut at the duration", () => {
    const leaves = (step: number) => episode(10, (s) => s < step);
    const { holdRate, holdCurve } = summarizeHold(
      [leaves(31), leaves(50), leaves(51), leaves(999)],
      PLAIN,
      TIMESTEP,
    );
    expect(holdRate).toEqual({ 3: 1, 5: 0.5, 10: 0.25 });
    expect(holdCurve).toEqual([1, 1, 1, 0.75, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25]);
  });

  it.each([
    ["is late but in time", (s: number) => s >= 30, 1],
    ["is late by one step", (s: number) => s >= 31, 0],
    ["leaves for one step and comes back", (s: number) => s !== 64, 0],
    ["leaves at the last step", (s: number) => s !== 100, 0],
  ])("counts as held, or not, an episode that %s", (_, isAchieved, held) => {
    expect(summarizeHold([episode(10, isAchieved)], PLAIN, TIMESTEP).held).toBe(held);
  });

  it("gives a pushed arm 2 s after the push to be back", () => {
    const away = (from: number, to: number) =>
      summarizeHold([episode(10, (s) => s < from || s > to)], PUSHED, TIMESTEP);
    expect(away(51, 60)).toMatchObject({ held: 1, recovery: 1, pushes: 1, recoverySeconds: 0.9 });
    expect(away(51, 71)).toMatchObject({ held: 1, recovery: 1, recoverySeconds: 2 });
    expect(away(51, 72)).toMatchObject({ held: 0, recovery: 0, recoverySeconds: null });
    expect(away(50, 60)).toMatchObject({ held: 0, recovery: 1 });
    expect(away(73, 73)).toMatchObject({ held: 0, recovery: 1, recoverySeconds: 0 });
  });

  it("measures the distance to a moving goal after 3 s", () => {
    const test = { ...PLAIN, goalSpeed: 0.1 };
    const late = episode(10, () => true, 0.02);
    late.distances.fill(9, 0, 29);
    const { trackingError, trackingErrorP95 } = summarizeHold(
      [late, episode(10, () => true, 0.02)],
      test,
      TIMESTEP,
    );
    expect(trackingError).toBeCloseTo(0.02, 6);
    expect(trackingErrorP95).toBeCloseTo(0.02, 6);
  });

  it("has figures of pushes and of a moving goal only in tests with them", () => {
    expect(Object.keys(summarizeHold([episode(10, () => true)], PLAIN, TIMESTEP))).toEqual([
      "holdRate",
      "holdCurve",
      "held",
    ]);
  });
});
