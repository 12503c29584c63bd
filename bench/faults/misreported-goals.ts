/** @file Goals that are exchanged, relative or noisy. */

import type { GoalEnv, GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { interfered } from "./interfered-env.ts";

/** Observations whose achieved and desired goals are exchanged; success is judged by the right ones. */
export function withGoalsExchanged(env: GoalEnv): GoalEnv {
  const exchanged = <T extends GoalObservation>(observation: T): T => ({
    ...observation,
    achievedGoal: observation.desiredGoal,
    desiredGoal: observation.achievedGoal,
  });
  return interfered(env, { start: exchanged, step: exchanged });
}

/** Desired goals as displacements from the achieved goal at the start; achieved goals in the frame of the base. */
export function withGoalsFromStart(env: GoalEnv): GoalEnv {
  let start: Float32Array = new Float32Array(0);
  const displacement = (goal: Float32Array) => goal.map((x, i) => x - start[i]!);
  return interfered(env, {
    start: (observation) => {
      start = observation.achievedGoal.slice();
      return { ...observation, desiredGoal: displacement(observation.desiredGoal) };
    },
    step: (step) => ({ ...step, desiredGoal: displacement(step.desiredGoal) }),
  });
}

/** Desired goals with noise that is drawn at each step; success is judged by the exact ones. @param std metres */
export function withJitteringGoals(std: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(15).fork("goals");
    const noisy = (goal: Float32Array) => goal.map((x) => x + std * rng.normal());
    return interfered(env, {
      start: (observation) => ({ ...observation, desiredGoal: noisy(observation.desiredGoal) }),
      step: (step) => ({ ...step, desiredGoal: noisy(step.desiredGoal) }),
    });
  };
}
