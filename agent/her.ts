/** @file Hindsight: which later moment of an episode lends a transition its goal. */

import type { Rng } from "../shared/rng.ts";

/**
 * Picks the moment whose achieved goal a transition is replayed with.
 *
 * Hindsight Experience Replay, strategy "future" (Andrychowicz et al. 2017, arXiv:1707.01495).
 * "Later" includes what the transition itself led to, so the last step can be replayed too.
 *
 * @param step   index of the transition, 0 ≤ step < length
 * @param length steps in the episode
 * @returns an index into the episode's length + 1 achieved goals, step < index ≤ length
 */
export function futureStep(step: number, length: number, rng: Rng): number {
  return step + 1 + rng.integer(length - step);
}

/** Chance that a sampled transition gets a hindsight goal, for k of them to each real one. */
export function hindsightShare(k: number): number {
  return k / (k + 1);
}
