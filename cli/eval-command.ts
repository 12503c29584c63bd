/** @file `steadyarm eval`: measures a trained policy on new episodes. */

import { checkPolicyFits } from "../agent/policy.ts";
import { makeEnv } from "../env/registry.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { episodeSizes } from "../shared/episode.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { newestPolicy } from "../storage/run-folder.ts";
import { type Evaluation, evaluate, evaluationSeeds } from "../training/evaluate.ts";
import { perSecond } from "../training/training-progress.ts";
import { integerFlag } from "./integer-flag.ts";

export interface EvalFlags {
  readonly episodes: string;
  readonly seed: string;
  /** Whether to turn off env.variation. */
  readonly nominal?: boolean;
  readonly json?: boolean;
}

const MAX_EPISODES = 1_000_000;

/** Throws InputError if the run, the policy or a flag is invalid. */
export async function evalCommand(run: string, flags: EvalFlags): Promise<number> {
  const episodes = integerFlag("--episodes", flags.episodes, 1, MAX_EPISODES);
  const seed = integerFlag("--seed", flags.seed, 0);
  const path = newestPolicy(run);
  const { policy, step, config: trained, sizes } = readPolicy(path);
  const config = flags.nominal === true ? withoutVariation(trained) : trained;
  const env = await makeEnv(config.env, config.agent.gamma);
  try {
    const expected = episodeSizes(env);
    checkPolicyFits(sizes, expected, path, config.env.id);
    const start = performance.now();
    const evaluation = await evaluate(env, policy.act, evaluationSeeds(seed, "final", episodes));
    const wallSeconds = (performance.now() - start) / 1000;
    if (flags.json === true) {
      const result = {
        policy: path,
        env: config.env.id,
        reward: config.env.reward,
        seed,
        trainedSteps: step,
        ...evaluation,
        wallSeconds,
        envStepsPerSecond: perSecond(evaluation.episodes * evaluation.meanLength, wallSeconds),
      };
      process.stdout.write(`${JSON.stringify(result)}\n`);
    } else process.stdout.write(`${report(path, config.env.id, step, evaluation)}\n`);
    return 0;
  } finally {
    env.dispose();
  }
}

/** Returns the config with env.variation off, apart from the noise of the start posture. */
function withoutVariation(config: RunConfig): RunConfig {
  const { startNoise } = config.env.variation;
  const { variation } = parseConfig({ env: { variation: { startNoise } } }, "--nominal").env;
  return { ...config, env: { ...config.env, variation } };
}

function report(path: string, id: string, step: number, evaluation: Evaluation): string {
  const held = Math.round(evaluation.successRate * evaluation.episodes);
  const achieved = Math.round(evaluation.successOnce * evaluation.episodes);
  return [
    `${path}: ${id} after ${step.toLocaleString("en")} steps`,
    `success_rate ${evaluation.successRate.toFixed(2)} (${held}/${evaluation.episodes} held at the end)`,
    `success_once ${evaluation.successOnce.toFixed(2)} (${achieved}/${evaluation.episodes} at any step)`,
    `mean final distance ${(evaluation.meanFinalDistance * 1000).toFixed(1)} mm · mean return ${evaluation.meanReturn.toFixed(2)}`,
  ].join("\n");
}
