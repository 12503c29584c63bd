/** @file An environment whose actions, observations or goals something interferes with. */

import type { GoalEnv, GoalObservation, ResetOptions, Step } from "../../shared/goal-env.ts";

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
  /** Changes the reward of a step; without it rewards follow `computeReward`. */
  readonly computeReward?: GoalEnv["computeReward"];
}

/** Wraps an environment; all else is as before. */
export function interfered(env: GoalEnv, fault: Interference): GoalEnv {
  const { id, observationSpace, goalSpace, actionSpace, maxEpisodeSteps, controlTimestep } = env;
  const { rewardRange, potentialRange, relativeGoal, rewardTerms, isAchieved } = env;
  return {
    id,
    observationSpace,
    goalSpace,
    actionSpace,
    maxEpisodeSteps,
    controlTimestep,
    rewardRange,
    ...(potentialRange === undefined ? {} : { potentialRange }),
    ...(relativeGoal === undefined ? {} : { relativeGoal }),
    ...(rewardTerms === undefined ? {} : { rewardTerms }),
    computeReward: fault.computeReward ?? env.computeReward,
    isAchieved,
    reset: (options = {}) => {
      const observation = env.reset(fault.reset?.(options) ?? options);
      return fault.start?.(observation) ?? observation;
    },
    step: (action) => {
      const step = env.step(fault.action?.(action) ?? action);
      return fault.step?.(step) ?? step;
    },
    ...(env.configuration === undefined ? {} : { configuration: env.configuration.bind(env) }),
    ...(env.episodeMetrics === undefined ? {} : { episodeMetrics: env.episodeMetrics.bind(env) }),
    dispose: () => env.dispose(),
  };
}
