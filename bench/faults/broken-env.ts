/** @file Environments broken on purpose, in ways that no setting can: what the doctor is tried on. */

import type { GoalEnv, GoalObservation, RewardFunction, Step } from "../../shared/goal-env.ts";

/** Metres that a lost target seems to be away. */
const GLITCH = 30;

/** A glitch comes once in so many steps: no divisor of an episode, so that it meets every moment of one. */
const GLITCH_EVERY = 97;

/** What of an environment is changed; the rest is passed through. */
interface Breakage {
  readonly rewardRange?: readonly [low: number, high: number];
  readonly observationScale?: number;
  reward?: RewardFunction;
  /** Shown each reset before the agent is. */
  started?(seen: GoalObservation): void;
  /** Changes where the goal-thing seems to be after a step. */
  achieved?(achievedGoal: Float32Array): Float32Array;
}

function broken(env: GoalEnv, breakage: Breakage): GoalEnv {
  const { observationScale: scale = 1, reward = env.computeReward } = breakage;
  let previous = new Float32Array(0);
  const scaled = (numbers: Float32Array) => (scale === 1 ? numbers : numbers.map((x) => x * scale));
  const { low, high } = env.observationSpace;
  return {
    id: env.id,
    observationSpace: { low: scaled(low), high: scaled(high) },
    goalSpace: env.goalSpace,
    actionSpace: env.actionSpace,
    maxEpisodeSteps: env.maxEpisodeSteps,
    controlTimestep: env.controlTimestep,
    rewardRange: breakage.rewardRange ?? env.rewardRange,
    computeReward: reward,
    isAchieved: env.isAchieved,
    reset: (options) => {
      const seen = env.reset(options);
      breakage.started?.(seen);
      previous = seen.achievedGoal.slice();
      return { ...seen, observation: scaled(seen.observation) };
    },
    step: (action): Step => {
      const step = env.step(action);
      const achievedGoal = breakage.achieved?.(step.achievedGoal) ?? step.achievedGoal;
      const paid = reward(achievedGoal, step.desiredGoal, previous);
      previous = achievedGoal.slice();
      return { ...step, observation: scaled(step.observation), achievedGoal, reward: paid };
    },
    dispose: () => env.dispose(),
  };
}

/** Observations in units a hundred times too small, so that the numbers are a hundred times too large. */
export const withInputsTimesHundred = (env: GoalEnv): GoalEnv => broken(env, { observationScale: 100 });

/** Pays what it should charge. */
export function withRewardSignFlipped(env: GoalEnv): GoalEnv {
  const [low, high] = env.rewardRange;
  return broken(env, {
    rewardRange: [-high, -low],
    reward: (achieved, desired, previous) => -env.computeReward(achieved, desired, previous),
  });
}

/** Pays for the goal of the episode that is being played, whatever goal it is asked about: hindsight's goals earn nothing. */
export function withStaleGoalPaid(env: GoalEnv): GoalEnv {
  let current: Float32Array | undefined;
  return broken(env, {
    started: ({ desiredGoal }) => {
      current = desiredGoal.slice();
    },
    reward: (achieved, desired, previous) => env.computeReward(achieved, current ?? desired, previous),
  });
}

/** Loses sight of the tool once in a while and then reports it far away: the normaliser's deviation explodes. */
export function withTrackerGlitches(env: GoalEnv): GoalEnv {
  let steps = 0;
  return broken(env, {
    achieved: (achievedGoal) => {
      steps += 1;
      return steps % GLITCH_EVERY === 0 ? achievedGoal.map((x) => x + GLITCH) : achievedGoal;
    },
  });
}
