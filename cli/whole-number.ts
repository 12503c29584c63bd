/** @file A flag that is a whole number. */

import { refuse } from "../shared/errors.ts";

/** Reads `20000` and `20_000`. Throws InputError naming the flag and what it takes. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
  if (!(value >= least && value <= most)) throw refuse(flag, `a whole number in [${least}, ${most}]`, text);
  return value;
}
