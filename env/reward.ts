/** @file What a step pays: sparse and dense rewards, as pure functions of the two goals. */

import type { EnvConfig } from "../shared/config.ts";
import type { RewardFunction } from "../shared/goal-env.ts";
import { distance } from "../shared/vec3.ts";

export type RewardName = EnvConfig["reward"];

/** Both goals nearer than this count as one, metres: Fetch and panda-gym. */
export const SUCCESS_DISTANCE = 0.05;

/** Whether a goal is achieved; the same test the sparse reward makes. */
export function isAchieved(achievedGoal: Float32Array, desiredGoal: Float32Array): boolean {
  return distance(achievedGoal, desiredGoal) < SUCCESS_DISTANCE;
}

/** Rewards by name, as in Fetch and panda-gym: sparse pays −1, and 0 once achieved; dense pays −distance, metres. */
export const REWARDS: Readonly<Record<RewardName, RewardFunction>> = {
  sparse: (achievedGoal, desiredGoal) => (isAchieved(achievedGoal, desiredGoal) ? 0 : -1),
  dense: (achievedGoal, desiredGoal) => -distance(achievedGoal, desiredGoal),
};

/** The least and greatest reward when two goals are at most `span` metres apart. */
export function rewardRange(name: RewardName, span: number): readonly [low: number, high: number] {
  return name === "sparse" ? [-1, 0] : [-span, 0];
}
