/**
 * @file Sampling of batches: which transitions, with which goals, with rewards over how many steps.
 *
 * For relabelled goals, the n-step return is computed again step by step, and stops at the moment at
 * which the goal was achieved: later actions did not pursue it.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import { type InputError, refuse } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { isUsable, USABLE } from "../shared/magnitude.ts";
import type { Rng } from "../shared/rng.ts";
import type { Batch } from "./batch.ts";
import { Hindsight } from "./her.ts";
import { IndexSampler } from "./index-sampler.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";

export type SamplerConfig = Pick<AgentConfig, "gamma" | "nStep" | "her" | "replay" | "demos">;

/** The functions that rewards are recomputed with. */
export interface GoalFunctions {
  /** Receives views that it must not keep. */
  readonly reward: GoalEnv["computeReward"];
  readonly isAchieved: GoalEnv["isAchieved"];
}

export class TransitionSampler {
  readonly indices: IndexSampler;
  readonly #config: SamplerConfig;
  readonly #replay: ReplayBuffer;
  readonly #reward: GoalEnv["computeReward"];
  readonly #hindsight: Hindsight;
  /** Goals achieved after and before a step; swapped at each of the n steps. */
  #achieved: Float32Array;
  #previous: Float32Array;
  readonly #goal: Float32Array;

  constructor(config: SamplerConfig, replay: ReplayBuffer, { reward, isAchieved }: GoalFunctions) {
    this.#config = config;
    this.#replay = replay;
    this.#reward = reward;
    this.indices = new IndexSampler(config.replay, config.demos.share, replay);
    this.#hindsight = new Hindsight(config.her, isAchieved, replay.sizes.goal);
    this.#achieved = new Float32Array(replay.sizes.goal);
    this.#previous = new Float32Array(replay.sizes.goal);
    this.#goal = new Float32Array(replay.sizes.goal);
  }

  /**
   * Fills a batch, sampling with replacement.
   *
   * @param updates updates done so far, for schedules
   * @throws InputError if the buffer is empty
   */
  sample(batch: Batch, updates: number, rng: Rng): void {
    const { goal } = this.#replay.sizes;
    for (let row = 0; row < batch.size; row++) {
      const index = this.indices.draw(row, batch.size, rng);
      batch.indices[row] = index;
      const slot = this.#replay.slotOf(index);
      batch.demonstrated[row] = this.#replay.isDemonstration(slot) ? 1 : 0;
      const step = index - this.#replay.indexOf(slot, 0);
      const achievedAt = this.#hindsight.chooseGoal(this.#replay, slot, step, this.#goal, rng);
      for (let i = 0; i < goal; i++) batch.goals[row * goal + i] = this.#goal[i]!;
      batch.steps[row] = this.#writeReturn(batch, row, slot, step, achievedAt);
    }
    this.#replay.copyTransitions(batch);
    this.indices.writeImportanceWeights(batch, updates);
  }

  /** Writes the discounted rewards of up to n steps; returns how many. */
  #writeReturn(batch: Batch, row: number, slot: number, step: number, achievedAt: number): number {
    const length = this.#replay.lengthOf(slot);
    // A goal achieved earlier in the episode, under the strategy "episode", does not cut the return.
    const horizon = achievedAt > step ? achievedAt : length;
    const end = Math.min(step + this.#config.nStep, length, horizon);
    let sum = 0;
    let discount = 1;
    this.#replay.readAchievedGoal(slot, step, this.#achieved, 0);
    for (let moment = step + 1; moment <= end; moment++) {
      if (moment > step + 1) discount *= this.#config.gamma;
      const previous = this.#achieved;
      this.#achieved = this.#previous;
      this.#previous = previous;
      this.#replay.readAchievedGoal(slot, moment, this.#achieved, 0);
      const reward = this.#reward(this.#achieved, this.#goal, this.#previous);
      if (!isUsable(reward)) throw unusable(reward, this.#achieved, this.#goal);
      // Reward terms do not depend on the goal, so relabelling leaves them unchanged.
      sum += discount * (reward + this.#replay.termsOf(slot, moment - 1));
    }
    batch.rewards[row] = sum;
    batch.continues[row] = end === length && this.#replay.isTerminated(slot) ? 0 : discount;
    return end - step;
  }
}

/** Returns the error for a reward that would make the critic's targets useless. */
function unusable(reward: unknown, achieved: Float32Array, desired: Float32Array): InputError {
  return refuse(`computeReward([${achieved}], [${desired}])`, USABLE, reward);
}
