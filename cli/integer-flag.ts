/** @file Parses a command-line flag that is an integer. */

import { refuse } from "../shared/errors.ts";

/** Parses `20000` or `20_000`. Throws InputError if it is not an integer in [min, max]. */
export function integerFlag(flag: string, text: string, min: number, max: number): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
  if (!(value >= min && value <= max)) throw refuse(flag, `an integer in [${min}, ${max}]`, text);
  return value;
}
