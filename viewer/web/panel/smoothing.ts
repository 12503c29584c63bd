/** @file The exponential moving average of a training curve. */

/**
 * Returns the exponential moving average of values, corrected for its start as in Adam.
 *
 * @param values in the order of training; null where there is none, as in the result
 * @param weight of what came before, in [0, 1); 0 changes nothing
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let mean = 0;
  let total = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return mean / total;
  });
}
