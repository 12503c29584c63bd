/** @file What rewards pay, by arithmetic; that a potential leaves the optimal policy alone, and −distance does not. */

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
/** 5 cm as float32 is a hair more than 0.05. */
const [near, edge, far] = [0.049, 0.05, 0.3].map((x) => Float32Array.of(x, 0, 0));
const plain = { potentialScale: 10, gamma: 0.9 } as const;

describe("the sparse reward", () => {
  it("pays 0 within 5 cm and −1 from there on", () => {
    expect([near, edge, far].map((goal) => sparseReward(origin, goal!, far!))).toEqual([0, -1, -1]);
    expect([near, edge, far].map((goal) => isAchieved(origin, goal!))).toEqual([true, false, false]);
    expect(makeReward({ ...plain, reward: "sparse" }, 2)).toMatchObject({ rewardRange: [-1, 0] });
  });
});

describe("the dense reward", () => {
  it("pays minus the distance in metres", () => {
    expect(denseReward(Float32Array.of(3, 4, 0), origin, origin)).toBe(-5);
    expect(denseReward(origin, far!, origin)).toBeCloseTo(-0.3, 7);
    expect(makeReward({ ...plain, reward: "dense" }, 2)).toMatchObject({ rewardRange: [-2, 0] });
  });
});

describe("the potential reward", () => {
  const { computeReward, rewardRange, potentialRange } = makeReward({ ...plain, reward: "potential" }, 2);

  it("pays the sparse reward, plus γΦ after the step, less Φ before it, with Φ = −c · distance", () => {
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
    "leaves every optimal move of a maze as the sparse reward has it, at γ = %d",
    (gamma) => {
      const sparse = greedyMoves(solve(sparseReward, gamma), sparseReward, gamma);
      for (const scale of [0.1, 1, 10, 100]) {
        const shaped = potentialReward(scale, gamma);
        expect(greedyMoves(solve(shaped, gamma), shaped, gamma), `c = ${scale}`).toEqual(sparse);
      }
    },
  );

  it("moves every value of the maze by exactly its potential, within the bounds of returns", () => {
    const [gamma, scale] = [0.9, 3];
    const span = 2;
    const facts = makeReward({ reward: "potential", potentialScale: scale, gamma }, span);
    const [low, high] = returnBounds(facts.rewardRange, gamma, facts.potentialRange);
    const sparse = solve(sparseReward, gamma);
    const shaped = solve(facts.computeReward, gamma);
    for (const [i, place] of CORRIDOR.places.entries()) {
      const potential = scale * denseReward(place, CORRIDOR.goal, place);
      expect(shaped[i]).toBeCloseTo(sparse[i]! - potential, 6);
      expect(shaped[i]).toBeGreaterThanOrEqual(low);
      expect(shaped[i]).toBeLessThanOrEqual(high);
    }
  });
});

it("minus the distance, or a potential discounted by another γ, changes what is optimal in that maze", () => {
  const gamma = 0.9;
  const best = greedyMoves(solve(sparseReward, gamma), sparseReward, gamma);
  for (const other of [denseReward, potentialReward(10, 0.5)]) {
    expect(greedyMoves(solve(other, gamma), other, gamma)).not.toEqual(best);
  }
});

describe("bounds of returns", () => {
  it("are those of the reward over 1 − γ, moved by those of the potential", () => {
    expect(returnBounds([-1, 0], 0.75)).toEqual([-4, 0]);
    expect(returnBounds([-1, 0], 0.75, [-6, 0])).toEqual([-4, 6]);
    expect(returnBounds([Number.NEGATIVE_INFINITY, 0], 0.75)).toEqual([Number.NEGATIVE_INFINITY, 0]);
  });
});

it.each(REWARD_NAMES)(
  "the %s reward depends on nothing but the goals it is given, and changes none",
  (reward) => {
    const pay: RewardFunction = makeReward({ ...plain, reward }, 2).computeReward;
    const [achieved, desired, previous] = [1, 2, 3].map((x) => Float32Array.of(x, 2, 3));
    const first = pay(achieved!, desired!, previous!);
    pay(origin, far!, near!);
    expect(pay(achieved!, desired!, previous!)).toBe(first);
    expect([achieved, desired, previous]).toEqual([1, 2, 3].map((x) => Float32Array.of(x, 2, 3)));
  },
);
