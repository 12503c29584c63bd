/**
 * @file Speed of the environments relative to another checkout of this repository:
 * `npx tsx bench/env-ratio.ts ../other-checkout [--env panda-reach,panda-push] [--control torque] [--episodes 100] [--json]`.
 *
 * Both play the same random actions in one process, an episode each in turn, the reset included. The ratio is that of
 * the median CPU times of an episode. The other checkout needs its own node_modules.
 */

import "./help.ts";

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { makeEnv } from "../env/registry.ts";
import { sampleBox } from "../shared/box.ts";
import type { parseConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { median } from "../shared/statistics.ts";

const WARM_UP_EPISODES = 20;
const IDS = "panda-reach,panda-push,panda-gripper-pick-and-place";

/** Makes an environment with the code of a checkout. */
async function make(root: string, id: string, control: string): Promise<GoalEnv> {
  const registry: { makeEnv: typeof makeEnv } = await import(resolve(root, "env/registry.ts"));
  const config: { parseConfig: typeof parseConfig } = await import(resolve(root, "shared/config.ts"));
  const { env, agent } = config.parseConfig({ env: { id, control } }, "bench/env-ratio");
  return registry.makeEnv(env, agent.gamma);
}

/** Returns the CPU time of an episode with random actions, ms. */
function play(env: GoalEnv, actions: readonly Float32Array[], episode: number): number {
  const start = process.cpuUsage();
  env.reset({ seed: episode });
  for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(actions[(episode + i) % actions.length]!);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function measure(other: string, id: string, control: string, episodes: number) {
  const envs = [await make(other, id, control), await make(resolve(import.meta.dirname, ".."), id, control)];
  const rng = Rng.fromSeed(1);
  const actions = Array.from({ length: 64 }, () => sampleBox(envs[0]!.actionSpace, rng));
  const times: number[][] = envs.map(() => []);
  for (let episode = 0; episode < WARM_UP_EPISODES + episodes; episode++) {
    // Who plays first alternates.
    for (const i of episode % 2 === 0 ? [0, 1] : [1, 0]) {
      const time = play(envs[i]!, actions, episode);
      if (episode >= WARM_UP_EPISODES) times[i]!.push(time);
    }
  }
  const steps = envs[0]!.maxEpisodeSteps;
  for (const env of envs) env.dispose();
  const [before, now] = times.map((each) => (1000 * steps) / median(each));
  return {
    bench: "env-ratio",
    id,
    control,
    other: before!,
    this: now!,
    ratio: now! / before!,
    unit: "steps/s",
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    env: { type: "string", default: IDS },
    control: { type: "string", default: "torque" },
    episodes: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
try {
  const [other] = positionals;
  if (other === undefined) {
    throw new InputError("bench/env-ratio: expected the folder of another checkout, got none");
  }
  for (const id of values.env.split(",")) {
    const row = await measure(other, id, values.control, Number(values.episodes));
    console.log(
      values.json
        ? JSON.stringify(row)
        : `${id.padEnd(30)} ${values.control.padEnd(9)} ${row.other.toFixed(0).padStart(6)} → ${row.this.toFixed(0).padStart(6)} steps/s  × ${row.ratio.toFixed(2)}`,
    );
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
