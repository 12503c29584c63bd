import { describe, expect, it } from "vitest";
import {
  DEAD_BAND,
  signChangesPerSecond,
  successSpread,
  verdictOf,
} from "../../../viewer/web/oscillation.ts";

describe("signChangesPerSecond", () => {
  it("counts a change at every step for a joint that goes back and forth", () => {
    // Ten steps of 40 ms between eleven rows: ten changes in 0.4 s.
    const torques = Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? 0.8 : -0.8));
    expect(signChangesPerSecond(torques, 1, 0.04)).toBeCloseTo(25, 9);
  });

  it("averages over the joints", () => {
    const rows = Array.from({ length: 11 }, (_, i) => [i % 2 === 0 ? 0.8 : -0.8, 0.5, -0.2, 0.1]);
    expect(signChangesPerSecond(rows.flat(), 4, 0.04)).toBeCloseTo(25 / 4, 9);
  });

  it("does not count trembling around nothing, but a change on either side of it", () => {
    const small = DEAD_BAND / 2;
    expect(signChangesPerSecond([0.5, small, -small, small, 0.5], 1, 0.1)).toBe(0);
    expect(signChangesPerSecond([0.5, 0, -0.5], 1, 0.5)).toBe(1);
  });

  it("is the same whether a torque is sampled once or four times a step", () => {
    const coarse = Array.from({ length: 11 }, (_, i) => (i % 3 === 0 ? 0.6 : -0.6));
    const fine = coarse.slice(0, -1).flatMap((x) => [x, x, x, x]);
    fine.push(coarse[10] ?? 0);
    expect(signChangesPerSecond(fine, 1, 0.01)).toBeCloseTo(signChangesPerSecond(coarse, 1, 0.04), 9);
  });

  it("is 0 where there is nothing to compare", () => {
    expect(signChangesPerSecond([], 7, 0.04)).toBe(0);
    expect(signChangesPerSecond([1, -1], 2, 0.04)).toBe(0);
  });
});

describe("successSpread", () => {
  it("looks only at what came after the run had learned", () => {
    expect(successSpread([0, 0.3, 0.82, 1, 1, 1])).toEqual({ low: 1, high: 1, deviation: 0, evaluations: 3 });
  });

  it("sees a run fall back after it had learned", () => {
    const spread = successSpread([0, 0.5, 0.96, 0.7, 1, 0.76]);
    expect(spread).toMatchObject({ low: 0.7, high: 1, evaluations: 4 });
    expect(spread?.deviation).toBeCloseTo(0.1276, 4);
  });

  it("has nothing to say before two evaluations, or of a run that never succeeded", () => {
    expect(successSpread([])).toBeUndefined();
    expect(successSpread([0.2, 1])).toBeUndefined();
    expect(successSpread([0, 0, 0])).toBeUndefined();
  });
});

describe("verdictOf", () => {
  it("calls a policy oscillating for its torque, or for its swings in training", () => {
    const swinging = successSpread([1, 0.7, 1, 0.8]);
    const calm = successSpread([1, 1, 0.98]);
    expect(verdictOf(8.1, calm)).toBe("oscillating");
    expect(verdictOf(0.6, swinging)).toBe("oscillating");
    expect(verdictOf(0.6, calm)).toBe("steady");
    expect(verdictOf(0.6, undefined)).toBe("steady");
  });
});
