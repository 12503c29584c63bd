/** @file Reads YAML and JSON files that users write: settings of a run, sweeps, searches. */

import { readFileSync, statSync } from "node:fs";
import { type Document, parseDocument, visit } from "yaml";
import { InputError, refuse, show, unquoted } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { readStandardInput } from "./standard-input.ts";

/** Bytes; actual files have a few kilobytes. */
const MAX_FILE_SIZE = 1 << 20;

/**
 * Reads a mapping from a YAML or JSON file. The caller validates its keys and values.
 *
 * @param path `-` is standard input
 * @returns a new object; an empty one for an empty file
 * @throws InputError if the file cannot be read, is not a YAML mapping, or has duplicate or forbidden keys
 */
export function readSettingsFile(path: string): Record<string, unknown> {
  const text = readText(path);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true, merge: false });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const at = problem.linePos?.[0];
    const where = at === undefined ? path : `${path}:${at.line}:${at.col}`;
    throw new InputError(
      `${where}: ${problem.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "")}`,
    );
  }
  refusePrototypeKeys(document, path);
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

/** Throws InputError for keys that would change prototypes. */
function refusePrototypeKeys(document: Document, path: string): void {
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
  const bytes = path === "-" ? readStandardInput(MAX_FILE_SIZE) : readBytesOfFile(path);
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
        unquoted(found.isDirectory() ? "a folder" : "a special file"),
      );
    size = found.size;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw refuse(path, "a YAML or JSON file", unquoted("no such file"));
  }
  if (size > MAX_FILE_SIZE) throw refuse(path, `a file of at most ${MAX_FILE_SIZE} bytes`, size);
  try {
    return readFileSync(path);
  } catch {
    throw new InputError(`${path}: cannot read; check its permissions`);
  }
}
