/** @file Parses a command-line flag that is an integer. */

import { refuse } from "../shared/errors.ts";

/** Parses `20000` or `20_000`. Throws InputError if it is not an integer in [min, max]. */
export function integerFlag(flag: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
  if (!(value >= min && value <= max)) {
    const range = max === Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `in [${min}, ${max}]`;
    throw refuse(flag, `an integer ${range}`, text);
  }
  return value;
}
