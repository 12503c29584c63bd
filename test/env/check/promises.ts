/** @file Every environment under one control, with every reward, against the contract, by the checker that people use. */

import { describe, expect, it } from "vitest";
import { checkEnv } from "../../../env/check/check-env.ts";
import type { ControlMode } from "../../../env/control/action-meaning.ts";
import { describeEnvironments, makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";

/** One test for each combination of environment and reward; each control has a file of its own, so that they run side by side. */
export function describePromises(control: ControlMode): void {
  const { env } = parseConfig({ env: { control } }, "test");
  describe.each(describeEnvironments(env))(`$id under ${control} control`, ({ id, rewards }) => {
    it.each(rewards)("keeps every promise with the %s reward", async (reward) => {
      const config = parseConfig({ env: { id, control, reward } }, "test");
      expect(await checkEnv(() => makeEnv(config.env, config.agent.gamma))).toEqual([]);
    });
  });
}
