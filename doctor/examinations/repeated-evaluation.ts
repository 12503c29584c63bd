/** @file Do evaluations play the intact environment? The newest one, played again by its own policy with its own seeds. */

import { evaluate, evaluationSeeds } from "../../training/evaluate.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";

/** Fewer episodes than some evaluations have; at most about a second. */
const MAX_EPISODES = 50;

/** Rounding of a mean in the log. */
const TOLERANCE = 1e-3;

/**
 * `exam/other_evaluation`: absolute difference between the logged success rate and that in the intact environment.
 * `exam/other_rewards`: 1 if the two agree and the logged return is another, else 0.
 */
export async function examineRepeatedEvaluation(run: ExaminedRun): Promise<Figures | string> {
  const { intact, config, evaluated, unrepeatable } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (intact === undefined) return NO_ENVIRONMENT;
  if (evaluated === undefined) return "no policy is of the moment of an evaluation";
  const { seed, evaluationEpisodes } = config.train;
  if (evaluationEpisodes > MAX_EPISODES) return `an evaluation has more than ${MAX_EPISODES} episodes`;
  const seeds = evaluationSeeds(seed, "training", evaluationEpisodes);
  const { policy, successRate, meanReturn } = evaluated;
  const again = await evaluate(intact.env, policy.act, seeds);
  const difference = Math.abs(again.successRate - successRate);
  const isSame = difference <= TOLERANCE;
  const rewardDiffers =
    Math.abs(again.meanReturn - meanReturn) > TOLERANCE * (1 + Math.abs(again.meanReturn));
  return {
    "exam/other_evaluation": difference,
    "exam/other_rewards": isSame ? Number(rewardDiffers) : Number.NaN,
  };
}
