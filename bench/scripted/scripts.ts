/** @file Which script solves which task with which arm, and how often: proof that a task can be solved by what is observed. */

import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import type { RunConfig } from "../../shared/config.ts";
import { refuse } from "../../shared/errors.ts";
import { pickWish } from "./pick-script.ts";
import { pushWish } from "./push-script.ts";
import { type Reading, readingOf } from "./reading.ts";
import { slideWish } from "./slide-script.ts";
import { ToolDriver, type Wish } from "./tool-driver.ts";

/** By environment. */
export const SCRIPTS: Readonly<Record<string, (reading: Reading) => Wish>> = {
  "panda-push": (reading) => pushWish(reading, { height: 0.03, clear: 0.105, behind: 0.07, lean: 0 }),
  "arm3-push": (reading) => pushWish(reading, { height: 0.042, clear: 0.135, behind: 0.085, lean: 0.01 }),
  "panda-slide": (reading) => slideWish(reading, { height: 0.03, behind: 0.06, reach: 0.8 }),
  "panda-gripper-pick-and-place": pickWish,
};

/** What so many episodes of a script came to. */
export interface Solved {
  /** Share of episodes whose goal was achieved at the last step, and at any. */
  readonly successRate: number;
  readonly successOnce: number;
  /** Seeds of the episodes that failed. */
  readonly failed: readonly number[];
}

/** Plays a script, seed by seed. Throws InputError if there is none for the environment. */
export async function playScript(
  { env: config, agent }: RunConfig,
  seeds: readonly number[],
): Promise<Solved> {
  const script = SCRIPTS[config.id];
  const definition = ENVIRONMENTS[config.id];
  if (script === undefined || definition === undefined) {
    throw refuse("env.id", Object.keys(SCRIPTS).join(" or "), config.id);
  }
  const env = await makeEnv(config, agent.gamma);
  const driver = new ToolDriver(definition.arm, config.control, config.torqueScale, env.controlTimestep);
  const action = new Float32Array(env.actionSpace.low.length);
  const failed: number[] = [];
  let once = 0;
  try {
    for (const seed of seeds) {
      let seen = env.reset({ seed });
      let [ever, now] = [false, false];
      for (let over = false; !over; ) {
        const reading = readingOf(definition.arm, seen);
        driver.drive(reading, script(reading), action);
        const step = env.step(action);
        seen = step;
        over = step.truncated;
        now = step.isSuccess;
        ever ||= now;
      }
      once += ever ? 1 : 0;
      if (!now) failed.push(seed);
    }
  } finally {
    env.dispose();
  }
  const n = seeds.length;
  return { successRate: (n - failed.length) / n, successOnce: once / n, failed };
}
