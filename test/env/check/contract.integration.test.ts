/** @file Behaviour and error messages of registered environments that promises-*.integration.test.ts do not check. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkEnv } from "../../../env/check/check-env.ts";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { sizeOf } from "../../../shared/box.ts";
import { parseConfig } from "../../../shared/config.ts";
import { InputError } from "../../../shared/errors.ts";
import type { GoalEnv } from "../../../shared/goal-env.ts";

const settings = (env: object) => parseConfig({ env }, "test").env;

it("planar2-reach keeps every promise with reward terms", async () => {
  const rewardTerms = { action: 0.1, smoothness: 0.1, jointLimit: 0.1 };
  expect(await checkEnv(() => makeEnv(settings({ id: "planar2-reach", rewardTerms }), 0.95))).toEqual([]);
});

describe.each(Object.keys(ENVIRONMENTS))("%s", (id) => {
  const config = settings({ id });
  let env: GoalEnv;
  beforeEach(async () => {
    env = await makeEnv(config, 0.95);
  });
  afterEach(() => env.dispose());

  it("starts at rest", () => {
    const { observation } = env.reset({ seed: 4 });
    const { arm } = ENVIRONMENTS[id]!;
    const angles = arm.links.reduce((sum, link) => sum + (link.limits === null ? 2 : 1), 0);
    expect(observation.subarray(angles, angles + arm.links.length).every((speed) => speed === 0)).toBe(true);
  });

  it("names the invalid element of an action, and rejects invalid goals and seeds", () => {
    const size = sizeOf(env.actionSpace);
    const goalSize = sizeOf(env.goalSpace);
    env.reset({ seed: 10 });
    for (const invalid of [Number.NaN, Infinity, -Infinity]) {
      const action = new Float32Array(size).fill(0.3);
      action[size - 1] = invalid;
      const message = `${id}.step action[${size - 1}]: expected a number in [-1, 1], got ${invalid}`;
      expect(() => env.step(action)).toThrow(new InputError(message));
    }
    for (const length of [0, size - 1, size + 1]) {
      expect(() => env.step(new Float32Array(length))).toThrow(
        new InputError(`${id}.step action: expected ${size} numbers, got ${length}`),
      );
    }
    for (const goal of [[], new Array(goalSize).fill(9), new Array(goalSize).fill(Number.NaN)]) {
      expect(() => env.reset({ goal })).toThrow(`${id}.reset goal: expected ${goalSize} coordinates in`);
    }
    for (const seed of [-1, 0.5, Number.NaN]) expect(() => env.reset({ seed })).toThrow("seed: expected");
  });

  it("names the missing call when calls come in the wrong order", () => {
    const action = env.actionSpace.high;
    expect(() => env.step(action)).toThrow(`${id}.step: no episode is running; call reset()`);
    env.reset();
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(action);
    expect(() => env.step(action)).toThrow(`${id}.step: the episode is over; call reset()`);
    env.dispose();
    expect(() => env.step(action)).toThrow(`${id}.step: the environment was disposed of`);
    expect(() => env.reset()).toThrow(`${id}.reset: the environment was disposed of`);
  });

  it("continues to its time limit while the goal is held", () => {
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
});
