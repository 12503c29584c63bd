/**
 * @file JSON with exact round trips and a reader that is safe for untrusted input.
 *
 * The writer keeps −0, which JSON.stringify loses, and rejects values that JSON cannot represent. The
 * reader rejects what JSON.parse accepts: repeated keys, keys that change prototypes, unbounded depth,
 * invalid UTF-8.
 */

import { internal, refuse, unquoted } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Default limit of nesting. */
export const MAX_DEPTH = 64;

/**
 * Reads JSON text.
 *
 * @param where    what was read, for the error
 * @param maxDepth limit of nested objects and arrays
 * @throws InputError of one line
 */
export function parseJson(bytes: Uint8Array, where: string, maxDepth = MAX_DEPTH): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse(where, "UTF-8 text", unquoted("other bytes"));
  }
  const { depth, members } = scan(text);
  if (depth > maxDepth) throw refuse(where, `JSON nested at most ${maxDepth} deep`, depth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(where, "JSON", error instanceof Error ? error.message : error);
  }
  // JSON.parse keeps the last of repeated keys, which leaves fewer members than colons.
  if (countMembers(value, where) !== members)
    throw refuse(where, "each key once", unquoted("a repeated key"));
  return value;
}

/**
 * Formats plain data as JSON that parseJson reads unchanged, including −0 and the order of keys.
 * Properties that are undefined are omitted.
 *
 * @param where what is written, for the error
 * @returns text without a final line break; arrays of scalars on one line, the rest indented by two
 * @throws an internal error for values that JSON cannot represent (NaN, ±Infinity, functions, class
 *   instances, typed arrays) and for nesting beyond MAX_DEPTH
 */
export function formatJson(value: unknown, where: string): string {
  return format(value, where, 0);
}

function format(value: unknown, where: string, depth: number): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw internal(`${where} is ${value}, which JSON cannot represent`);
    return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  }
  if (depth === MAX_DEPTH) throw internal(`${where} is nested more than ${MAX_DEPTH} deep`);
  const lineBreak = `\n${"  ".repeat(depth)}`;
  const inner = `${lineBreak}  `;
  if (Array.isArray(value)) {
    // Array.from visits holes, which map skips.
    const items = Array.from(value, (item, i) => format(item, `${where}[${i}]`, depth + 1));
    const flat = value.every((item) => typeof item !== "object" || item === null);
    return flat ? `[${items.join(", ")}]` : `[${inner}${items.join(`,${inner}`)}${lineBreak}]`;
  }
  if (!isRecord(value) || !isPlainObject(value)) throw internal(`${where} is not plain data`);
  const members: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (FORBIDDEN_KEYS.has(key)) throw internal(`${where} has the key ${key}`);
    members.push(`${JSON.stringify(key)}: ${format(item, `${where}.${key}`, depth + 1)}`);
  }
  return members.length === 0 ? "{}" : `{${inner}${members.join(`,${inner}`)}${lineBreak}}`;
}

/** Whether an object is a literal, not an instance of a class. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The nesting depth of a text and the number of its objects' members, without parsing it. */
function scan(text: string): { depth: number; members: number } {
  let depth = 0;
  let open = 0;
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) depth = Math.max(depth, ++open);
    else if (char === 0x7d || char === 0x5d) open -= 1;
    else if (char === 0x3a) members += 1;
  }
  return { depth, members };
}

/** The number of members of all objects in parsed data. Throws InputError for forbidden keys and numbers. */
function countMembers(value: unknown, where: string): number {
  let count = 0;
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw refuse(where, "numbers that a double can hold", value);
  }
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item, where);
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key)) throw refuse(where, "keys that name data", key);
      count += 1 + countMembers(item, where);
    }
  }
  return count;
}
