/** @file Plays ordered training episodes in a worker thread. */

import { BehaviourPolicy } from "../agent/behaviour-policy.ts";
import type { RunConfig } from "../shared/config.ts";
import { Episode, type EpisodeRecording, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { trainingReset } from "./carry-over.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import { savedActor } from "./policy-snapshot.ts";
import { rollout } from "./rollout.ts";

export class EpisodePlayer {
  readonly #env: GoalEnv;
  readonly #config: Pick<RunConfig, "agent" | "train">;
  readonly #episode: Episode;

  constructor(env: GoalEnv, config: Pick<RunConfig, "agent" | "train">) {
    this.#env = env;
    this.#config = config;
    this.#episode = new Episode(episodeSizes(env));
  }

  /** Plays one episode. The result depends on the order and the run's seed only. */
  async play({ index, seed, start, steps, actor, normalizers }: EpisodeOrder): Promise<EpisodeRecording> {
    const { agent, train } = this.#config;
    const { sizes } = this.#episode;
    const policy = savedActor(agent, sizes, actor, normalizers);
    const behaviour = new BehaviourPolicy(agent, sizes.action, policy);
    behaviour.steps = steps;
    const rng = episodeRng(train.seed, index).fork("exploration");
    await rollout(
      this.#env,
      trainingReset(seed, start),
      (observation, action) => behaviour.act(observation, action, rng),
      this.#episode,
    );
    return this.#episode.toRecording();
  }
}

/** Returns the random stream of an ordered episode; forks of it serve its different purposes. */
export function episodeRng(seed: number, index: number): Rng {
  return Rng.fromSeed(seed).fork("ordered episodes").fork(`${index}`);
}
