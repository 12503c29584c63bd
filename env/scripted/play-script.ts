/** @file Success rate of a script: a lower bound of what a policy can reach. */

import type { RunConfig } from "../../shared/config.ts";
import { makeEnv } from "../registry.ts";
import { scriptedPolicy } from "./scripts.ts";

/** Result of several episodes of a script. */
export interface ScriptResult {
  /** Share of episodes whose goal was achieved at the last step. */
  readonly successRate: number;
  /** Share of episodes whose goal was achieved at any step. */
  readonly successOnce: number;
  /** Seeds of the failed episodes. */
  readonly failed: readonly number[];
}

/** Plays an environment's script, one episode for each seed. Throws InputError if there is no script. */
export async function playScript(
  { env: config, agent }: RunConfig,
  seeds: readonly number[],
): Promise<ScriptResult> {
  const act = scriptedPolicy(config);
  const env = await makeEnv(config, agent.gamma);
  const action = new Float32Array(env.actionSpace.low.length);
  const failed: number[] = [];
  let successes = 0;
  try {
    for (const seed of seeds) {
      let observation = env.reset({ seed });
      let [everSuccess, isSuccess] = [false, false];
      for (let over = false; !over; ) {
        act(observation, action);
        const step = env.step(action);
        observation = step;
        over = step.truncated;
        isSuccess = step.isSuccess;
        everSuccess ||= isSuccess;
      }
      successes += everSuccess ? 1 : 0;
      if (!isSuccess) failed.push(seed);
    }
  } finally {
    env.dispose();
  }
  const n = seeds.length;
  return { successRate: (n - failed.length) / n, successOnce: successes / n, failed };
}
