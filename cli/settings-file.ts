/** @file Reads YAML and JSON files that users write: settings of a run, sweeps, searches. */

import { readFileSync, statSync } from "node:fs";
import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { InputError, refuse, shorten, show, unquoted } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { parseJson } from "../storage/strict-json.ts";
import { readStandardInput } from "./standard-input.ts";
import { checkYamlLimits } from "./yaml-limits.ts";

/** Bytes; actual files have a few kilobytes. */
const MAX_FILE_SIZE = 1 << 20;

/** Explicit tags that change nothing but the type of a plain value. */
const PLAIN_TAGS: ReadonlySet<string> = new Set(
  ["str", "int", "float", "bool", "null", "seq", "map"].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Messages for errors whose own message names the parser's functions. */
const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "expected one document, got several",
};

/** Nodes that a document may have, aliases expanded. */
const MAX_NODES = 100_000;

/**
 * Reads a mapping from a YAML or JSON file. The caller validates its keys and values.
 *
 * @param path `-` is standard input
 * @returns a new object; an empty one for an empty file
 * @throws InputError if the file cannot be read, is not a YAML mapping, exceeds a limit, or has duplicate or forbidden keys
 */
export function readSettingsFile(path: string): Record<string, unknown> {
  const bytes = readBytes(path);
  const text = decode(bytes, path);
  const value = (/^\s*\{/.test(text) ? tryJson(bytes, path) : undefined) ?? parseYaml(text, path);
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw refuse(path, "a mapping of settings", value);
  return value;
}

/**
 * Parses YAML text: one document of plain values.
 *
 * @param where source of the text, for errors
 * @throws InputError naming line and column of the first fault
 */
export function parseYaml(text: string, where: string): unknown {
  checkYamlLimits(text, where);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    // Formatting each of thousands of errors takes seconds; only the first is reported.
    prettyErrors: false,
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
    // Sets, ordered maps and binary data would be class instances that look like empty mappings.
    resolveKnownTags: false,
    // Faults are reported below, not by a warning of the process.
    logLevel: "error",
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new InputError(`${where}:${line}:${col}: ${MESSAGES[problem.code] ?? shorten(problem.message)}`);
  }
  refuseForeignNodes(document, where);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw new InputError(`${where}: ${error instanceof Error ? error.message : show(error)}`);
  }
  // An alias inside its own anchor expands for ever.
  if (!hasAtMost(MAX_NODES, value)) throw refuse(where, `at most ${MAX_NODES} values`, unquoted("more"));
  return value;
}

/** Returns undefined for text that is not JSON: it may be YAML, whose errors have line and column. */
function tryJson(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(bytes, path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Throws InputError for tags, for keys that are no text or number, and for keys that would change prototypes. */
function refuseForeignNodes(document: Document, where: string): void {
  visit(document, {
    Node(_, node) {
      if ("tag" in node && node.tag !== undefined && !PLAIN_TAGS.has(node.tag))
        throw refuse(where, "values without a tag", node.tag);
    },
    Pair(_, pair) {
      if (!isScalar(pair.key)) throw refuse(where, "keys of plain text", unquoted("a key of another kind"));
      const key = String(pair.key);
      if (key === "__proto__" || key === "constructor" || key === "prototype") {
        throw new InputError(`${where}: unknown setting ${key}`);
      }
    },
  });
}

/** Whether a tree of values has at most a number of nodes, counting what aliases share each time. */
function hasAtMost(max: number, value: unknown): boolean {
  const open: unknown[] = [value];
  for (let count = 1; open.length > 0; count++) {
    if (count + open.length > max) return false;
    const node = open.pop();
    if (Array.isArray(node)) open.push(...node);
    else if (isRecord(node)) open.push(...Object.values(node));
  }
  return true;
}

/** `-` is standard input. */
function readBytes(path: string): Uint8Array {
  return path === "-" ? readStandardInput(MAX_FILE_SIZE) : readBytesOfFile(path);
}

function decode(bytes: Uint8Array, path: string): string {
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
