/** @file What discounted returns can be, given what a step can pay. */

/**
 * The least and the greatest value that a state and action can have.
 *
 * Shaping by γΦ′ − Φ turns every Q(s, a) into Q(s, a) − Φ(s) (Ng, Harada & Russell 1999, corollary 2),
 * so the bounds of the unshaped values move by the bounds of Φ and no more.
 *
 * @param rewardRange    of one step, shaping apart
 * @param potentialRange of Φ; absent where rewards are not shaped
 */
export function returnBounds(
  rewardRange: readonly [low: number, high: number],
  gamma: number,
  potentialRange: readonly [low: number, high: number] = [0, 0],
): readonly [low: number, high: number] {
  return [rewardRange[0] / (1 - gamma) - potentialRange[1], rewardRange[1] / (1 - gamma) - potentialRange[0]];
}
