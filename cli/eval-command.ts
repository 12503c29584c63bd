/** @file `steadyarm eval`: measures a trained policy on new episodes. */

import { checkPolicyFits } from "../agent/policy.ts";
import { definitionOf, makeEnv } from "../env/registry.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { episodeSizes } from "../shared/episode.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";
import { type Evaluation, evaluate, evaluationSeeds, summarize } from "../training/evaluate.ts";
import { type HoldSummary, summarizeHold } from "../training/hold/hold-summary.ts";
import { perSecond } from "../training/training-progress.ts";
import { evaluateHolding } from "./hold-evaluation.ts";
import { checkTestFits, type HoldFlags, holdTest } from "./hold-flags.ts";
import { holdReport } from "./hold-report.ts";
import { integerFlag } from "./integer-flag.ts";
import { printLines } from "./output.ts";

export interface EvalFlags extends HoldFlags {
  readonly episodes: string;
  readonly seed: string;
  /** Whether to turn off env.variation. */
  readonly nominal?: boolean;
  /** Threads of a test of holding. */
  readonly jobs: string;
  readonly json?: boolean;
}

const MAX_EPISODES = 1_000_000;
const MAX_JOBS = 256;

/** Throws InputError if the run, the policy or a flag is invalid. */
export async function evalCommand(run: string, flags: EvalFlags): Promise<number> {
  const episodes = integerFlag("--episodes", flags.episodes, 1, MAX_EPISODES);
  const seed = integerFlag("--seed", flags.seed, 0);
  const jobs = integerFlag("--jobs", flags.jobs, 1, MAX_JOBS);
  const test = holdTest(flags);
  const path = chosenPolicy(run);
  const { policy, step, config: trained, sizes, weights, normalizers } = readPolicy(path);
  const config = flags.nominal === true ? withoutVariation(trained) : trained;
  const env = await makeEnv(config.env, config.agent.gamma);
  try {
    const expected = episodeSizes(env);
    checkPolicyFits(sizes, expected, path, config.env.id);
    if (test !== undefined) checkTestFits(test, definitionOf(config.env).task, config.env.id);
    const seeds = evaluationSeeds(seed, "final", episodes);
    const start = performance.now();
    let evaluation: Evaluation;
    let hold: HoldSummary | undefined;
    if (test === undefined) evaluation = await evaluate(env, policy.act, seeds);
    else {
      const actor = { weights, normalizers };
      const played = await evaluateHolding({ config, actor, seeds, test, jobs });
      evaluation = summarize(played.map(({ outcome }) => outcome));
      hold = summarizeHold(played, test, env.controlTimestep);
    }
    const wallSeconds = (performance.now() - start) / 1000;
    const steps = test === undefined ? evaluation.meanLength : test.seconds / env.controlTimestep;
    if (flags.json === true) {
      const result = {
        policy: path,
        env: config.env.id,
        reward: config.env.reward,
        seed,
        trainedSteps: step,
        ...evaluation,
        ...test,
        ...hold,
        wallSeconds,
        envStepsPerSecond: perSecond(evaluation.episodes * steps, wallSeconds),
      };
      process.stdout.write(`${JSON.stringify(result)}\n`);
    } else {
      const limit = env.maxEpisodeSteps * env.controlTimestep;
      const end = hold === undefined ? "the end" : `${limit} s`;
      const lines = report(path, config.env.id, step, evaluation, end);
      if (test !== undefined && hold !== undefined) lines.push(...holdReport(hold, test.seconds, episodes));
      printLines(process.stdout, lines);
    }
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

/** @param end the moment that success is counted at, as text */
function report(path: string, id: string, step: number, evaluation: Evaluation, end: string): string[] {
  const held = Math.round(evaluation.successRate * evaluation.episodes);
  const achieved = Math.round(evaluation.successOnce * evaluation.episodes);
  return [
    `${path}: ${id} after ${step.toLocaleString("en")} steps`,
    `success_rate ${evaluation.successRate.toFixed(2)} (${held}/${evaluation.episodes} held at ${end})`,
    `success_once ${evaluation.successOnce.toFixed(2)} (${achieved}/${evaluation.episodes} at any step)`,
    `mean final distance ${(evaluation.meanFinalDistance * 1000).toFixed(1)} mm · mean return ${evaluation.meanReturn.toFixed(2)}`,
  ];
}
