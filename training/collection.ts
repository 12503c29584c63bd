/**
 * @file Collects training episodes and learns from them, in one thread or with worker threads (train.collectors).
 *
 * With C collectors, the next C episodes are in progress while the training thread learns from one; then it orders one
 * more. So episode i is played by the policy as it was after learning from episode i − C − 1, and episodes are stored
 * in order. Policy and random numbers of an episode are therefore fixed, whatever the speed of the threads.
 */

import type { Ddpg } from "../agent/ddpg.ts";
import { Episode, type EpisodeRecording, episodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { TrainConfig } from "../shared/train-config.ts";
import { drawStart, type EpisodeEnd, endOf, trainingReset } from "./carry-over.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import { episodeRng } from "./episode-player.ts";
import { EpisodeError, failedEpisode } from "./failed-episode.ts";
import { rollout } from "./rollout.ts";
import type { TrainingProgress } from "./training-progress.ts";
import { handled, unlessStopped } from "./unless-stopped.ts";

export interface Collection {
  /**
   * Returns the next episode after learning from it, or undefined if a stop was requested while waiting for it.
   * The object is reused for the one after.
   */
  next(): Promise<Episode | undefined>;
  /** Returns the state for a checkpoint. */
  getState(): CollectionState;
}

/** The part of a checkpoint that a collection continues from. */
export interface CollectionState {
  /** Orders of the episodes in progress; absent without collectors. */
  readonly episodes?: readonly EpisodeOrder[] | undefined;
  /** End of the last episode that was learned from; absent before the first, or if no episode can start there. */
  readonly lastEnd?: EpisodeEnd | undefined;
}

/** Plays in the training thread, with the updates of each step right after it. */
export function collectInThread(
  env: GoalEnv,
  agent: Ddpg,
  progress: TrainingProgress,
  config: TrainConfig,
  { lastEnd }: CollectionState = {},
): Collection {
  const episode = new Episode(episodeSizes(env));
  const { seconds } = progress;
  const learn = (): Promise<void> | undefined => {
    const updates = agent.learn();
    if (updates === undefined) return undefined;
    const start = performance.now();
    return updates.then(() => {
      seconds.updating += secondsSince(start);
    });
  };
  return {
    async next() {
      const updatingBefore = seconds.updating;
      const start = performance.now();
      agent.beginEpisode();
      const episodeStart = drawStart(config, progress.episodes + 1, lastEnd);
      const options = trainingReset(progress.nextEpisodeSeed(), episodeStart);
      await rollout(env, options, agent.explore, episode, learn);
      lastEnd = endOf(episode);
      agent.store(episode);
      seconds.acting += secondsSince(start) - (seconds.updating - updatingBefore);
      return episode;
    },
    getState: () => ({ lastEnd }),
  };
}

/** An episode that a worker has played. */
export interface PlayedEpisode {
  readonly recording: EpisodeRecording;
  /** Seconds that it took. */
  readonly seconds: number;
}

/** Plays episodes, several at a time. */
export interface Collector {
  play(order: EpisodeOrder): Promise<PlayedEpisode>;
}

export interface ParallelCollectionOptions {
  readonly env: GoalEnv;
  readonly agent: Ddpg;
  readonly progress: TrainingProgress;
  readonly collector: Collector;
  readonly config: TrainConfig;
  /** State at the checkpoint that training continues from. */
  readonly state?: CollectionState | undefined;
  readonly stopRequested: () => boolean;
}

/** Orders episodes from collectors, and learns from them in order. */
export class ParallelCollection implements Collection {
  readonly #options: ParallelCollectionOptions;
  readonly #episode: Episode;
  /** In order of their indices. */
  readonly #inProgress: { readonly order: EpisodeOrder; readonly played: Promise<PlayedEpisode> }[] = [];
  #lastEnd: EpisodeEnd | undefined;

  constructor(options: ParallelCollectionOptions) {
    this.#options = options;
    this.#episode = new Episode(episodeSizes(options.env));
    this.#lastEnd = options.state?.lastEnd;
    for (const order of options.state?.episodes ?? []) this.#send(order);
  }

  async next(): Promise<Episode | undefined> {
    const { agent, progress, config, stopRequested } = this.#options;
    while (this.#inProgress.length <= config.collectors) this.#send(this.#nextOrder());
    const played = await unlessStopped(this.#inProgress[0]!.played, stopRequested);
    if (played === undefined) return undefined;
    const order = this.#inProgress.shift()?.order;
    progress.seconds.acting += played.seconds;
    this.#episode.load(played.recording);
    const start = performance.now();
    await agent.learnFrom(this.#episode).catch((error: unknown) => {
      if (!(error instanceof InputError) || order === undefined) throw error;
      const reset = trainingReset(order.seed, order.start);
      throw new EpisodeError(error.message, failedEpisode(reset, this.#episode), { cause: error });
    });
    progress.seconds.updating += secondsSince(start);
    this.#lastEnd = endOf(this.#episode);
    return this.#episode;
  }

  getState(): CollectionState {
    return { episodes: this.#inProgress.map(({ order }) => order), lastEnd: this.#lastEnd };
  }

  #nextOrder(): EpisodeOrder {
    const { agent, progress, config } = this.#options;
    const { seed } = config;
    const ahead = this.#inProgress.length;
    const index = progress.episodes + ahead + 1;
    // Episodes in progress count with their maximum length: the actual one is not known yet.
    const steps = progress.steps + ahead * this.#episode.sizes.maxSteps;
    const { observation, goal } = agent.memory.normalizers;
    return {
      index,
      seed: progress.nextEpisodeSeed(),
      start: drawStart(config, index, this.#lastEnd),
      steps,
      actor: agent.actorForEpisode(steps, episodeRng(seed, index).fork("parameter noise")),
      normalizers: { observation: observation.getState(), goal: goal.getState() },
    };
  }

  #send(order: EpisodeOrder): void {
    // A failure is reported when the episode's turn comes.
    this.#inProgress.push({ order, played: handled(this.#options.collector.play(order)) });
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
