/**
 * @file Goal rewards as pure functions: sparse, dense, and sparse with potential-based shaping.
 *
 * Shaping adds γΦ(s′) − Φ(s) with Φ = −scale · distance. Only this form keeps the optimal policy in every task
 * (Ng, Harada & Russell 1999, theorem 1); the dense reward −distance is not of this form.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { GoalEnv, RewardFunction } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";

export type RewardName = EnvConfig["reward"];

export const REWARD_NAMES: readonly RewardName[] = ["sparse", "dense", "potential"];

/** Distance below which a goal counts as achieved, metres: Fetch and panda-gym. */
export const SUCCESS_DISTANCE = 0.05;

/** Returns whether a goal is achieved; the sparse reward uses the same test. */
export function isAchieved(achievedGoal: Float32Array, desiredGoal: Float32Array): boolean {
  return distance(achievedGoal, desiredGoal) < SUCCESS_DISTANCE;
}

/** 0 if the goal is achieved, else −1, as in Fetch and panda-gym. */
export const sparseReward: RewardFunction = (achievedGoal, desiredGoal) =>
  isAchieved(achievedGoal, desiredGoal) ? 0 : -1;

/** −distance, metres, as in Fetch and panda-gym. */
export const denseReward: RewardFunction = (achievedGoal, desiredGoal) =>
  -distance(achievedGoal, desiredGoal);

/** Returns the sparse reward with potential-based shaping: r + γΦ′ − Φ, Φ = −scale · distance. */
export function potentialReward(scale: number, gamma: number): RewardFunction {
  return (achievedGoal, desiredGoal, previousAchievedGoal) =>
    sparseReward(achievedGoal, desiredGoal, previousAchievedGoal) +
    scale * (distance(previousAchievedGoal, desiredGoal) - gamma * distance(achievedGoal, desiredGoal));
}

export interface RewardSettings extends Pick<EnvConfig, "reward" | "potentialScale"> {
  /** The agent's discount factor γ: shaping is correct for this γ only. */
  readonly gamma: number;
}

/** A reward function and its range, as declared by a GoalEnv. */
export type GoalReward = Pick<GoalEnv, "computeReward" | "rewardRange" | "potentialRange">;

/** Returns the configured reward; two goals are at most `goalSpan` metres apart. */
export function makeReward({ reward, potentialScale, gamma }: RewardSettings, goalSpan: number): GoalReward {
  switch (reward) {
    case "sparse":
      return { computeReward: sparseReward, rewardRange: [-1, 0] };
    case "dense":
      return { computeReward: denseReward, rewardRange: [-goalSpan, 0] };
    case "potential":
      return {
        computeReward: potentialReward(potentialScale, gamma),
        rewardRange: [-1, 0],
        potentialRange: [-potentialScale * goalSpan, 0],
      };
  }
}
