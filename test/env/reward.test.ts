/** @file What rewards pay, by arithmetic. */

import { describe, expect, it } from "vitest";
import { isAchieved, REWARDS, rewardRange } from "../../env/reward.ts";

const origin = new Float32Array(3);
/** 5 cm as float32 is a hair more than 0.05. */
const [near, edge, far] = [0.049, 0.05, 0.3].map((x) => Float32Array.of(x, 0, 0));

describe("the sparse reward", () => {
  it("pays 0 within 5 cm and −1 from there on", () => {
    expect([near, edge, far].map((goal) => REWARDS.sparse(origin, goal!))).toEqual([0, -1, -1]);
    expect([near, edge, far].map((goal) => isAchieved(origin, goal!))).toEqual([true, false, false]);
    expect(rewardRange("sparse", 2)).toEqual([-1, 0]);
  });
});

describe("the dense reward", () => {
  it("pays minus the distance in metres", () => {
    expect(REWARDS.dense(Float32Array.of(3, 4, 0), origin)).toBe(-5);
    expect(REWARDS.dense(origin, far!)).toBeCloseTo(-0.3, 7);
    expect(rewardRange("dense", 2)).toEqual([-2, 0]);
  });
});

it("rewards depend on nothing but the two goals, and change neither", () => {
  for (const pay of Object.values(REWARDS)) {
    const [achieved, desired] = [Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 4)];
    const first = pay(achieved, desired);
    pay(origin, far!);
    expect(pay(achieved, desired)).toBe(first);
    expect([achieved, desired]).toEqual([Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 4)]);
  }
});
