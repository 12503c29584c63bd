/** @file How a setting is declared: schema, range, default, meaning and origin in one call. */

import { z } from "zod";

/** What a person may want to know about a setting besides its value. */
export interface SettingNote {
  /** What is accepted, as it stands in an error line: `a number in (0, 1]`. */
  readonly expected: string;
  /** What it does, one sentence. */
  readonly meaning: string;
  /** Where the default is from. */
  readonly origin: string;
}

/** The notes of every setting, by its schema. */
export const notes = z.registry<SettingNote>();

/** Bounds of a number. */
interface Range {
  /** Least value allowed. */
  readonly min?: number;
  /** Greatest value allowed. */
  readonly max?: number;
  /** Bound that itself is not allowed. */
  readonly above?: number;
  /** Bound that itself is not allowed. */
  readonly below?: number;
}

function describeRange(kind: string, range: Range): string {
  const low = range.min ?? range.above;
  const high = range.max ?? range.below;
  if (low !== undefined && high !== undefined) {
    return `${kind} in ${range.min === undefined ? "(" : "["}${low}, ${high}${range.max === undefined ? ")" : "]"}`;
  }
  if (low !== undefined) return `${kind} ${range.min === undefined ? ">" : "≥"} ${low}`;
  if (high !== undefined) return `${kind} ${range.max === undefined ? "<" : "≤"} ${high}`;
  return kind;
}

function within(schema: z.ZodNumber, range: Range): z.ZodNumber {
  let checked = schema;
  if (range.min !== undefined) checked = checked.min(range.min);
  if (range.max !== undefined) checked = checked.max(range.max);
  if (range.above !== undefined) checked = checked.gt(range.above);
  if (range.below !== undefined) checked = checked.lt(range.below);
  return checked;
}

/** A number with its range, default, meaning and origin. */
export function real(range: Range, initial: number, meaning: string, origin: string) {
  const note = { expected: describeRange("a number", range), meaning, origin };
  return within(z.number(), range).default(initial).register(notes, note);
}

/** The same for whole numbers. */
export function whole(range: Range, initial: number, meaning: string, origin: string) {
  const note = { expected: describeRange("a whole number", range), meaning, origin };
  return within(z.int(), range).default(initial).register(notes, note);
}

/** A setting that is on or off. */
export function flag(initial: boolean, meaning: string, origin: string) {
  return z.boolean().default(initial).register(notes, { expected: "true or false", meaning, origin });
}

/** One of some words. */
export function choice<const Options extends readonly [string, ...string[]]>(
  options: Options,
  initial: Options[number],
  meaning: string,
  origin: string,
) {
  const schema: z.ZodType<Options[number]> = z.enum(options);
  return schema.default(initial).register(notes, { expected: options.join(" or "), meaning, origin });
}
