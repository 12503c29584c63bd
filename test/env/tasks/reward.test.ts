/** @file Goal rewards: values by hand calculation; a potential keeps the optimal policy, −distance does not. */

import { describe, expect, it } from "vitest";
import {
  denseReward,
  isAchieved,
  makeReward,
  potentialReward,
  REWARD_NAMES,
  sparseReward,
} from "../../../env/tasks/reward.ts";
import type { RewardFunction } from "../../../shared/goal-env.ts";
import { returnBounds } from "../../../shared/return-bounds.ts";
import { CORRIDOR, greedyMoves, solve } from "./corridor.ts";

const origin = new Float32Array(3);
/** In float32, 0.05 is slightly larger than in float64. */
const [near, edge, far] = [0.049, 0.05, 0.3].map((x) => Float32Array.of(x, 0, 0));
const settings = { potentialScale: 10, gamma: 0.9 } as const;

describe("the sparse reward", () => {
  it("is 0 within 5 cm and −1 elsewhere", () => {
    expect([near, edge, far].map((goal) => sparseReward(origin, goal!, far!))).toEqual([0, -1, -1]);
    expect([near, edge, far].map((goal) => isAchieved(origin, goal!))).toEqual([true, false, false]);
    expect(makeReward({ ...settings, reward: "sparse" }, 2)).toMatchObject({ rewardRange: [-1, 0] });
  });
});

describe("the dense reward", () => {
  it("is minus the distance in metres", () => {
    expect(denseReward(Float32Array.of(3, 4, 0), origin, origin)).toBe(-5);
    expect(denseReward(origin, far!, origin)).toBeCloseTo(-0.3, 7);
    expect(makeReward({ ...settings, reward: "dense" }, 2)).toMatchObject({ rewardRange: [-2, 0] });
  });
});

describe("the potential reward", () => {
  const { computeReward, rewardRange, potentialRange } = makeReward({ ...settings, reward: "potential" }, 2);

  it("is the sparse reward + γΦ(s′) − Φ(s) with Φ = −c · distance", () => {
    const goal = Float32Array.of(1, 0, 0);
    // From 1 m away to 0.7 m: −1 + 0.9 · (−7) − (−10).
    expect(computeReward(far!, goal, origin)).toBeCloseTo(-1 - 0.9 * 7 + 10, 5);
    expect(computeReward(goal, goal, far!)).toBeCloseTo(7, 5);
    expect([rewardRange, potentialRange]).toEqual([
      [-1, 0],
      [-20, 0],
    ]);
  });

  it.each([0.5, 0.9, 0.99])(
    "has the same optimal moves in a maze as the sparse reward, at γ = %d",
    (gamma) => {
      const sparse = greedyMoves(solve(sparseReward, gamma), sparseReward, gamma);
      for (const scale of [0.1, 1, 10, 100]) {
        const shaped = potentialReward(scale, gamma);
        expect(greedyMoves(solve(shaped, gamma), shaped, gamma), `c = ${scale}`).toEqual(sparse);
      }
    },
  );

  it("shifts every value in the maze by exactly −Φ, within the return bounds", () => {
    const [gamma, scale] = [0.9, 3];
    const span = 2;
    const reward = makeReward({ reward: "potential", potentialScale: scale, gamma }, span);
    const [low, high] = returnBounds(reward.rewardRange, gamma, reward.potentialRange);
    const sparse = solve(sparseReward, gamma);
    const shaped = solve(reward.computeReward, gamma);
    for (const [i, position] of CORRIDOR.positions.entries()) {
      const potential = scale * denseReward(position, CORRIDOR.goal, position);
      expect(shaped[i]).toBeCloseTo(sparse[i]! - potential, 6);
      expect(shaped[i]).toBeGreaterThanOrEqual(low);
      expect(shaped[i]).toBeLessThanOrEqual(high);
    }
  });
});

it("the dense reward, or a potential with another γ, changes the optimal moves in the maze", () => {
  const gamma = 0.9;
  const optimal = greedyMoves(solve(sparseReward, gamma), sparseReward, gamma);
  for (const other of [denseReward, potentialReward(10, 0.5)]) {
    expect(greedyMoves(solve(other, gamma), other, gamma)).not.toEqual(optimal);
  }
});

describe("returnBounds", () => {
  it("divides the reward range by 1 − γ and shifts it by the potential range", () => {
    expect(returnBounds([-1, 0], 0.75)).toEqual([-4, 0]);
    expect(returnBounds([-1, 0], 0.75, [-6, 0])).toEqual([-4, 6]);
    expect(returnBounds([Number.NEGATIVE_INFINITY, 0], 0.75)).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });
});

it.each(REWARD_NAMES)("the %s reward depends only on its arguments and does not change them", (reward) => {
  const compute: RewardFunction = makeReward({ ...settings, reward }, 2).computeReward;
  const [achieved, desired, previous] = [1, 2, 3].map((x) => Float32Array.of(x, 2, 3));
  const first = compute(achieved!, desired!, previous!);
  compute(origin, far!, near!);
  expect(compute(achieved!, desired!, previous!)).toBe(first);
  expect([achieved, desired, previous]).toEqual([1, 2, 3].map((x) => Float32Array.of(x, 2, 3)));
});
