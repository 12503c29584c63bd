/**
 * @file How much a policy oscillates, as numbers: within an episode, and from evaluation to evaluation.
 *
 * Within an episode it is how often a number of the action changes its sign, a second, averaged over them.
 * Under torque control that is the torque's; under the others a motor's torque turns about as it follows the
 * way it is asked for, whatever the policy does. A policy that pushes and corrects once needs about one change; one that chatters between the
 * bounds of its actions comes near half the control rate. Over a run it is the spread of the success
 * rate since the policy was first nearly as good as it ever got.
 */

/** Share of the largest action below which it has no sign: trembling that nobody can see. */
export const DEAD_BAND = 0.01;

/** Changes of sign a second, averaged over an action's numbers, from which on a policy is said to oscillate. */
export const OSCILLATING_FROM = 3;

/** Standard deviation of the success rate from which on a run is said to swing. */
export const SWINGING_FROM = 0.05;

/** How near its best success rate a policy has to come to have learned: from then on it should stay there. */
const NEARLY = 0.05;

/**
 * Changes of sign a second, averaged over the numbers of a row.
 *
 * @param actions  shares of the largest, [T × size], one row a control step
 * @param size     numbers in a row
 * @param interval seconds between rows
 * @returns 0 where nothing changes, or there is less than a second row
 */
export function signChangesPerSecond(actions: ArrayLike<number>, size: number, interval: number): number {
  const rows = Math.floor(actions.length / size);
  if (rows < 2 || size === 0) return 0;
  let changes = 0;
  for (let column = 0; column < size; column++) {
    let last = 0;
    for (let row = 0; row < rows; row++) {
      const value = actions[row * size + column] ?? 0;
      if (Math.abs(value) < DEAD_BAND) continue;
      const sign = Math.sign(value);
      if (last !== 0 && sign !== last) changes += 1;
      last = sign;
    }
  }
  return changes / size / ((rows - 1) * interval);
}

/** The success rates of a run's evaluations since it was first nearly as good as it ever got. */
export interface SuccessSpread {
  readonly low: number;
  readonly high: number;
  readonly deviation: number;
  readonly evaluations: number;
}

/**
 * The spread of success since a run was first nearly as good as it ever got.
 *
 * @param rates success rates in [0, 1], in the order of training
 * @returns undefined where nothing succeeded yet, or before two evaluations since then
 */
export function successSpread(rates: readonly number[]): SuccessSpread | undefined {
  const best = Math.max(0, ...rates);
  const since = rates.slice(rates.findIndex((rate) => rate >= best - NEARLY));
  if (best === 0 || since.length < 2) return undefined;
  const mean = since.reduce((sum, rate) => sum + rate, 0) / since.length;
  const variance = since.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / since.length;
  return {
    low: Math.min(...since),
    high: Math.max(...since),
    deviation: Math.sqrt(variance),
    evaluations: since.length,
  };
}

export type Verdict = "oscillating" | "steady";

/** What the two figures amount to: oscillating if either says so. */
export function verdictOf(changesPerSecond: number, spread: SuccessSpread | undefined): Verdict {
  const swings = spread !== undefined && spread.deviation >= SWINGING_FROM;
  return changesPerSecond >= OSCILLATING_FROM || swings ? "oscillating" : "steady";
}
