/** @file Every registered environment, under every reward, against what shared/goal-env.ts promises. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { REWARD_NAMES } from "../../env/reward.ts";
import { contains, sampleBox, sizeOf } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { InputError } from "../../shared/errors.ts";
import type { GoalEnv, GoalObservation, Step } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

const CASES = Object.keys(ENVIRONMENTS).flatMap((id) => REWARD_NAMES.map((reward) => [id, reward] as const));

/** Whole episodes of random actions: every observation seen, resets included. */
function* randomEpisodes(env: GoalEnv, seed: number, steps: number): Generator<GoalObservation | Step> {
  const rng = Rng.fromSeed(seed);
  yield env.reset({ seed });
  for (let i = 0; i < steps; i++) {
    const step = env.step(sampleBox(env.actionSpace, rng));
    yield step;
    if (step.truncated) yield env.reset();
  }
}

describe.each(CASES)("%s, %s reward", (id, reward) => {
  const config = parseConfig({ env: { id, reward } }, "test").env;
  let env: GoalEnv;
  beforeEach(async () => {
    env = await makeEnv(config, 0.95);
  });
  afterEach(() => env.dispose());

  it("repeats whole episodes from seed and actions, to the last bit", async () => {
    const once = [...randomEpisodes(env, 3, 170)];
    expect([...randomEpisodes(env, 3, 170)]).toEqual(once);
    const other = await makeEnv(config, 0.95);
    expect([...randomEpisodes(other, 3, 170)]).toEqual(once);
    other.dispose();
  });

  it("starts elsewhere, with another goal, for another seed and for the next episode", () => {
    const first = env.reset({ seed: 1 });
    for (const other of [env.reset(), env.reset({ seed: 2 })]) {
      expect(other.observation).not.toEqual(first.observation);
      expect(other.desiredGoal).not.toEqual(first.desiredGoal);
    }
  });

  it("is at rest at the start", () => {
    const { observation } = env.reset({ seed: 4 });
    const { arm } = ENVIRONMENTS[id]!;
    const angles = arm.links.reduce((sum, link) => sum + (link.limits === null ? 2 : 1), 0);
    expect(observation.subarray(angles, angles + arm.links.length).every((speed) => speed === 0)).toBe(true);
  });

  it("stays in its spaces, finite, and no element of an observation is constant", () => {
    expect(env.actionSpace.low.every((bound) => bound === -1)).toBe(true);
    expect(env.actionSpace.high.every((bound) => bound === 1)).toBe(true);
    const seen = [...randomEpisodes(env, 5, 1000), ...randomEpisodes(env, 6, 1000)];
    for (const { observation, achievedGoal, desiredGoal } of seen) {
      expect(contains(env.observationSpace, observation)).toBe(true);
      expect(contains(env.goalSpace, achievedGoal)).toBe(true);
      expect(contains(env.goalSpace, desiredGoal)).toBe(true);
    }
    for (const key of ["observation", "achievedGoal", "desiredGoal"] as const) {
      for (let i = 0; i < seen[0]![key].length; i++) {
        expect(new Set(seen.map((one) => one[key][i])).size, `${key}[${i}]`).toBeGreaterThan(1);
      }
    }
    for (const bound of [...env.observationSpace.low, ...env.observationSpace.high]) {
      expect(Number.isFinite(bound)).toBe(true);
    }
  });

  it("pays what computeReward says, within its range, and calls success what that pays best", () => {
    let before = new Float32Array(0);
    for (const seen of randomEpisodes(env, 7, 500)) {
      if ("reward" in seen) {
        expect(env.computeReward(seen.achievedGoal, seen.desiredGoal, before)).toBe(seen.reward);
        expect(seen.isSuccess).toBe(env.isAchieved(seen.achievedGoal, seen.desiredGoal));
      }
      before = seen.achievedGoal.slice();
    }
  });

  it("keeps the goal for the whole episode, drawn or asked for", () => {
    const drawn = env.reset({ seed: 8 }).desiredGoal.slice();
    const asked = drawn.map((x) => x / 2);
    for (const [goal, start] of [
      [drawn, () => env.reset({ seed: 8 })],
      [asked, () => env.reset({ goal: asked })],
    ] as const) {
      expect(start().desiredGoal).toEqual(goal);
      for (let i = 0; i < 5; i++) expect(env.step(env.actionSpace.high).desiredGoal).toEqual(goal);
    }
  });

  it("hands out arrays of its own each time, and keeps none of ours", () => {
    const goal = env.reset({ seed: 9 }).desiredGoal;
    const first = env.reset({ seed: 9, goal });
    const action = new Float32Array(sizeOf(env.actionSpace)).fill(0.5);
    const second = env.step(action);
    const kept = structuredClone([first, second]);
    action.fill(-1);
    const third = env.step(action);
    expect([first, second]).toEqual(kept);
    third.desiredGoal.fill(7);
    goal.fill(7);
    expect(env.step(action).desiredGoal).toEqual(kept[0]?.desiredGoal);
  });

  it("refuses an action that is not one before the physics sees it, and goes on as if nothing was", () => {
    const size = sizeOf(env.actionSpace);
    const good = new Float32Array(size).fill(0.3);
    env.reset({ seed: 10 });
    env.step(good);
    const expected = env.step(good);
    env.reset({ seed: 10 });
    env.step(good);
    for (let slot = 0; slot < size; slot++) {
      for (const wrong of [Number.NaN, Infinity, -Infinity]) {
        const action = good.slice();
        action[slot] = wrong;
        expect(() => env.step(action)).toThrow(
          new InputError(`${id}.step action[${slot}]: expected a number in [-1, 1], got ${wrong}`),
        );
      }
    }
    for (const length of [0, size - 1, size + 1]) {
      expect(() => env.step(new Float32Array(length))).toThrow(
        new InputError(`${id}.step action: expected ${size} numbers, got ${length}`),
      );
    }
    expect(env.step(good)).toEqual(expected);
  });

  it("acts on numbers out of range as on the nearest bound, exactly", () => {
    const size = sizeOf(env.actionSpace);
    for (const huge of [100, 1e30]) {
      const far = Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? huge : -huge));
      env.reset({ seed: 11 });
      const clipped = env.step(far.map(Math.sign));
      env.reset({ seed: 11 });
      expect(env.step(far)).toEqual(clipped);
    }
  });

  it("refuses a goal that is not one, or a seed, and the running episode goes on", () => {
    const size = sizeOf(env.goalSpace);
    const good = env.actionSpace.high;
    env.reset({ seed: 12 });
    const expected = env.step(good);
    env.reset({ seed: 12 });
    for (const goal of [
      [],
      new Array(size).fill(9),
      new Array(size).fill(Number.NaN),
      new Array(size + 1).fill(0),
    ]) {
      expect(() => env.reset({ goal })).toThrow(`${id}.reset goal: expected ${size} coordinates in`);
    }
    for (const seed of [-1, 0.5, Number.NaN]) expect(() => env.reset({ seed })).toThrow("seed: expected");
    expect(env.step(good)).toEqual(expected);
  });

  it("says which call is missing when they come in the wrong order", () => {
    const action = env.actionSpace.high;
    expect(() => env.step(action)).toThrow(
      new InputError(`${id}.step: no episode is running; call reset() first`),
    );
    env.reset();
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(action);
    expect(() => env.step(action)).toThrow(
      new InputError(`${id}.step: the episode is over; call reset() first`),
    );
    env.dispose();
    env.dispose();
    const disposed = "the environment was disposed of; make a new one";
    expect(() => env.step(action)).toThrow(new InputError(`${id}.step: ${disposed}`));
    expect(() => env.reset()).toThrow(new InputError(`${id}.reset: ${disposed}`));
  });

  it("truncates at exactly the time limit and never terminates, not even on success", () => {
    const start = env.reset({ seed: 13 });
    env.reset({ seed: 13, goal: start.achievedGoal });
    const still = new Float32Array(sizeOf(env.actionSpace));
    for (let i = 1; i <= env.maxEpisodeSteps; i++) {
      const step = env.step(still);
      expect([step.isSuccess, step.terminated, step.truncated]).toEqual([
        true,
        false,
        i === env.maxEpisodeSteps,
      ]);
    }
  });

  it("never starts solved in 1,000 resets", () => {
    for (let i = 0; i < 1000; i++) {
      const { achievedGoal, desiredGoal } = env.reset();
      expect(env.isAchieved(achievedGoal, desiredGoal)).toBe(false);
    }
  });
});
