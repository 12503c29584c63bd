/** @file How good a policy is: episodes on fixed seeds, without noise and without learning. */

import { Episode, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { distance } from "../shared/vec3.ts";
import { type Choose, rollout } from "./rollout.ts";

/** What an evaluation found. */
export interface Evaluation {
  readonly episodes: number;
  /** Share of episodes whose goal was achieved at the last step: reached and held. */
  readonly successRate: number;
  /** Share of episodes whose goal was achieved at any step. */
  readonly successOnce: number;
  /** Mean distance between achieved and desired goal at the last step, metres. */
  readonly meanFinalDistance: number;
  /** Mean undiscounted sum of rewards. */
  readonly meanReturn: number;
  /** Mean number of steps. */
  readonly meanLength: number;
  /** Means of what the environment says of its episodes, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The seeds of an evaluation: a function of its seed alone, so that policies meet the same episodes. */
export function evaluationSeeds(seed: number, purpose: "training" | "final", episodes: number): number[] {
  const rng = Rng.fromSeed(seed).fork(`evaluation ${purpose}`);
  return Array.from({ length: episodes }, () => rng.bits());
}

/**
 * Plays one episode per seed and averages.
 *
 * @param onEpisode shown each finished episode; it is filled anew for the next
 */
export async function evaluate(
  env: GoalEnv,
  choose: Choose,
  seeds: readonly number[],
  onEpisode?: (episode: Episode) => void,
): Promise<Evaluation> {
  const episode = new Episode(episodeSizes(env));
  const { goal } = episode.sizes;
  let successes = 0;
  let everSuccessful = 0;
  let distances = 0;
  let returns = 0;
  let lengths = 0;
  const figures: Record<string, number> = {};
  for (const seed of seeds) {
    await rollout(env, { seed }, choose, episode);
    successes += episode.successAtEnd ? 1 : 0;
    everSuccessful += episode.successOnce ? 1 : 0;
    const last = episode.length * goal;
    distances += distance(episode.achievedGoals.subarray(last, last + goal), episode.desiredGoal);
    returns += episode.episodeReturn;
    lengths += episode.length;
    for (const [name, value] of Object.entries(env.episodeFigures?.() ?? {})) {
      figures[name] = (figures[name] ?? 0) + value / seeds.length;
    }
    onEpisode?.(episode);
  }
  const n = seeds.length;
  return {
    episodes: n,
    successRate: successes / n,
    successOnce: everSuccessful / n,
    meanFinalDistance: distances / n,
    meanReturn: returns / n,
    meanLength: lengths / n,
    figures,
  };
}
