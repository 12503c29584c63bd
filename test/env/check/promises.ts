/** @file Tests that run the environment checker on every environment under one control mode. */

import { describe, expect, it } from "vitest";
import { checkEnv } from "../../../env/check/check-env.ts";
import type { ControlMode } from "../../../env/control/action-meaning.ts";
import { describeEnvironments, makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";

/** Chooses from the rewards of the environment with this index. */
type ChooseRewards = (rewards: readonly string[], index: number) => readonly string[];

/** Defines a test for each environment under torque control, with one of its rewards. */
export function describeTorquePromises(): void {
  define("torque", (rewards, index) => {
    const chosen = index % rewards.length;
    return rewards.slice(chosen, chosen + 1);
  });
}

/** Defines a test for each environment with each reward. */
export function describeAllPromises(control: ControlMode): void {
  define(control, (rewards) => rewards);
}

function define(control: ControlMode, choose: ChooseRewards): void {
  const { env } = parseConfig({ env: { control } }, "test");
  const environments = describeEnvironments(env).map(({ id, rewards }, i) => ({
    id,
    rewards: choose(rewards, i),
  }));
  describe.each(environments)(`$id under ${control} control`, ({ id, rewards }) => {
    it.each(rewards)("keeps every promise with the %s reward", async (reward) => {
      const config = parseConfig({ env: { id, control, reward } }, "test");
      expect(await checkEnv(() => makeEnv(config.env, config.agent.gamma))).toEqual([]);
    });
  });
}
