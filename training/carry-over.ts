/**
 * @file Carry-over: training episodes that start where an earlier one ended (train.carryOver).
 *
 * An episode lasts two seconds, but the arm should hold its goal for minutes. Chains of carried-over episodes visit the
 * postures that the policy drifts to, so it learns to act there. Resets become rare, as in
 * autonomous reinforcement learning (Eysenbach et al. 2018, arXiv:1711.06782). Evaluations never use it.
 */

import { z } from "zod";
import type { Episode } from "../shared/episode.ts";
import type { ResetOptions } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import type { TrainConfig } from "../shared/train-config.ts";

/** The end of an episode; plain numbers, for checkpoints. */
export const EpisodeEnd = z.strictObject({
  /** As `GoalEnv.configuration` returns it. */
  configuration: z.array(z.number()),
  /** [G] */
  desiredGoal: z.array(z.number()),
});
export type EpisodeEnd = z.infer<typeof EpisodeEnd>;

/** The start of an episode at a given configuration. */
export const EpisodeStart = z.strictObject({
  configuration: z.array(z.number()),
  /** [G]; null to sample it. */
  goal: z.array(z.number()).nullable(),
});
export type EpisodeStart = z.infer<typeof EpisodeStart>;

/** Returns an episode's end, copied; undefined if no episode can start there. */
export function endOf({
  endConfiguration,
  desiredGoal,
}: Pick<Episode, "endConfiguration" | "desiredGoal">): EpisodeEnd | undefined {
  if (endConfiguration === undefined) return undefined;
  return { configuration: [...endConfiguration], desiredGoal: [...desiredGoal] };
}

/**
 * Draws how a training episode starts: undefined for a sampled start. The result depends on the arguments only.
 *
 * @param index 1-based index of the episode in the run
 * @param end   the end that it may start from
 */
export function drawStart(
  { seed, carryOver }: Pick<TrainConfig, "seed" | "carryOver">,
  index: number,
  end: EpisodeEnd | undefined,
): EpisodeStart | undefined {
  const { probability, rampEpisodes, keepGoal } = carryOver;
  if (end === undefined || probability === 0) return undefined;
  const rng = Rng.fromSeed(seed).fork("carry-over").fork(`${index}`);
  const ramp = Math.min(1, index / Math.max(1, rampEpisodes));
  if (rng.uniform() >= probability * ramp) return undefined;
  return { configuration: end.configuration, goal: rng.uniform() < keepGoal ? end.desiredGoal : null };
}

/** Returns the options of the reset that starts a training episode. */
export function trainingReset(seed: number, start: EpisodeStart | undefined): ResetOptions {
  if (start === undefined) return { seed, training: true };
  const { configuration, goal } = start;
  return { seed, training: true, configuration, ...(goal === null ? {} : { goal }) };
}
