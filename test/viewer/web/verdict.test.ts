/** @file The verdict on a policy by its recorded episodes. */

import { describe, expect, it } from "vitest";
import type { SlotStatistics } from "../../../viewer/web/playback/episode-cache.ts";
import { successSpread } from "../../../viewer/web/playback/oscillation.ts";
import { verdictOn } from "../../../viewer/web/playback/verdict.ts";

/** Ten episodes that all end at the goal, with calm actions. */
const CALM: SlotStatistics = { episodes: 10, successes: 10, reached: 10, signChanges: 0.6 };

describe("verdictOn", () => {
  it("is steady if most episodes end at the goal with calm actions", () => {
    expect(verdictOn(CALM, undefined)).toEqual({
      state: "steady",
      detail: "· at the goal at the end of 10 of 10 episodes",
    });
    expect(verdictOn({ ...CALM, successes: 5 }, successSpread([1, 1, 0.98]))?.state).toBe("steady");
    expect(verdictOn({ ...CALM, episodes: 1, successes: 1, reached: 1 }, undefined)?.detail).toMatch(
      /1 of 1 episode$/,
    );
  });

  it("is oscillating if the actions alternate or the success rate varied, and says which", () => {
    expect(verdictOn({ ...CALM, signChanges: 8.1 }, undefined)).toEqual({
      state: "oscillating",
      detail: "· its actions reverse 8 times a second",
    });
    expect(verdictOn(CALM, successSpread([1, 0.7, 1, 0.8]))).toEqual({
      state: "oscillating",
      detail: "· its success rate varied between 0.70 and 1.00 in training",
    });
  });

  it("is oscillating if it comes to its goals and cannot stay there", () => {
    expect(verdictOn({ ...CALM, signChanges: 8.1, successes: 2 }, undefined)?.state).toBe("oscillating");
  });

  it("is not at the goal if most episodes end elsewhere, however the actions alternate", () => {
    const away = { ...CALM, successes: 1, reached: 2 };
    for (const signChanges of [0, 2, 12]) {
      expect(verdictOn({ ...away, signChanges }, undefined)).toEqual({
        state: "not at the goal",
        detail: "at the end of 9 of 10 episodes",
      });
    }
    // It comes to its goals and leaves them for good.
    expect(verdictOn({ ...CALM, successes: 4 }, undefined)?.state).toBe("not at the goal");
  });

  it("says nothing without an episode", () => {
    expect(verdictOn({ episodes: 0, successes: 0, reached: 0, signChanges: 0 }, undefined)).toBeUndefined();
  });
});
