/** @file Faults of goals and of what is paid for them. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** The agent sees zeros instead of its goal; rewards and success are those of the real one. */
export function withoutGoal(env: GoalEnv): GoalEnv {
  return withShownGoal(env, (goal) => new Float32Array(goal.length));
}

/** The agent sees the goal of the episode before. */
export function withGoalOfBefore(env: GoalEnv): GoalEnv {
  let current = new Float32Array(0);
  let before = new Float32Array(0);
  return interfered(env, {
    start: (observation) => {
      before = current.length === 0 ? observation.desiredGoal.slice() : current;
      current = observation.desiredGoal.slice();
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
  return (env) => {
    const computeReward: GoalEnv["computeReward"] = (achieved, desired) =>
      distance(achieved, desired) < radius ? 0 : -1;
    let previous = new Float32Array(0);
    return interfered(env, {
      computeReward,
      start: (observation) => {
        previous = observation.achievedGoal.slice();
        return observation;
      },
      step: (step) => {
        const reward = computeReward(step.achievedGoal, step.desiredGoal, previous);
        previous = step.achievedGoal.slice();
        return { ...step, reward };
      },
    });
  };
}

function withShownGoal(env: GoalEnv, show: (goal: Float32Array) => Float32Array): GoalEnv {
  return interfered(env, {
    start: (observation) => ({ ...observation, desiredGoal: show(observation.desiredGoal) }),
    step: (step) => ({ ...step, desiredGoal: show(step.desiredGoal) }),
  });
}
