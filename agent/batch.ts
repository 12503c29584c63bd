/** @file Transitions side by side, as an update is fed with them. */

import type { EpisodeSizes } from "../shared/episode.ts";

/** B rows each; one object is filled again and again. */
export interface Batch {
  readonly size: number;
  /** [B × O] before the action. */
  readonly observations: Float32Array;
  /** [B × O] after it, or after the last of n steps. */
  readonly nextObservations: Float32Array;
  /** [B × G] the goal to learn with: the episode's own or one from hindsight. */
  readonly goals: Float32Array;
  /** [B × A] */
  readonly actions: Float32Array;
  /** [B] summed and discounted over up to n steps. */
  readonly rewards: Float32Array;
  /**
   * [B] 0 where the task itself ended, for a time limit does not end it; else γ to the number of rewards
   * summed less one, since the update discounts once more.
   */
  readonly continues: Float32Array;
  /** [B] importance of each row, 1 unless replay is prioritised. */
  readonly weights: Float32Array;
  /** [B] which transition each row is, for `learned`. */
  readonly places: Int32Array;
}

/** An empty batch of the caller's own. */
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
    places: new Int32Array(size),
  };
}
