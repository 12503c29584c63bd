/** @file The measures of oscillation. */

import { describe, expect, it } from "vitest";
import { DEAD_BAND, signChangesPerSecond, successSpread } from "../../../viewer/web/playback/oscillation.ts";

describe("signChangesPerSecond", () => {
  it("counts a change at every step of an alternating component", () => {
    // Ten steps of 40 ms between eleven rows: ten changes in 0.4 s.
    const torques = Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? 0.8 : -0.8));
    expect(signChangesPerSecond(torques, 1, 0.04)).toBeCloseTo(25, 9);
  });

  it("averages over components", () => {
    const rows = Array.from({ length: 11 }, (_, i) => [i % 2 === 0 ? 0.8 : -0.8, 0.5, -0.2, 0.1]);
    expect(signChangesPerSecond(rows.flat(), 4, 0.04)).toBeCloseTo(25 / 4, 9);
  });

  it("ignores values in the dead band, but counts a change across it", () => {
    const small = DEAD_BAND / 2;
    expect(signChangesPerSecond([0.5, small, -small, small, 0.5], 1, 0.1)).toBe(0);
    expect(signChangesPerSecond([0.5, 0, -0.5], 1, 0.5)).toBe(1);
  });

  it("does not depend on the sampling rate", () => {
    const coarse = Array.from({ length: 11 }, (_, i) => (i % 3 === 0 ? 0.6 : -0.6));
    const fine = coarse.slice(0, -1).flatMap((x) => [x, x, x, x]);
    fine.push(coarse[10] ?? 0);
    expect(signChangesPerSecond(fine, 1, 0.01)).toBeCloseTo(signChangesPerSecond(coarse, 1, 0.04), 9);
  });

  it("is 0 for less than two rows", () => {
    expect(signChangesPerSecond([], 7, 0.04)).toBe(0);
    expect(signChangesPerSecond([1, -1], 2, 0.04)).toBe(0);
  });
});

describe("successSpread", () => {
  it("includes only evaluations since the success rate first came near its maximum", () => {
    expect(successSpread([0, 0.3, 0.82, 1, 1, 1])).toEqual({ min: 1, max: 1, std: 0, evaluations: 3 });
  });

  it("has the standard deviation of a success rate that falls again", () => {
    const spread = successSpread([0, 0.5, 0.96, 0.7, 1, 0.76]);
    expect(spread).toMatchObject({ min: 0.7, max: 1, evaluations: 4 });
    expect(spread?.std).toBeCloseTo(0.1276, 4);
  });

  it("is undefined for less than two evaluations, or if none succeeded", () => {
    expect(successSpread([])).toBeUndefined();
    expect(successSpread([0.2, 1])).toBeUndefined();
    expect(successSpread([0, 0, 0])).toBeUndefined();
  });
});
