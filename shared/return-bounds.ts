/** @file Bounds of discounted returns. */

/**
 * Returns the minimum and maximum of Q(s, a).
 *
 * Shaping by γΦ′ − Φ turns Q(s, a) into Q(s, a) − Φ(s) (Ng, Harada & Russell 1999, corollary 2), so it shifts the
 * bounds of the unshaped values by the bounds of Φ.
 *
 * @param rewardRange    bounds of one step's reward, without shaping
 * @param potentialRange bounds of Φ; omitted if rewards are not shaped
 */
export function returnBounds(
  rewardRange: readonly [low: number, high: number],
  gamma: number,
  potentialRange: readonly [low: number, high: number] = [0, 0],
): readonly [low: number, high: number] {
  return [rewardRange[0] / (1 - gamma) - potentialRange[1], rewardRange[1] / (1 - gamma) - potentialRange[0]];
}
