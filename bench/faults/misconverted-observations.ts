/** @file Observations that a driver or a wrapper converts wrongly. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { interfered } from "./interfered-env.ts";

/** Keeps a number that never changes from being divided by 0. */
const EPSILON = 1e-8;

/** Observations that are cast to integers, towards 0. */
export function withIntegerObservations(env: GoalEnv): GoalEnv {
  // Without −0.
  const cast = (observation: Float32Array) => observation.map((x) => Math.trunc(x) + 0);
  return interfered(env, {
    start: (observation) => ({ ...observation, observation: cast(observation.observation) }),
    step: (step) => ({ ...step, observation: cast(step.observation) }),
  });
}

/** Observations that are standardised by the mean and std of the episode so far, which begin anew at each reset. */
export function withStatisticsOfEpisode(env: GoalEnv): GoalEnv {
  let count = 0;
  let mean = new Float64Array(0);
  let squares = new Float64Array(0);
  const standardised = (observation: Float32Array) => {
    count += 1;
    return observation.map((x, i) => {
      const shift = x - mean[i]!;
      mean[i]! += shift / count;
      squares[i]! += shift * (x - mean[i]!);
      return (x - mean[i]!) / (Math.sqrt(squares[i]! / count) + EPSILON);
    });
  };
  return interfered(env, {
    start: (observation) => {
      count = 0;
      mean = new Float64Array(observation.observation.length);
      squares = new Float64Array(observation.observation.length);
      return { ...observation, observation: standardised(observation.observation) };
    },
    step: (step) => ({ ...step, observation: standardised(step.observation) }),
  });
}
