/** @file More resets of each registered environment than the checker's `starts-unsolved` plays. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";

it.each(Object.keys(ENVIRONMENTS))("%s never starts with its goal achieved in 1,000 resets", async (id) => {
  const env = await makeEnv(parseConfig({ env: { id } }, "test").env, 0.95);
  for (let i = 0; i < 1000; i++) {
    const { achievedGoal, desiredGoal } = env.reset();
    expect(env.isAchieved(achievedGoal, desiredGoal)).toBe(false);
  }
  env.dispose();
});
