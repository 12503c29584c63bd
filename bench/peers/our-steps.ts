/** @file Times steps of our environments with random actions and a reset every 50 steps. */

import { z } from "zod";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { answer } from "./answers.ts";

const Request = z.strictObject({ env: z.string(), control: z.string(), count: z.int() });

const environments = new Map<string, Promise<{ env: GoalEnv; actions: readonly Float32Array[] }>>();

async function create(id: string, control: string) {
  const env = await makeEnv(parseConfig({ env: { id, control } }, "peers").env, 0.95);
  const rng = Rng.fromSeed(1);
  env.reset({ seed: 1 });
  return { env, actions: Array.from({ length: 64 }, () => sampleBox(env.actionSpace, rng)) };
}

await answer(Request, async ({ env: id, control, count }) => {
  const key = `${id} ${control}`;
  const creating = environments.get(key) ?? create(id, control);
  environments.set(key, creating);
  const { env, actions } = await creating;
  return () => {
    for (let step = 0; step < count; step++) {
      if (step % env.maxEpisodeSteps === 0) env.reset();
      env.step(actions[step % actions.length]!);
    }
  };
});
