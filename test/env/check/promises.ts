/** @file Runs the environment checker on every environment under one control mode, with every reward. */

import { describe, expect, it } from "vitest";
import { checkEnv } from "../../../env/check/check-env.ts";
import type { ControlMode } from "../../../env/control/action-meaning.ts";
import { describeEnvironments, makeEnv } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";

/** Defines a test for each environment and reward. Each control mode has its own test file, so that they run in parallel. */
export function describePromises(control: ControlMode): void {
  const { env } = parseConfig({ env: { control } }, "test");
  describe.each(describeEnvironments(env))(`$id under ${control} control`, ({ id, rewards }) => {
    it.each(rewards)("keeps every promise with the %s reward", async (reward) => {
      const config = parseConfig({ env: { id, control, reward } }, "test");
      expect(await checkEnv(() => makeEnv(config.env, config.agent.gamma))).toEqual([]);
    });
  });
}
