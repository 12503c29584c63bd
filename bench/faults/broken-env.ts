/** @file Environments with injected faults that no setting can cause. */

import type { GoalEnv, GoalObservation, RewardFunction, Step } from "../../shared/goal-env.ts";

/** Position error of a glitch, metres. */
const GLITCH = 30;

/** Steps from glitch to glitch. No divisor of the episode length, so that glitches occur at every step of an episode. */
const GLITCH_INTERVAL = 97;

/** Replaced parts of an environment. */
interface Fault {
  readonly rewardRange?: readonly [low: number, high: number];
  readonly observationScale?: number;
  reward?: RewardFunction;
  /** Called with the observation of each reset. */
  onReset?(observation: GoalObservation): void;
  /** Replaces the achieved goal of each step. */
  achievedGoal?(achievedGoal: Float32Array): Float32Array;
}

function withFault(env: GoalEnv, fault: Fault): GoalEnv {
  const { observationScale: scale = 1, reward = env.computeReward } = fault;
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
    rewardRange: fault.rewardRange ?? env.rewardRange,
    computeReward: reward,
    isAchieved: env.isAchieved,
    reset: (options) => {
      const observation = env.reset(options);
      fault.onReset?.(observation);
      previous = observation.achievedGoal.slice();
      return { ...observation, observation: scaled(observation.observation) };
    },
    step: (action): Step => {
      const step = env.step(action);
      const achievedGoal = fault.achievedGoal?.(step.achievedGoal) ?? step.achievedGoal;
      const faultyReward = reward(achievedGoal, step.desiredGoal, previous);
      previous = achievedGoal.slice();
      return { ...step, observation: scaled(step.observation), achievedGoal, reward: faultyReward };
    },
    dispose: () => env.dispose(),
  };
}

/** Multiplies observations by 100. */
export const withInputsTimesHundred = (env: GoalEnv): GoalEnv => withFault(env, { observationScale: 100 });

/** Negates the reward. */
export function withRewardSignFlipped(env: GoalEnv): GoalEnv {
  const [low, high] = env.rewardRange;
  return withFault(env, {
    rewardRange: [-high, -low],
    reward: (achieved, desired, previous) => -env.computeReward(achieved, desired, previous),
  });
}

/** Computes the reward for the goal of the current episode, ignoring its argument: relabelled goals are not rewarded. */
export function withStaleGoalPaid(env: GoalEnv): GoalEnv {
  let current: Float32Array | undefined;
  return withFault(env, {
    onReset: ({ desiredGoal }) => {
      current = desiredGoal.slice();
    },
    reward: (achieved, desired, previous) => env.computeReward(achieved, current ?? desired, previous),
  });
}

/** Reports the end effector far away at some steps, which inflates the normaliser's standard deviation. */
export function withTrackerGlitches(env: GoalEnv): GoalEnv {
  let steps = 0;
  return withFault(env, {
    achievedGoal: (achievedGoal) => {
      steps += 1;
      return steps % GLITCH_INTERVAL === 0 ? achievedGoal.map((x) => x + GLITCH) : achievedGoal;
    },
  });
}
