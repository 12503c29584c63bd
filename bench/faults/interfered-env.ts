/** @file An environment whose actions, observations or goals something interferes with. */

import type { GoalEnv, GoalObservation, ResetOptions, RewardFunction, Step } from "../../shared/goal-env.ts";

/** What interferes; a part that is absent changes nothing. */
export interface Interference {
  /** Changes the options of a reset. */
  reset?(options: ResetOptions): ResetOptions;
  /** Changes the first observation of an episode. */
  start?(observation: GoalObservation): GoalObservation;
  /** Replaces an action. */
  action?(action: ArrayLike<number>): ArrayLike<number>;
  /** Changes the result of a step. */
  step?(step: Step): Step;
  /** Replaces the reward of steps and of relabelled goals. */
  readonly reward?: RewardFunction;
  readonly rewardRange?: GoalEnv["rewardRange"];
}

/** Wraps an environment; changes each step of an episode from a number on. */
export function interferedFromStep(env: GoalEnv, from: number, change: (step: Step) => Step): GoalEnv {
  let count = 0;
  return interfered(env, {
    start: (observation) => {
      count = 0;
      return observation;
    },
    step: (step) => {
      count += 1;
      return count >= from ? change(step) : step;
    },
  });
}

/** Wraps an environment; all else is as before. */
export function interfered(env: GoalEnv, fault: Interference): GoalEnv {
  const { id, observationSpace, goalSpace, actionSpace, maxEpisodeSteps, controlTimestep } = env;
  const { potentialRange, relativeGoal, rewardTerms, isAchieved } = env;
  let previous = new Float32Array(0);
  const rewarded = (step: Step): Step => {
    const reward = fault.reward?.(step.achievedGoal, step.desiredGoal, previous) ?? step.reward;
    previous = step.achievedGoal.slice();
    return { ...step, reward };
  };
  return {
    id,
    observationSpace,
    goalSpace,
    actionSpace,
    maxEpisodeSteps,
    controlTimestep,
    rewardRange: fault.rewardRange ?? env.rewardRange,
    ...(potentialRange === undefined ? {} : { potentialRange }),
    ...(relativeGoal === undefined ? {} : { relativeGoal }),
    ...(rewardTerms === undefined ? {} : { rewardTerms }),
    computeReward: fault.reward ?? env.computeReward,
    isAchieved,
    reset: (options = {}) => {
      const observation = env.reset(fault.reset?.(options) ?? options);
      previous = observation.achievedGoal.slice();
      return fault.start?.(observation) ?? observation;
    },
    step: (action) => {
      const step = env.step(fault.action?.(action) ?? action);
      return rewarded(fault.step?.(step) ?? step);
    },
    ...(env.configuration === undefined ? {} : { configuration: env.configuration.bind(env) }),
    ...(env.episodeMetrics === undefined ? {} : { episodeMetrics: env.episodeMetrics.bind(env) }),
    dispose: () => env.dispose(),
  };
}
