/** @file Goals, trackers and tolerances with the wrong resolution, scale or unit. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** Success distance of the tasks as a number of centimetres. */
const TOLERANCE = 5;

/** Goals that the agent sees rounded; success is judged by the exact ones. @param grid metres */
export function withRoundedGoals(grid: number): (env: GoalEnv) => GoalEnv {
  const rounded = (goal: Float32Array) => goal.map((x) => grid * Math.round(x / grid));
  return (env) =>
    interfered(env, {
      start: (observation) => ({ ...observation, desiredGoal: rounded(observation.desiredGoal) }),
      step: (step) => ({ ...step, desiredGoal: rounded(step.desiredGoal) }),
    });
}

/** A tracker with the wrong scale: reward and success are judged by what it reports. @param factor on achieved goals */
export function withTrackerScale(factor: number): (env: GoalEnv) => GoalEnv {
  const scaled = (goal: Float32Array) => goal.map((x) => factor * x);
  return (env) =>
    interfered(env, {
      reward: env.computeReward,
      start: (observation) => ({ ...observation, achievedGoal: scaled(observation.achievedGoal) }),
      step: (step) => {
        const achievedGoal = scaled(step.achievedGoal);
        return { ...step, achievedGoal, isSuccess: env.isAchieved(achievedGoal, step.desiredGoal) };
      },
    });
}

/** Pays for a distance in metres below a tolerance in centimetres, so everywhere. */
export function withToleranceInCentimetres(env: GoalEnv): GoalEnv {
  return interfered(env, {
    reward: (achieved, desired) => (distance(achieved, desired) < TOLERANCE ? 0 : -1),
  });
}
