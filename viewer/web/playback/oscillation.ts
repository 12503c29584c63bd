/**
 * @file Measures of oscillation: within an episode, and between the evaluations of a run.
 *
 * Within an episode: sign changes a second of the action's components, averaged over them. A policy that moves and
 * corrects once needs about one; one that switches between the bounds of its actions approaches half the control
 * rate. The action counts rather than the torque: under position, velocity or end-effector control the motor torque
 * changes its sign for any policy.
 *
 * Between evaluations: the spread of the success rate since it first came near its maximum.
 */

/** Share of the maximum action below which the sign is ignored: such motion is not visible. */
export const DEAD_BAND = 0.01;

/** Sign changes a second from which a policy counts as oscillating. */
export const OSCILLATION_THRESHOLD = 3;

/** Standard deviation of the success rate from which a policy counts as oscillating. */
export const SUCCESS_STD_THRESHOLD = 0.05;

/** Distance to the maximum success rate that counts as near it. */
const NEAR_MAXIMUM = 0.05;

/**
 * Returns the sign changes a second, averaged over components.
 *
 * @param actions  in [−1, 1], [T × size], one row for each control step
 * @param size     components of an action
 * @param interval seconds between rows
 * @returns 0 for less than two rows
 */
export function signChangesPerSecond(actions: ArrayLike<number>, size: number, interval: number): number {
  const rows = Math.floor(actions.length / size);
  if (rows < 2 || size === 0) return 0;
  let changes = 0;
  for (let component = 0; component < size; component++) {
    let lastSign = 0;
    for (let row = 0; row < rows; row++) {
      const value = actions[row * size + component] ?? 0;
      if (Math.abs(value) < DEAD_BAND) continue;
      const sign = Math.sign(value);
      if (lastSign !== 0 && sign !== lastSign) changes += 1;
      lastSign = sign;
    }
  }
  return changes / size / ((rows - 1) * interval);
}

/** Statistics of the success rate over the evaluations since it first came near its maximum. */
export interface SuccessSpread {
  readonly min: number;
  readonly max: number;
  readonly std: number;
  readonly evaluations: number;
}

/**
 * Returns the spread of the success rate since it first came near its maximum.
 *
 * @param rates success rates in [0, 1], in the order of training
 * @returns undefined if no rate is positive, or for less than two evaluations since then
 */
export function successSpread(rates: readonly number[]): SuccessSpread | undefined {
  const maximum = Math.max(0, ...rates);
  const since = rates.slice(rates.findIndex((rate) => rate >= maximum - NEAR_MAXIMUM));
  if (maximum === 0 || since.length < 2) return undefined;
  const mean = since.reduce((sum, rate) => sum + rate, 0) / since.length;
  const variance = since.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / since.length;
  return {
    min: Math.min(...since),
    max: Math.max(...since),
    std: Math.sqrt(variance),
    evaluations: since.length,
  };
}
