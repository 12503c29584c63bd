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
 * `exam/other_rewards`: 1 if success and final distance agree and the logged return is another, 0 if that agrees too.
 */
export async function examineRepeatedEvaluation(run: ExaminedRun): Promise<Figures | string> {
  const { intact, config, evaluated, unrepeatable } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (intact === undefined) return NO_ENVIRONMENT;
  if (evaluated === undefined) return "no policy is of the moment of an evaluation";
  const { seed, evaluationEpisodes } = config.train;
  if (evaluationEpisodes > MAX_EPISODES) return `an evaluation has more than ${MAX_EPISODES} episodes`;
  const seeds = evaluationSeeds(seed, "training", evaluationEpisodes);
  const again = await evaluate(intact.env, evaluated.policy.act, seeds);
  const difference = Math.abs(again.successRate - evaluated.successRate);
  const agree = (a: number, b: number) => Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(a));
  const isSame = difference <= TOLERANCE && agree(again.meanFinalDistance, evaluated.meanFinalDistance);
  const rewardDiffers = !agree(again.meanReturn, evaluated.meanReturn);
  return {
    "exam/other_evaluation": difference,
    "exam/other_rewards": isSame ? Number(rewardDiffers) : Number.NaN,
  };
}
