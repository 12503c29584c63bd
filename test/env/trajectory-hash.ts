/** @file A long random run of an environment as one hash, to compare between processes. */

import { createHash } from "node:crypto";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

/** SHA-256 over everything that `steps` random steps show, resets included. */
export async function trajectoryHash(
  id: string,
  physics: string,
  seed: number,
  steps: number,
): Promise<string> {
  const config = parseConfig({ env: { id, physics } }, "trajectoryHash");
  const env = await makeEnv(config.env, config.agent.gamma);
  const rng = Rng.fromSeed(seed);
  const hash = createHash("sha256");
  let seen = env.reset({ seed });
  for (let i = 0; i < steps; i++) {
    hash.update(seen.observation).update(seen.achievedGoal).update(seen.desiredGoal);
    const step = env.step(sampleBox(env.actionSpace, rng));
    hash.update(JSON.stringify([step.reward, step.terminated, step.truncated, step.isSuccess]));
    seen = step.truncated ? env.reset() : step;
  }
  env.dispose();
  return hash.digest("hex");
}
