/** @file The schedule of exploration and of learning rates. */

/**
 * Returns the factor that falls linearly from 1 at the beginning to `to` after `over` steps, and stays there.
 *
 * @param over steps or updates; 0: the factor is always 1
 * @param at   steps or updates so far
 */
export function linearDecay(to: number, over: number, at: number): number {
  return over === 0 ? 1 : to + (1 - to) * (1 - Math.min(1, at / over));
}
