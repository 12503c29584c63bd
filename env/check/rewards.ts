/** @file Checks of rewards: equal to computeReward, pure, within range; and of success: equal to isAchieved. */

import type { GoalEnv } from "../../shared/goal-env.ts";
import { type EnvCheck, even, randomPlay } from "./probe.ts";

/** Rounding error allowed between a reward and the sum of its parts. */
const ROUNDING = 1e-6;

const reward: EnvCheck = {
  name: "reward",
  promise: "A step's reward is computeReward of its goals plus its reward terms.",
  find: async (_, walk) => {
    const { env, moments } = await walk();
    for (const { where, step, previousAchievedGoal } of moments) {
      if (step === undefined) continue;
      // Copies, so that a function that writes into its arguments is reported by `pure-reward` only.
      const computed = env.computeReward(
        step.achievedGoal.slice(),
        step.desiredGoal.slice(),
        previousAchievedGoal.slice(),
      );
      const expected = step.terms?.reduce((sum, term) => sum + term, computed) ?? computed;
      const slack = step.terms === undefined ? 0 : ROUNDING * (1 + Math.abs(expected));
      if (!(Math.abs(step.reward - expected) <= slack)) {
        return `${where}: reward: expected computeReward(…)${step.terms === undefined ? "" : " + terms"} = ${expected}, got ${step.reward}`;
      }
    }
    return undefined;
  },
};

const range: EnvCheck = {
  name: "reward-range",
  promise: "Every reward is in rewardRange, which bounds the critic's targets.",
  find: async (_, walk) => {
    const { env, moments } = await walk();
    const [low, high] = env.rewardRange;
    const [minPotential, maxPotential] = env.potentialRange ?? [0, 0];
    // Bounds of r + γΦ′ − Φ for any γ in [0, 1].
    const min = low + Math.min(minPotential, 0) - maxPotential;
    const max = high + Math.max(maxPotential, 0) - minPotential;
    const isInside = (value: number) => value >= min - ROUNDING && value <= max + ROUNDING;
    for (const { where, step, previousAchievedGoal } of moments) {
      if (step === undefined) continue;
      if (!isInside(step.reward))
        return `${where}: reward: expected a number in [${min}, ${max}], got ${step.reward}`;
      // Random play rarely succeeds. HER asks for the reward of success from the first episode on.
      const own = rewardFor(env, step.achievedGoal, step.achievedGoal, previousAchievedGoal);
      if (env.rewardTerms === undefined && !isInside(own))
        return `${where}: computeReward of an achieved goal: expected a number in [${min}, ${max}], got ${own}`;
    }
    return undefined;
  },
};

/** computeReward of copies, so that a function that writes into its arguments is reported by `pure-reward` only. */
function rewardFor(
  env: GoalEnv,
  achieved: Float32Array,
  desired: Float32Array,
  previous: Float32Array,
): number {
  return env.computeReward(achieved.slice(), desired.slice(), previous.slice());
}

const ownGoal: EnvCheck = {
  name: "own-goal",
  promise:
    "A goal that equals the achieved one is achieved, and is rewarded more than one that is not achieved.",
  find: async (_, walk) => {
    const { env, moments } = await walk();
    for (const { where, step, previousAchievedGoal } of moments) {
      if (step === undefined) continue;
      const { achievedGoal, desiredGoal } = step;
      if (!env.isAchieved(achievedGoal.slice(), achievedGoal.slice()))
        return `${where}: isAchieved(achievedGoal, achievedGoal): expected true, got false`;
      // Shaping by a potential pays for progress, which may be more than success.
      if (env.potentialRange !== undefined || env.isAchieved(achievedGoal.slice(), desiredGoal.slice()))
        continue;
      const own = rewardFor(env, achievedGoal, achievedGoal, previousAchievedGoal);
      const other = rewardFor(env, achievedGoal, desiredGoal, previousAchievedGoal);
      if (!(own > other))
        return `${where}: computeReward of an achieved goal: expected more than ${other}, that of a goal that is not achieved, got ${own}`;
    }
    return undefined;
  },
};

const pure: EnvCheck = {
  name: "pure-reward",
  promise: "computeReward and isAchieved depend only on their arguments and do not change them.",
  find: async (open) => {
    const env = await open();
    const goals: [Float32Array, Float32Array, Float32Array][] = [];
    for (const { step, previousAchievedGoal } of randomPlay(env, 7, 40)) {
      if (step !== undefined) {
        goals.push([step.achievedGoal.slice(), step.desiredGoal.slice(), previousAchievedGoal]);
      }
    }
    const computeAll = () =>
      goals.map((each) => [env.computeReward(...each), env.isAchieved(each[0], each[1])] as const);
    const copies = structuredClone(goals);
    const before = computeAll();
    env.reset({ seed: 8 });
    env.step(even(env, 0.5));
    for (const [i, [rewardNow, achievedNow]] of computeAll().entries()) {
      const [rewardBefore, achievedBefore] = before[i]!;
      if (!Object.is(rewardNow, rewardBefore)) {
        return `computeReward, in another episode: expected ${rewardBefore} as before, got ${rewardNow}`;
      }
      if (achievedNow !== achievedBefore) {
        return `isAchieved, in another episode: expected ${achievedBefore} as before, got ${achievedNow}`;
      }
    }
    for (const [i, [achieved, desired, previous]] of goals.entries()) {
      for (const [name, now, was] of [
        ["achieved goal", achieved, copies[i]![0]],
        ["desired goal", desired, copies[i]![1]],
        ["previous achieved goal", previous, copies[i]![2]],
      ] as const) {
        const at = now.findIndex((value, k) => !Object.is(value, was[k]));
        if (at !== -1) {
          return `computeReward: ${name}[${at}]: expected no change of ${was[at]}, got ${now[at]}`;
        }
      }
    }
    return undefined;
  },
};

const success: EnvCheck = {
  name: "success",
  promise: "isSuccess equals isAchieved of the step's goals.",
  find: async (open) => {
    const env = await open();
    const action = even(env, 0.2);
    // With the result of a step as the goal, the same step in the same episode achieves it.
    env.reset({ seed: 9 });
    const goal = env.step(action).achievedGoal.slice();
    env.reset({ seed: 9, goal });
    for (let i = 1; i <= Math.min(env.maxEpisodeSteps, 20); i++) {
      const step = env.step(i === 1 ? action : even(env, 1));
      const achieved = env.isAchieved(step.achievedGoal, step.desiredGoal);
      if (step.isSuccess !== achieved) {
        return `step ${i}: isSuccess: expected ${achieved}, the value of isAchieved, got ${step.isSuccess}`;
      }
      if (step.terminated || step.truncated) break;
    }
    return undefined;
  },
};

export const REWARDS: readonly EnvCheck[] = [reward, range, ownGoal, pure, success];
