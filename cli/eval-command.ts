/** @file `steadyarm eval`: how good a trained policy is on fresh episodes. */

import { checkPolicyFits } from "../agent/policy.ts";
import { makeEnv } from "../env/registry.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { episodeSizes } from "../shared/episode.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { newestPolicy } from "../storage/run-folder.ts";
import { type Evaluation, evaluate, evaluationSeeds } from "../training/evaluate.ts";
import { perSecond } from "../training/trainer.ts";
import { integerFlag } from "./integer-flag.ts";

export interface EvalFlags {
  readonly episodes: string;
  readonly seed: string;
  /** Without the variation of the run's environment. */
  readonly nominal?: boolean;
  readonly json?: boolean;
}

const MOST_EPISODES = 1_000_000;

/** Throws InputError if the run, the policy or a flag is not what it should be. */
export async function evalCommand(run: string, flags: EvalFlags): Promise<number> {
  const episodes = integerFlag("--episodes", flags.episodes, 1, MOST_EPISODES);
  const seed = integerFlag("--seed", flags.seed, 0, Number.MAX_SAFE_INTEGER);
  const path = newestPolicy(run);
  const { policy, step, config: trained, sizes } = readPolicy(path);
  const config = flags.nominal === true ? withoutVariation(trained) : trained;
  const env = await makeEnv(config.env, config.agent.gamma);
  try {
    const expected = episodeSizes(env);
    checkPolicyFits(sizes, expected, path, config.env.id);
    const begun = performance.now();
    const evaluation = await evaluate(env, policy.act, evaluationSeeds(seed, "final", episodes));
    const wallSeconds = (performance.now() - begun) / 1000;
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
    } else process.stdout.write(`${sentences(path, config.env.id, step, evaluation)}\n`);
    return 0;
  } finally {
    env.dispose();
  }
}

/** The same run in an environment that is the same in each episode, apart from start and goal. */
function withoutVariation(config: RunConfig): RunConfig {
  const { startNoise } = config.env.variation;
  const { variation } = parseConfig({ env: { variation: { startNoise } } }, "--nominal").env;
  return { ...config, env: { ...config.env, variation } };
}

function sentences(path: string, id: string, step: number, found: Evaluation): string {
  const held = Math.round(found.successRate * found.episodes);
  const touched = Math.round(found.successOnce * found.episodes);
  return [
    `${path}: ${id} after ${step.toLocaleString("en")} steps`,
    `success_rate ${found.successRate.toFixed(2)} (${held}/${found.episodes} held at the end)`,
    `success_once ${found.successOnce.toFixed(2)} (${touched}/${found.episodes} touched)`,
    `mean final distance ${(found.meanFinalDistance * 1000).toFixed(1)} mm · mean return ${found.meanReturn.toFixed(2)}`,
  ].join("\n");
}
