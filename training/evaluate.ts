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
export function evaluationSeeds(seed: number, purpose: "training" | "final", episodes: number): number[] {
  const rng = Rng.fromSeed(seed).fork(`evaluation ${purpose}`);
  return Array.from({ length: episodes }, () => rng.bits());
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
  const { goal } = episode.sizes;
  let successes = 0;
  let successesOnce = 0;
  let distances = 0;
  let returns = 0;
  let lengths = 0;
  const figures: Record<string, number> = {};
  for (const seed of seeds) {
    await rollout(env, { seed }, act, episode);
    successes += episode.successAtEnd ? 1 : 0;
    successesOnce += episode.successOnce ? 1 : 0;
    const last = episode.length * goal;
    distances += distance(episode.achievedGoals.subarray(last, last + goal), episode.desiredGoal);
    returns += episode.episodeReturn;
    lengths += episode.length;
    for (const [name, value] of Object.entries(env.episodeMetrics?.() ?? {})) {
      figures[name] = (figures[name] ?? 0) + value / seeds.length;
    }
    onEpisode?.(episode);
  }
  const n = seeds.length;
  return {
    episodes: n,
    successRate: successes / n,
    successOnce: successesOnce / n,
    meanFinalDistance: distances / n,
    meanReturn: returns / n,
    meanLength: lengths / n,
    figures,
  };
}
