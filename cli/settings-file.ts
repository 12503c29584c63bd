/** @file Reads what a person wrote in YAML or JSON: a run's settings, a sweep. */

import { readFileSync, statSync } from "node:fs";
import { type Document, parseDocument, visit } from "yaml";
import { isRecord } from "../shared/config.ts";
import { InputError, refuse, show, unquoted } from "../shared/errors.ts";

/** Files larger than this are not read; a real one has a few kilobytes. */
const LARGEST_FILE = 1 << 20;

/**
 * Reads a mapping from a YAML or JSON file; what the keys mean is for the caller to check.
 *
 * @param path `-` is standard input
 * @returns a mapping of the caller's own; an empty one for an empty file
 * @throws InputError of one line if it cannot be read, is no YAML, repeats a key or reaches for prototypes
 */
export function readSettingsFile(path: string): Record<string, unknown> {
  const text = readText(path);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true, merge: false });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const at = fault.linePos?.[0];
    const where = at === undefined ? path : `${path}:${at.line}:${at.col}`;
    throw new InputError(
      `${where}: ${fault.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "")}`,
    );
  }
  refuseDangerousKeys(document, path);
  const value: unknown = toPlain(document, path);
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw refuse(path, "a mapping of settings", value);
  return value;
}

function toPlain(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw new InputError(`${path}: ${error instanceof Error ? error.message : show(error)}`);
  }
}

function refuseDangerousKeys(document: Document, path: string): void {
  visit(document, {
    Pair(_, pair) {
      const key = String(pair.key);
      if (key === "__proto__" || key === "constructor" || key === "prototype") {
        throw new InputError(`${path}: unknown setting ${key}`);
      }
    },
  });
}

/** `-` is standard input. */
function readText(path: string): string {
  if (path === "-" && process.stdin.isTTY) {
    throw new InputError("--config -: reads settings from standard input, where there is only a terminal");
  }
  const bytes = path === "-" ? readBytes(0, path) : readBytesOfFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse(path, "UTF-8 text", unquoted("other bytes"));
  }
}

function readBytesOfFile(path: string): Buffer {
  let size: number;
  try {
    const found = statSync(path);
    if (!found.isFile())
      throw refuse(
        path,
        "a YAML or JSON file",
        unquoted(found.isDirectory() ? "a folder" : "something else"),
      );
    size = found.size;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: no such file, or it cannot be read`);
  }
  if (size > LARGEST_FILE) throw refuse(path, `a config of at most ${LARGEST_FILE} bytes`, size);
  return readBytes(path, path);
}

function readBytes(file: string | number, path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new InputError(`${path}: cannot be read; check its permissions`);
  }
  // A pipe has no size to look at beforehand.
  if (bytes.length > LARGEST_FILE)
    throw refuse(path, `a config of at most ${LARGEST_FILE} bytes`, bytes.length);
  return bytes;
}
