/** @file Plays episodes of a script: with noise as demonstrations, or to measure its success rate. */

import { makeEnv } from "../env/registry.ts";
import { scriptedPolicy } from "../env/scripted/scripts.ts";
import type { RunConfig } from "../shared/config.ts";
import { Episode, type EpisodeRecording, type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import { Rng } from "../shared/rng.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
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

/** The success of a script: a lower bound of what a policy can reach. */
export interface ScriptResult extends Pick<Evaluation, "successRate" | "successOnce"> {
  /** Seeds of the episodes whose goal was not achieved at the last step. */
  readonly failed: readonly number[];
}

/** Plays an environment's script, one episode for each seed. Throws InputError if there is no script. */
export async function evaluateScript(
  { env: config, agent }: RunConfig,
  seeds: readonly number[],
): Promise<ScriptResult> {
  const script = scriptedPolicy(config);
  const env = await makeEnv(config, agent.gamma);
  const successes: boolean[] = [];
  try {
    const { successRate, successOnce } = await evaluate(env, script, seeds, ({ successAtEnd }) =>
      successes.push(successAtEnd),
    );
    return { successRate, successOnce, failed: seeds.filter((_, i) => !successes[i]) };
  } finally {
    env.dispose();
  }
}
