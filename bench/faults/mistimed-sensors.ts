/** @file Sensors, trackers and detectors that are late, polled in turn or incomplete, and rewards that ask for a stop. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** A camera that reports achieved goals of some steps ago: rewards follow it, success the tool. */
export function withLateTracker(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let seen: Float32Array[] = [];
    const late = (goal: Float32Array) => {
      seen.push(goal.slice());
      if (seen.length > steps + 1) seen.shift();
      return seen[0]!.slice();
    };
    return interfered(env, {
      reward: env.computeReward,
      start: (observation) => {
        seen = [];
        return { ...observation, achievedGoal: late(observation.achievedGoal) };
      },
      step: (step) => ({ ...step, achievedGoal: late(step.achievedGoal) }),
    });
  };
}

/** A bus that polls one sensor a step, in turn; the others keep their values. */
export function withSensorsInTurn(env: GoalEnv): GoalEnv {
  let shown: Float32Array = new Float32Array(0);
  let turn = 0;
  return interfered(env, {
    start: (observation) => {
      shown = observation.observation.slice();
      turn = 0;
      return observation;
    },
    step: (step) => {
      const at = turn % shown.length;
      shown[at] = step.observation[at]!;
      turn += 1;
      return { ...step, observation: shown.slice() };
    },
  });
}

/** Absolute encoders that start from a large number, so that single precision rounds what is added to it. */
export function withCountsFrom(start: number): (env: GoalEnv) => GoalEnv {
  const counted = (observation: Float32Array) => observation.map((x) => start + x);
  return (env) =>
    interfered(env, {
      start: (observation) => ({ ...observation, observation: counted(observation.observation) }),
      step: (step) => ({ ...step, observation: counted(step.observation) }),
    });
}

/** A detector that sees goals from above: the last coordinate is 0. Success is judged by the complete goal. */
export function withoutHeightOfGoals(env: GoalEnv): GoalEnv {
  const flat = (goal: Float32Array) => goal.map((x, i) => (i === goal.length - 1 ? 0 : x));
  return interfered(env, {
    start: (observation) => ({ ...observation, desiredGoal: flat(observation.desiredGoal) }),
    step: (step) => ({ ...step, desiredGoal: flat(step.desiredGoal) }),
  });
}

/** Rewards the goal only where the achieved goal has stopped; success needs no stop. @param limit metres in a step */
export function withRewardAtRest(limit: number): (env: GoalEnv) => GoalEnv {
  return (env) =>
    interfered(env, {
      reward: (achieved, desired, previous) =>
        distance(achieved, previous) < limit ? env.computeReward(achieved, desired, previous) : -1,
    });
}
