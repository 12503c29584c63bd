/** @file Tasks whose reward, range of rewards or time limit is not what it should be. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { interfered, interferedFromStep } from "./interfered-env.ts";

/** Rewards where the arm is at the time of the call, in place of the achieved goal that is passed. */
export function withRewardOfPresentTool(env: GoalEnv): GoalEnv {
  let present: Float32Array = new Float32Array(0);
  return interfered(env, {
    reward: (_achieved, desired, previous) => env.computeReward(present, desired, previous),
    start: (observation) => {
      present = observation.achievedGoal.slice();
      return observation;
    },
    step: (step) => {
      present = step.achievedGoal.slice();
      return step;
    },
  });
}

/** Rewards of 0 and 1 from an environment that still declares the range [−1, 0]. */
export function withRewardsAboveRange(env: GoalEnv): GoalEnv {
  return interfered(env, {
    reward: (achieved, desired, previous) => 1 + env.computeReward(achieved, desired, previous),
  });
}

/** A time limit that truncates each episode after some steps. */
export function withTimeLimit(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => interferedFromStep(env, steps, (step) => ({ ...step, truncated: true }));
}
