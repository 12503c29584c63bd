/** @file Encoders, trackers, rewards and watchdogs that misread the state of a task. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { interfered, interferedFromStep } from "./interfered-env.ts";

/** Sensors whose counters overflow: each number is wrapped into [−size, size). */
export function withOverflow(size: number): (env: GoalEnv) => GoalEnv {
  const wrapped = (observation: Float32Array) =>
    observation.map((x) => x - 2 * size * Math.floor((x + size) / (2 * size)));
  return (env) =>
    interfered(env, {
      start: (observation) => ({ ...observation, observation: wrapped(observation.observation) }),
      step: (step) => ({ ...step, observation: wrapped(step.observation) }),
    });
}

/** A tracker whose mark is beside the tool: rewards follow the mark, success the tool. @param offset metres, along each axis */
export function withTrackerOffset(offset: number): (env: GoalEnv) => GoalEnv {
  const shifted = (goal: Float32Array) => goal.map((x) => x + offset);
  return (env) =>
    interfered(env, {
      reward: env.computeReward,
      start: (observation) => ({ ...observation, achievedGoal: shifted(observation.achievedGoal) }),
      step: (step) => ({ ...step, achievedGoal: shifted(step.achievedGoal) }),
    });
}

/** Rewards that are cast to an integer, towards 0. */
export function withIntegerReward(env: GoalEnv): GoalEnv {
  return interfered(env, {
    // Without −0.
    reward: (achieved, desired, previous) => Math.trunc(env.computeReward(achieved, desired, previous)) + 0,
  });
}

/** A watchdog that terminates each episode after some steps, goal or not. */
export function withWatchdog(steps: number): (env: GoalEnv) => GoalEnv {
  return (env) => interferedFromStep(env, steps, (step) => ({ ...step, terminated: true }));
}
