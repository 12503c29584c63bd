/** @file Transitions of evaluation episodes, which no update uses. */

import { type Batch, makeBatch } from "../../agent/batch.ts";
import type { TaskFacts } from "../../agent/memory.ts";
import { ReplayBuffer } from "../../agent/replay-buffer.ts";
import { TransitionSampler } from "../../agent/transition-sampler.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Episode } from "../../shared/episode.ts";
import type { Rng } from "../../shared/rng.ts";

/** Samples held-out transitions with relabelled goals, as updates sample theirs. */
export class HeldOutTransitions {
  readonly #replay: ReplayBuffer;
  readonly #sampler: TransitionSampler;
  readonly #batch: Batch;

  /**
   * @param episodes maximum number of stored episodes
   * @param rows     rows of a batch
   */
  constructor(config: AgentConfig, task: TaskFacts, episodes: number, rows: number) {
    const { sizes } = task;
    this.#replay = new ReplayBuffer(episodes * sizes.maxSteps, sizes);
    // Uniform for every agent.replay: priorities need TD errors, which no update computes for these transitions.
    const replay = { ...config.replay, kind: "uniform" as const, rewardingShare: 0, movedShare: 0 };
    this.#sampler = new TransitionSampler({ ...config, replay }, this.#replay, task);
    this.#batch = makeBatch(rows, sizes);
  }

  store(episode: Episode): void {
    this.#sampler.indices.addEpisode(this.#replay.store(episode));
  }

  /** Returns a batch, valid until the next call. */
  sample(rng: Rng): Batch {
    this.#sampler.sample(this.#batch, 0, rng);
    return this.#batch;
  }
}
