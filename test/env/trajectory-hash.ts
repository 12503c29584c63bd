/** @file Hashes a random trajectory of an environment, to compare between processes. */

import { createHash } from "node:crypto";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

/** Returns the SHA-256 of all results of `steps` random steps, resets included. */
export async function trajectoryHash(
  id: string,
  physics: string,
  seed: number,
  steps: number,
): Promise<string> {
  const config = parseConfig({ env: { id, physics } }, "test");
  const env = await makeEnv(config.env, config.agent.gamma);
  const rng = Rng.fromSeed(seed);
  const hash = createHash("sha256");
  let observed = env.reset({ seed });
  for (let i = 0; i < steps; i++) {
    hash.update(observed.observation).update(observed.achievedGoal).update(observed.desiredGoal);
    const step = env.step(sampleBox(env.actionSpace, rng));
    hash.update(JSON.stringify([step.reward, step.terminated, step.truncated, step.isSuccess]));
    observed = step.truncated ? env.reset() : step;
  }
  env.dispose();
  return hash.digest("hex");
}
