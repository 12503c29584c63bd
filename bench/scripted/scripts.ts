/** @file The script of each task with an object, and its success rate: observations are enough to solve the task. */

import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import type { RunConfig } from "../../shared/config.ts";
import { refuse } from "../../shared/errors.ts";
import { type NamedObservation, nameObservation } from "./named-observation.ts";
import { pickCommand } from "./pick-script.ts";
import { pushCommand } from "./push-script.ts";
import { slideCommand } from "./slide-script.ts";
import { type ToolCommand, ToolDriver } from "./tool-driver.ts";

/** By environment. */
export const SCRIPTS: Readonly<Record<string, (observation: NamedObservation) => ToolCommand>> = {
  "panda-push": (observation) =>
    pushCommand(observation, { height: 0.03, clearHeight: 0.105, behind: 0.07, lean: 0 }),
  "arm3-push": (observation) =>
    pushCommand(observation, { height: 0.042, clearHeight: 0.135, behind: 0.085, lean: 0.01 }),
  "panda-slide": (observation) => slideCommand(observation, { height: 0.03, behind: 0.06, reach: 0.8 }),
  "panda-gripper-pick-and-place": pickCommand,
};

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
  const script = SCRIPTS[config.id];
  const definition = ENVIRONMENTS[config.id];
  if (script === undefined || definition === undefined) {
    throw refuse("env.id", Object.keys(SCRIPTS).join(" or "), config.id);
  }
  const env = await makeEnv(config, agent.gamma);
  const driver = new ToolDriver(definition.arm, config.control, config.torqueScale, env.controlTimestep);
  const action = new Float32Array(env.actionSpace.low.length);
  const failed: number[] = [];
  let successes = 0;
  try {
    for (const seed of seeds) {
      let goalObservation = env.reset({ seed });
      let [everSuccess, isSuccess] = [false, false];
      for (let over = false; !over; ) {
        const observation = nameObservation(definition.arm, goalObservation);
        driver.drive(observation, script(observation), action);
        const step = env.step(action);
        goalObservation = step;
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
