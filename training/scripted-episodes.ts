/** @file Plays episodes of a script with noise, as demonstrations. */

import { makeEnv } from "../env/registry.ts";
import { scriptedPolicy } from "../env/scripted/scripts.ts";
import type { RunConfig } from "../shared/config.ts";
import { Episode, type EpisodeRecording, type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import { Rng } from "../shared/rng.ts";
import { rollout } from "./rollout.ts";

export interface ScriptedEpisodes {
  readonly seed: number;
  readonly episodes: number;
  /** Std of the Gaussian noise on each action, which is clipped to [−1, 1] and recorded with the noise. */
  readonly noise: number;
  /** Called after each episode with the episodes and successes so far; true stops, and nothing is returned. */
  readonly onEpisode: (episodes: number, successes: number) => boolean;
}

/**
 * Plays an environment's script from starts as in evaluations, without near starts.
 *
 * @returns undefined if `onEpisode` stopped it
 * @throws InputError if the environment has no script
 */
export async function playScriptedEpisodes(
  { env: config, agent }: RunConfig,
  { seed, episodes, noise, onEpisode }: ScriptedEpisodes,
): Promise<{ readonly sizes: EpisodeSizes; readonly recordings: readonly EpisodeRecording[] } | undefined> {
  const script = scriptedPolicy(config);
  const env = await makeEnv(config, agent.gamma);
  const seeds = Rng.fromSeed(seed).fork("demonstrations");
  const noiseRng = Rng.fromSeed(seed).fork("noise");
  const sizes = episodeSizes(env);
  const episode = new Episode(sizes);
  const recordings: EpisodeRecording[] = [];
  let successes = 0;
  try {
    while (recordings.length < episodes) {
      await rollout(
        env,
        { seed: seeds.bits() },
        (observation, action) => {
          script(observation, action);
          if (noise === 0) return;
          for (let i = 0; i < action.length; i++) {
            action[i] = Math.min(Math.max(action[i]! + noise * noiseRng.normal(), -1), 1);
          }
        },
        episode,
      );
      recordings.push(episode.toRecording());
      successes += episode.successAtEnd ? 1 : 0;
      if (onEpisode(recordings.length, successes)) return undefined;
    }
  } finally {
    env.dispose();
  }
  return { sizes, recordings };
}
