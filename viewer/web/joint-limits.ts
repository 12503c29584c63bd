/** @file Which joints are at the end of their range. */

/** How near an end of its range a joint is said to be at its limit, as a share of the range. */
const NEAR = 0.02;

/**
 * Whether each joint is at a limit.
 *
 * @param angles [N] rad
 * @param limits [N] lowest and highest angle, rad, or null for a joint that turns for ever
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
