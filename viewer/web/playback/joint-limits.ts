/** @file Detects joints near a limit of their range. */

/** Distance to a limit that counts as near, as a share of the range. */
const NEAR = 0.02;

/**
 * Returns whether each joint is near a limit.
 *
 * @param angles [N] rad
 * @param limits [N] lowest and highest angle, rad; null for a joint without limits
 */
export function jointsAtLimit(
  angles: ArrayLike<number>,
  limits: readonly (readonly [low: number, high: number] | null)[],
): boolean[] {
  return limits.map((range, i) => {
    const angle = angles[i];
    if (range === null || angle === undefined) return false;
    const [low, high] = range;
    const near = NEAR * (high - low);
    return angle <= low + near || angle >= high - near;
  });
}
