/**
 * @file The worker threads of a training run. Each idle thread takes the next request: a training episode if one waits,
 * else a part of an evaluation.
 *
 * Which thread answers a request depends on timing; the answer does not, since an episode depends on its request only.
 */

import { availableParallelism } from "node:os";
import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { refuse } from "../shared/errors.ts";
import type { Collector, PlayedEpisode } from "./collection.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import type { HoldPlayer } from "./hold/hold-player.ts";
import type { HoldTest } from "./hold/hold-test.ts";
import type { LongEpisode } from "./hold/long-episode.ts";
import type { ActorSnapshot } from "./policy-snapshot.ts";
import { handled } from "./unless-stopped.ts";
import { WorkerThread } from "./worker-thread.ts";

/** Default of `train.collectors` on several cores. */
const DEFAULT_COLLECTORS = 2;

/** Returns the number of collectors that `steadyarm train` chooses: 2 on a machine with two cores or more, else 0. */
export function defaultCollectors(): number {
  return availableParallelism() >= 2 ? DEFAULT_COLLECTORS : 0;
}

/** The requests that a thread answers. */
export type PoolThread = Pick<WorkerThread, "play" | "playSeed" | "diagnose" | "hold" | "close">;

/** Sends a request to a thread and settles as the reply does. */
type Task = (thread: PoolThread) => Promise<void>;

export class WorkerPool implements Collector, HoldPlayer {
  readonly #threads: readonly PoolThread[];
  readonly #idle: PoolThread[];
  readonly #episodes: Task[] = [];
  readonly #evaluations: Task[] = [];

  constructor(threads: readonly PoolThread[]) {
    this.#threads = threads;
    this.#idle = [...threads];
  }

  /** Number of threads. */
  get size(): number {
    return this.#threads.length;
  }

  /** Plays a training episode. Rejects with InputError if the simulation diverges, or Failure if the thread ends. */
  play(order: EpisodeOrder): Promise<PlayedEpisode> {
    return this.#queue(this.#episodes, (thread) => thread.play(order));
  }

  /** Runs a part of an evaluation, once no training episode waits. */
  evaluate<T>(request: (thread: PoolThread) => Promise<T>): Promise<T> {
    return this.#queue(this.#evaluations, request);
  }

  /** Plays an episode of a test of holding, as `evaluate` does. */
  hold(actor: ActorSnapshot, seed: number, test: HoldTest): Promise<LongEpisode> {
    return this.evaluate((thread) => thread.hold(actor, seed, test));
  }

  /** Ends all threads at once; requests in progress stay unanswered. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #queue<T>(queue: Task[], request: (thread: PoolThread) => Promise<T>): Promise<T> {
    const reply = new Promise<T>((resolve, reject) => {
      queue.push((thread) => request(thread).then(resolve, reject));
    });
    this.#dispatch();
    // A failure is reported when the reply's turn comes.
    return handled(reply);
  }

  #dispatch(): void {
    for (;;) {
      const thread = this.#idle.at(-1);
      const task = thread === undefined ? undefined : (this.#episodes.shift() ?? this.#evaluations.shift());
      if (thread === undefined || task === undefined) return;
      this.#idle.pop();
      void task(thread).then(() => {
        this.#idle.push(thread);
        this.#dispatch();
      });
    }
  }
}

/**
 * Starts the threads that `train.collectors` requires, one more than collectors; undefined for none.
 *
 * @throws InputError if they cannot create the environment
 */
export function startWorkers(
  envId: string,
  { envModule, interactive }: { readonly envModule?: EnvModule; readonly interactive?: EnvModule },
  config: RunConfig,
): WorkerPool | undefined {
  const { collectors } = config.train;
  if (collectors === 0) return undefined;
  if (envModule === undefined) {
    throw refuse(
      "train.collectors",
      `0 for ${envId}, which worker threads cannot create`,
      collectors,
      "Set train.collectors=0, or make it from a module, as --env ./rail.ts does (docs/own-task.md)",
    );
  }
  const start = () => new WorkerThread({ env: envModule, interactive, config });
  return new WorkerPool(Array.from({ length: collectors + 1 }, start));
}
