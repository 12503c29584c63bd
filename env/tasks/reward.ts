/**
 * @file What a step pays for its goal: sparse, dense, and sparse shaped by a potential, as pure functions.
 *
 * Shaping adds γΦ(s′) − Φ(s), the only kind that leaves the optimal policy as it is whatever the
 * task (Ng, Harada & Russell 1999, theorem 1); here Φ = −c·d. The dense reward −d is not of that form.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { GoalEnv, RewardFunction } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";

export type RewardName = EnvConfig["reward"];

/** Every kind there is. */
export const REWARD_NAMES: readonly RewardName[] = ["sparse", "dense", "potential"];

/** Both goals nearer than this count as one, metres: Fetch and panda-gym. */
export const SUCCESS_DISTANCE = 0.05;

/** Whether a goal is achieved; the same test the sparse reward makes. */
export function isAchieved(achievedGoal: Float32Array, desiredGoal: Float32Array): boolean {
  return distance(achievedGoal, desiredGoal) < SUCCESS_DISTANCE;
}

/** −1, and 0 once achieved, as in Fetch and panda-gym. */
export const sparseReward: RewardFunction = (achievedGoal, desiredGoal) =>
  isAchieved(achievedGoal, desiredGoal) ? 0 : -1;

/** −distance, metres, as in Fetch and panda-gym. */
export const denseReward: RewardFunction = (achievedGoal, desiredGoal) =>
  -distance(achievedGoal, desiredGoal);

/** The sparse reward shaped by the potential Φ = −scale · distance: r + γΦ′ − Φ. */
export function potentialReward(scale: number, gamma: number): RewardFunction {
  return (achievedGoal, desiredGoal, previousAchievedGoal) =>
    sparseReward(achievedGoal, desiredGoal, previousAchievedGoal) +
    scale * (distance(previousAchievedGoal, desiredGoal) - gamma * distance(achievedGoal, desiredGoal));
}

export interface RewardSettings extends Pick<EnvConfig, "reward" | "potentialScale"> {
  /** The agent's discount factor γ: a potential shapes rightly for this one alone. */
  readonly gamma: number;
}

/** A reward and what it can be, as a GoalEnv tells it. */
export type GoalReward = Pick<GoalEnv, "computeReward" | "rewardRange" | "potentialRange">;

/** The reward of that name, where two goals are at most `span` metres apart. */
export function makeReward({ reward, potentialScale, gamma }: RewardSettings, span: number): GoalReward {
  if (reward === "sparse") return { computeReward: sparseReward, rewardRange: [-1, 0] };
  if (reward === "dense") return { computeReward: denseReward, rewardRange: [-span, 0] };
  return {
    computeReward: potentialReward(potentialScale, gamma),
    rewardRange: [-1, 0],
    potentialRange: [-potentialScale * span, 0],
  };
}
