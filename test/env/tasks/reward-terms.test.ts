/** @file Reward terms that do not depend on the goal: by hand calculation, and in an environment's reward. */

import { describe, expect, it } from "vitest";
import { planar2 } from "../../../env/models/planar2.ts";
import { makeEnv } from "../../../env/registry.ts";
import { RewardTerms } from "../../../env/tasks/reward-terms.ts";
import { sampleBox } from "../../../shared/box.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";

const weights = (rewardTerms: object) => parseConfig({ env: { rewardTerms } }, "test").env.rewardTerms;
const home = planar2.home;

describe("reward terms", () => {
  it("are disabled by default", () => {
    const terms = new RewardTerms(planar2, weights({}), 2);
    expect([terms.names, terms.min]).toEqual([[], 0]);
    expect(Math.abs(terms.min)).toBe(0);
  });

  it("cost the mean squared action and its mean squared change, from an action of 0 at the start", () => {
    const terms = new RewardTerms(planar2, weights({ action: 2, smoothness: 0.5 }), 2);
    expect([terms.names, terms.min]).toEqual([["action", "smoothness"], -4]);
    terms.begin();
    terms.act(Float32Array.of(1, 0.5));
    expect([...terms.values(home)]).toEqual([-2 * 0.625, -0.5 * 0.625]);
    terms.act(Float32Array.of(-1, 0.5));
    expect([...terms.values(home)]).toEqual([-2 * 0.625, -0.5 * 2]);
    terms.begin();
    terms.act(Float32Array.of(0, 0));
    expect(terms.values(home).every((term) => Math.abs(term) === 0)).toBe(true);
  });

  it("cost joints in the outer tenth of their range, at most 1 each, and joints without limits nothing", () => {
    const terms = new RewardTerms(planar2, weights({ jointLimit: 1 }), 2);
    const costs = [0, 0.89, 0.95, 1, 1.2].map((share) => -terms.values([100, 2.6 * share])[0]!);
    for (const [i, expected] of [0, 0, 0.125, 0.5, 0.5].entries()) expect(costs[i]).toBeCloseTo(expected, 6);
  });

  it("cost the squared distance from home in half ranges, of joints without limits in half turns", () => {
    const [free = 0, limited = 0] = planar2.home;
    const terms = new RewardTerms(planar2, weights({ posture: 2 }), 2);
    const cost = (first: number, second: number) => -terms.values([free + first, limited + second])[0]!;
    expect(cost(0, 0)).toBeCloseTo(0, 9);
    expect(cost(Math.PI / 2, 0)).toBeCloseTo(0.25, 6);
    expect(cost(2 * Math.PI, 0)).toBeCloseTo(0, 6);
    expect(cost(0, -1.3)).toBeCloseTo(0.25, 6);
    // At and beyond a limit the cost is that of the limit.
    expect(cost(0, 100)).toBeCloseTo(((2.6 - limited) / 2.6) ** 2, 5);
  });
});

it.each(["sparse", "dense", "potential"])(
  "a step's %s reward is the goal reward plus the terms",
  async (reward) => {
    const rewardTerms = { action: 0.1, smoothness: 0.2, posture: 1, jointLimit: 3 };
    const config = parseConfig({ env: { id: "planar2-reach", reward, rewardTerms } }, "test");
    const env = await makeEnv(config.env, config.agent.gamma);
    expect(env.rewardTerms).toEqual(["action", "smoothness", "posture", "jointLimit"]);
    const rng = Rng.fromSeed(1);
    let previousGoal = env.reset({ seed: 1 }).achievedGoal;
    let sumOfTerms = 0;
    for (let i = 0; i < env.maxEpisodeSteps; i++) {
      const step = env.step(sampleBox(env.actionSpace, rng));
      const { terms, achievedGoal, desiredGoal } = step;
      const sum = terms?.reduce((total, term) => total + term, 0) ?? Number.NaN;
      expect(step.reward).toBeCloseTo(env.computeReward(achievedGoal, desiredGoal, previousGoal) + sum, 6);
      expect(step.reward).toBeGreaterThanOrEqual(env.rewardRange[0] + (env.potentialRange?.[0] ?? 0));
      sumOfTerms += sum;
      previousGoal = achievedGoal;
    }
    expect(sumOfTerms).toBeLessThan(-1);
    env.dispose();
  },
);
