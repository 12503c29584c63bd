/** @file Whether rewards are what computeReward says: pure, within their range, and success what isAchieved says. */

import { type EnvCheck, even, randomPlay } from "./probe.ts";

/** A reward may be rounded once more than the sum of its parts. */
const ROUNDING = 1e-6;

const paid: EnvCheck = {
  name: "reward",
  promise: "A step's reward is computeReward of its goals, plus its terms.",
  find: async (_, walk) => {
    const { env, moments } = await walk();
    for (const { where, step, previousAchievedGoal } of moments) {
      if (step === undefined) continue;
      // Copies: one that writes into what it judges is another check's to find.
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
  promise: "No reward is outside rewardRange, which bounds what the critic may believe.",
  find: async (_, walk) => {
    const { env, moments } = await walk();
    const [low, high] = env.rewardRange;
    const [least, most] = env.potentialRange ?? [0, 0];
    // γΦ′ − Φ for whatever γ in [0, 1].
    const [lowest, highest] = [low + Math.min(least, 0) - most, high + Math.max(most, 0) - least];
    for (const { where, step } of moments) {
      if (step !== undefined && !(step.reward >= lowest - ROUNDING && step.reward <= highest + ROUNDING)) {
        return `${where}: reward: expected a number in [${lowest}, ${highest}], got ${step.reward}`;
      }
    }
    return undefined;
  },
};

const pure: EnvCheck = {
  name: "pure-reward",
  promise: "computeReward and isAchieved depend on nothing but the goals they are given, and change none.",
  find: async (open) => {
    const env = await open();
    const goals: [Float32Array, Float32Array, Float32Array][] = [];
    for (const { step, previousAchievedGoal } of randomPlay(env, 7, 40)) {
      if (step !== undefined)
        goals.push([step.achievedGoal.slice(), step.desiredGoal.slice(), previousAchievedGoal]);
    }
    const judge = () =>
      goals.map((each) => [env.computeReward(...each), env.isAchieved(each[0], each[1])] as const);
    const kept = structuredClone(goals);
    const once = judge();
    env.reset({ seed: 8 });
    env.step(even(env, 0.5));
    for (const [i, [reward, achieved]] of judge().entries()) {
      const [before, wasAchieved] = once[i]!;
      if (!Object.is(reward, before))
        return `computeReward, in another episode: expected ${before} as before, got ${reward}`;
      if (achieved !== wasAchieved)
        return `isAchieved, in another episode: expected ${wasAchieved} as before, got ${achieved}`;
    }
    for (const [i, [achieved, desired, previous]] of goals.entries()) {
      for (const [name, now, was] of [
        ["achieved goal", achieved, kept[i]![0]],
        ["desired goal", desired, kept[i]![1]],
        ["previous achieved goal", previous, kept[i]![2]],
      ] as const) {
        const at = now.findIndex((value, k) => !Object.is(value, was[k]));
        if (at !== -1)
          return `computeReward: expected the ${name} untouched, got ${now[at]} for ${was[at]} at [${at}]`;
      }
    }
    return undefined;
  },
};

const success: EnvCheck = {
  name: "success",
  promise: "isSuccess is what isAchieved says of the step's goals.",
  find: async (open) => {
    const env = await open();
    const action = even(env, 0.2);
    // What a step leads to, asked for as the goal of the same episode, is achieved by it.
    env.reset({ seed: 9 });
    const goal = env.step(action).achievedGoal.slice();
    env.reset({ seed: 9, goal });
    for (let i = 1; i <= Math.min(env.maxEpisodeSteps, 20); i++) {
      const step = env.step(i === 1 ? action : even(env, 1));
      const achieved = env.isAchieved(step.achievedGoal, step.desiredGoal);
      if (step.isSuccess !== achieved)
        return `step ${i}: isSuccess: expected ${achieved}, as isAchieved says, got ${step.isSuccess}`;
      if (step.terminated || step.truncated) break;
    }
    return undefined;
  },
};

export const REWARDS: readonly EnvCheck[] = [paid, range, pure, success];
