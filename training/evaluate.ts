/** @file Evaluates a policy: episodes from fixed seeds, without exploration noise or learning. */

import { Episode, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { distance } from "../shared/vec3.ts";
import { type Act, rollout } from "./rollout.ts";

export interface Evaluation {
  readonly episodes: number;
  /** Share of episodes that achieve their goal at the last step. */
  readonly successRate: number;
  /** Share of episodes that achieve their goal at any step. */
  readonly successOnce: number;
  /** Mean distance between achieved and desired goal at the last step, metres. */
  readonly meanFinalDistance: number;
  /** Mean undiscounted return. */
  readonly meanReturn: number;
  /** Mean number of steps. */
  readonly meanLength: number;
  /** Means of the environment's own episode figures, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Returns the seeds of an evaluation's episodes. Equal arguments give equal episodes for every policy. */
export function evaluationSeeds(
  seed: number,
  purpose: "training" | "choice" | "final",
  episodes: number,
): number[] {
  const rng = Rng.fromSeed(seed).fork(`evaluation ${purpose}`);
  return Array.from({ length: episodes }, () => rng.bits());
}

/** The counts of one evaluation episode. */
export interface EpisodeOutcome {
  readonly successAtEnd: boolean;
  readonly successOnce: boolean;
  /** Distance between achieved and desired goal at the last step, metres. */
  readonly finalDistance: number;
  readonly episodeReturn: number;
  readonly length: number;
  /** The environment's own episode figures, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Plays one episode per seed and returns the means.
 *
 * @param onEpisode called with each finished episode; the object is reused for the next one
 */
export async function evaluate(
  env: GoalEnv,
  act: Act,
  seeds: readonly number[],
  onEpisode?: (episode: Episode) => void,
): Promise<Evaluation> {
  const episode = new Episode(episodeSizes(env));
  const outcomes: EpisodeOutcome[] = [];
  for (const seed of seeds) {
    outcomes.push(await playEpisode(env, act, seed, episode));
    onEpisode?.(episode);
  }
  return summarize(outcomes);
}

/** Plays the evaluation episode of a seed. @param episode overwritten with it */
export async function playEpisode(
  env: GoalEnv,
  act: Act,
  seed: number,
  episode: Episode,
): Promise<EpisodeOutcome> {
  await rollout(env, { seed }, act, episode);
  const { goal } = episode.sizes;
  const { length, successAtEnd, successOnce, episodeReturn } = episode;
  const achieved = episode.achievedGoals.subarray(length * goal, (length + 1) * goal);
  return {
    successAtEnd,
    successOnce,
    finalDistance: distance(achieved, episode.desiredGoal),
    episodeReturn,
    length,
    figures: env.episodeMetrics?.() ?? {},
  };
}

/** Returns the means over episodes; at least one. */
export function summarize(outcomes: readonly EpisodeOutcome[]): Evaluation {
  const mean = (of: (outcome: EpisodeOutcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;
  const figures: Record<string, number> = {};
  for (const outcome of outcomes) {
    for (const [name, value] of Object.entries(outcome.figures))
      figures[name] = (figures[name] ?? 0) + value / outcomes.length;
  }
  return {
    episodes: outcomes.length,
    successRate: mean(({ successAtEnd }) => (successAtEnd ? 1 : 0)),
    successOnce: mean(({ successOnce }) => (successOnce ? 1 : 0)),
    meanFinalDistance: mean(({ finalDistance }) => finalDistance),
    meanReturn: mean(({ episodeReturn }) => episodeReturn),
    meanLength: mean(({ length }) => length),
    figures,
  };
}
