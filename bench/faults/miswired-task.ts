/** @file Tasks whose goal, reward, reset or end does not fit the rest. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { distance } from "../../shared/vec3.ts";
import { interfered } from "./interfered-env.ts";

/** Success distance of a fault that replaces a reward, metres: that of the tasks. */
const RADIUS = 0.05;

/** A goal that moves through the episode, by which success is judged; the agent sees where it began. @param speed metres a step */
export function withWanderingGoal(speed: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    const rng = Rng.fromSeed(5).fork("direction");
    let goal: Float32Array = new Float32Array(0);
    let direction = 0;
    return interfered(env, {
      start: (observation) => {
        goal = observation.desiredGoal.slice();
        direction = 2 * Math.PI * rng.uniform();
        return observation;
      },
      step: (step) => {
        const [x = 0, y = 0] = goal;
        goal = goal.slice();
        goal[0] = x + speed * Math.cos(direction);
        goal[1] = y + speed * Math.sin(direction);
        return {
          ...step,
          isSuccess: env.isAchieved(step.achievedGoal, goal),
          reward: env.computeReward(step.achievedGoal, goal, step.achievedGoal),
        };
      },
    });
  };
}

/** Desired goals in a frame that is turned by 90° around the third axis; achieved goals in that of the base. */
export function withGoalInTurnedFrame(env: GoalEnv): GoalEnv {
  const turned = (goal: Float32Array) => {
    const [x = 0, y = 0, ...others] = goal;
    return new Float32Array([-y, x, ...others]);
  };
  return interfered(env, {
    start: (observation) => ({ ...observation, desiredGoal: turned(observation.desiredGoal) }),
    step: (step) => ({ ...step, desiredGoal: turned(step.desiredGoal) }),
  });
}

/** Rewards by the first coordinate of the goal only; success needs all. */
export function withRewardForOneAxis(env: GoalEnv): GoalEnv {
  return interfered(env, {
    reward: ([achieved = 0], [desired = 0]) => (Math.abs(achieved - desired) < RADIUS ? 0 : -1),
  });
}

/** Terminates, goal or not, when the achieved goal moves further in a step. @param limit metres */
export function withSafetyStop(limit: number): (env: GoalEnv) => GoalEnv {
  return (env) => {
    let previous: Float32Array = new Float32Array(0);
    return interfered(env, {
      start: (observation) => {
        previous = observation.achievedGoal;
        return observation;
      },
      step: (step) => {
        const isTooFast = distance(step.achievedGoal, previous) > limit;
        previous = step.achievedGoal;
        return { ...step, terminated: step.terminated || isTooFast };
      },
    });
  };
}
