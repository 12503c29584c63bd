/** @file Parses a command-line flag that is a number. */

import { refuse } from "../shared/errors.ts";

/**
 * Parses `0.25` or `40`.
 *
 * @param unit of the number, for the error message; "" for none
 * @throws InputError if it is not a number in [min, max]
 */
export function numberFlag(flag: string, text: string, min: number, max: number, unit: string): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw refuse(flag, `a number${unit === "" ? "" : ` of ${unit}`} in [${min}, ${max}]`, text);
  }
  return value;
}
