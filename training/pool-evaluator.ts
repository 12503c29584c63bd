/** @file Evaluates policy snapshots in worker threads, the episodes of an evaluation in parallel. */

import type { RunConfig } from "../shared/config.ts";
import { type EpisodeOutcome, evaluationSeeds, summarize } from "./evaluate.ts";
import type { SnapshotEvaluator } from "./evaluations.ts";
import type { EvaluationEpisode, EvaluationReport } from "./policy-evaluator.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import { unlessStopped } from "./unless-stopped.ts";
import type { WorkerPool } from "./worker-pool.ts";

export class PoolEvaluator implements SnapshotEvaluator {
  readonly isConcurrent = true;
  readonly #pool: WorkerPool;
  readonly #diagnostics: boolean;
  readonly #seeds: readonly number[];
  readonly #stopRequested: () => boolean;

  constructor(pool: WorkerPool, { train }: Pick<RunConfig, "train">, stopRequested: () => boolean) {
    this.#pool = pool;
    this.#diagnostics = train.diagnostics;
    this.#seeds = evaluationSeeds(train.seed, "training", train.evaluationEpisodes);
    this.#stopRequested = stopRequested;
  }

  evaluate(snapshot: PolicySnapshot): Promise<EvaluationReport | undefined> {
    return unlessStopped(this.#evaluate(snapshot), this.#stopRequested);
  }

  async play(
    snapshot: PolicySnapshot,
    seeds: readonly number[],
  ): Promise<readonly EpisodeOutcome[] | undefined> {
    const episodes = await unlessStopped(this.#play(snapshot, seeds), this.#stopRequested);
    return episodes?.map(({ outcome }) => outcome);
  }

  async #evaluate(snapshot: PolicySnapshot): Promise<EvaluationReport> {
    const episodes = await this.#play(snapshot, this.#seeds);
    const evaluation = summarize(episodes.map(({ outcome }) => outcome));
    if (!this.#diagnostics) return { evaluation, diagnostics: {} };
    const recordings = episodes.map(({ recording }) => recording);
    return {
      evaluation,
      ...(await this.#pool.evaluate((thread) => thread.diagnose(snapshot, recordings))),
    };
  }

  /** Plays one episode per seed, in any order and on any thread; returns them in the order of the seeds. */
  #play(
    { weights: { actor }, normalizers }: PolicySnapshot,
    seeds: readonly number[],
  ): Promise<EvaluationEpisode[]> {
    return Promise.all(
      seeds.map((seed) => this.#pool.evaluate((thread) => thread.playSeed({ seed, actor, normalizers }))),
    );
  }
}
