/** @file Declares a setting in one call: schema, range, default, meaning and origin. */

import { z } from "zod";

/** The documentation of a setting. */
export interface SettingNote {
  /** Valid values, as in an error message: `a number in (0, 1]`. */
  readonly expected: string;
  /** What the setting does, in one sentence. */
  readonly meaning: string;
  /** Where the default comes from. */
  readonly origin: string;
}

/** The notes of every setting, by its schema. */
export const notes = z.registry<SettingNote>();

interface Range {
  /** Inclusive lower bound. */
  readonly min?: number;
  /** Inclusive upper bound. */
  readonly max?: number;
  /** Exclusive lower bound. */
  readonly above?: number;
  /** Exclusive upper bound. */
  readonly below?: number;
}

/** A real number. */
export function real(range: Range, defaultValue: number, meaning: string, origin: string) {
  const note = { expected: describeRange("a number", range), meaning, origin };
  return within(z.number(), range).default(defaultValue).register(notes, note);
}

/** An integer. */
export function integer(range: Range, defaultValue: number, meaning: string, origin: string) {
  const note = { expected: describeRange("an integer", range), meaning, origin };
  return within(z.int(), range).default(defaultValue).register(notes, note);
}

/** An interval [low, high] that numbers are sampled from uniformly; low = high is a constant. */
export function interval(
  range: Range,
  defaultValue: readonly [low: number, high: number],
  meaning: string,
  origin: string,
) {
  const note = {
    expected: `a range [low, high], each end ${describeRange("a number", range)}`,
    meaning,
    origin,
  };
  const end = within(z.number(), range);
  return z
    .tuple([end, end])
    .refine(([low, high]) => low <= high)
    .default([defaultValue[0], defaultValue[1]])
    .register(notes, note);
}

/** A path; "" for none. */
export function path(expected: string, meaning: string) {
  return z.string().max(4096).default("").register(notes, { expected, meaning, origin: "none" });
}

/** The SHA-256 of a file, which a run records when it starts; "" for none. */
export function checksum(meaning: string) {
  const expected = "64 hexadecimal digits";
  return z
    .string()
    .regex(/^([0-9a-f]{64})?$/)
    .default("")
    .register(notes, { expected, meaning, origin: "set when a run starts" });
}

/** A boolean. */
export function flag(defaultValue: boolean, meaning: string, origin: string) {
  return z.boolean().default(defaultValue).register(notes, { expected: "true or false", meaning, origin });
}

/** One of several names. */
export function choice<const Options extends readonly [string, ...string[]]>(
  options: Options,
  defaultValue: Options[number],
  meaning: string,
  origin: string,
) {
  const schema: z.ZodType<Options[number]> = z.enum(options);
  const expected = `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`;
  return schema.default(defaultValue).register(notes, { expected, meaning, origin });
}

/** `a number in (0, 1]`, `an integer ≥ 0`. */
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
