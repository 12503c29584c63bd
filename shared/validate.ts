/** @file Validation of data read from files, reported with the project's error line. */

import type { z } from "zod";
import { refuse } from "./errors.ts";
import { isRecord } from "./is-record.ts";

/**
 * Returns the data as its schema describes it; typed arrays are not copied.
 *
 * @param where what was read, for the error
 * @throws InputError for the first mismatch: `where: path.to.field: expected number, got "x"`
 */
export function validate<T>(schema: z.ZodType<T>, data: unknown, where: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const unknownField = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknownField];
  const got = path.reduce<unknown>(
    (node, key) => (isRecord(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined),
    data,
  );
  const place = path.length === 0 ? where : `${where}: ${path.join(".")}`;
  throw refuse(place, expectation(issue), got);
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return "no such field";
  return /expected (.*?)(, received .*)?$/.exec(issue.message)?.[1] ?? issue.message;
}
