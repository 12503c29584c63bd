/**
 * @file JSON that reads back as exactly what was written, and that cannot harm its reader.
 *
 * The writer keeps −0, which JSON.stringify loses, and refuses what JSON has no word for. The
 * reader refuses what JSON.parse lets pass: repeated keys, keys that reach for prototypes, depth
 * without bound, bytes that are not UTF-8.
 */

import { isRecord } from "../shared/config.ts";
import { internal, refuse, unquoted } from "../shared/errors.ts";

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** How deep a text may nest unless its reader says otherwise; the project's own files stay far below. */
export const MAX_DEPTH = 64;

/**
 * Reads JSON text.
 *
 * @param where   what was read, for the error
 * @param deepest objects and arrays inside one another, at most
 * @returns plain data of the caller's own
 * @throws InputError with one line saying what is wrong with it
 */
export function parseJson(bytes: Uint8Array, where: string, deepest = MAX_DEPTH): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse(where, "UTF-8 text", unquoted("other bytes"));
  }
  const { depth, members } = scan(text);
  if (depth > deepest) throw refuse(where, `JSON nested at most ${deepest} deep`, depth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(where, "JSON", error instanceof Error ? error.message : error);
  }
  // JSON.parse keeps the last of repeated keys, so fewer are left than there were colons.
  if (countMembers(value, where) !== members)
    throw refuse(where, "each key once", unquoted("a repeated key"));
  return value;
}

/**
 * Writes plain data as JSON text that parseJson reads back the same, −0 and order of keys included.
 * Properties that are undefined are left out.
 *
 * @param where what is written, for the error
 * @returns text without a last line break; arrays of plain values on one line, the rest indented by two
 * @throws an internal error if a value would not survive: NaN, ±Infinity, a function, a class, a typed
 *   array, data nested too deep to be read again
 */
export function formatJson(value: unknown, where: string): string {
  return format(value, where, 0);
}

function format(value: unknown, where: string, depth: number): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw internal(`${where} is ${value}, which JSON has no word for`);
    return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  }
  if (depth === MAX_DEPTH) throw internal(`${where} is nested more than ${MAX_DEPTH} deep`);
  const lineBreak = `\n${"  ".repeat(depth)}`;
  const inner = `${lineBreak}  `;
  if (Array.isArray(value)) {
    // Array.from shows the holes that map would pass over.
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

/** How deep a text nests and how many members its objects have, without building any of it. */
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

/** The members of all objects in data just parsed; refuses keys and numbers that must not get further. */
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
