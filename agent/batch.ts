/** @file A batch of transitions, as an update takes it. */

import type { EpisodeSizes } from "../shared/episode.ts";

/** B rows; one object is refilled for every update. */
export interface Batch {
  readonly size: number;
  /** [B × O] before the action. */
  readonly observations: Float32Array;
  /** [B × O] after the action, or after the last of n steps. */
  readonly nextObservations: Float32Array;
  /** [B × G] the episode's own desired goals or relabelled ones. */
  readonly goals: Float32Array;
  /** [B × A] */
  readonly actions: Float32Array;
  /** [B] discounted sum over up to n steps. */
  readonly rewards: Float32Array;
  /**
   * [B] what the bootstrap value is multiplied by besides γ: γⁿ⁻¹ after n steps, 0 after a terminated
   * episode. Truncation does not stop bootstrapping.
   */
  readonly continues: Float32Array;
  /** [B] importance weights; 1 unless replay is prioritised. */
  readonly weights: Float32Array;
  /** [B] 1 for transitions of demonstrations, else 0. */
  readonly demonstrated: Float32Array;
  /** [B] indices of the transitions in the replay buffer. */
  readonly indices: Int32Array;
  /** [B] steps from the observation to the next one: n, or fewer at the end of an episode. */
  readonly steps: Int32Array;
}

/** A batch of zeros with importance weights of 1. */
export function makeBatch(size: number, sizes: EpisodeSizes): Batch {
  return {
    size,
    observations: new Float32Array(size * sizes.observation),
    nextObservations: new Float32Array(size * sizes.observation),
    goals: new Float32Array(size * sizes.goal),
    actions: new Float32Array(size * sizes.action),
    rewards: new Float32Array(size),
    continues: new Float32Array(size),
    weights: new Float32Array(size).fill(1),
    demonstrated: new Float32Array(size),
    indices: new Int32Array(size),
    steps: new Int32Array(size),
  };
}
