/** @file Faults of goals and of what is paid for them. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** The agent sees zeros instead of its goal; rewards and success are those of the real one. */
export function withoutGoal(env: GoalEnv): GoalEnv {
  const blank = (goal: Float32Array) => new Float32Array(goal.length);
  return interfered(env, {
    start: (observation) => ({ ...observation, desiredGoal: blank(observation.desiredGoal) }),
    step: (step) => ({ ...step, desiredGoal: blank(step.desiredGoal) }),
  });
}

/** The agent sees the goal of the episode before. */
export function withGoalOfBefore(env: GoalEnv): GoalEnv {
  let current: Float32Array = new Float32Array(0);
  let before: Float32Array = new Float32Array(0);
  return interfered(env, {
    start: (observation) => {
      before = current.length === 0 ? observation.desiredGoal : current;
      current = observation.desiredGoal;
      return { ...observation, desiredGoal: before.slice() };
    },
    step: (step) => ({ ...step, desiredGoal: before.slice() }),
  });
}

/** Goals that the arm cannot reach: the sampled ones, moved away from the base to the end of the goal space. */
export function withUnreachableGoals(env: GoalEnv): GoalEnv {
  const { low, high } = env.goalSpace;
  return interfered(env, {
    reset: (options) => {
      const { desiredGoal } = env.reset(options);
      const goal = desiredGoal.map((x, i) => (x < 0 ? low[i]! : high[i]!) * 0.98);
      return { ...options, goal };
    },
  });
}

/** Pays only within a smaller distance than counts as success. @param radius metres */
export function withSmallerRadius(radius: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    interfered(env, { reward: (achieved, desired) => (distance(achieved, desired) < radius ? 0 : -1) });
}

/** Negates the reward. */
export function withRewardSignFlipped(env: GoalEnv): GoalEnv {
  const [low, high] = env.rewardRange;
  return interfered(env, {
    rewardRange: [-high, -low],
    reward: (achieved, desired, previous) => -env.computeReward(achieved, desired, previous),
  });
}

/** Computes the reward for the goal of the current episode, ignoring its argument: relabelled goals are not rewarded. */
export function withStaleGoalPaid(env: GoalEnv): GoalEnv {
  let current: Float32Array | undefined;
  return interfered(env, {
    start: (observation) => {
      current = observation.desiredGoal.slice();
      return observation;
    },
    reward: (achieved, desired, previous) => env.computeReward(achieved, current ?? desired, previous),
  });
}
