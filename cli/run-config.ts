/** @file From what a person typed to a checked config: preset, then file, flags and --set, the later over the earlier. */

import { readFileSync, statSync } from "node:fs";
import { type Document, parseDocument, parse as parseYaml, visit } from "yaml";
import { isRecord, parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { InputError, refuse, show, told } from "../shared/errors.ts";
import { presetSettings } from "../shared/presets.ts";

/** Config files larger than this are not read; a real one has a few kilobytes. */
const LARGEST_FILE = 1 << 20;

/** The flags of `train` that are short for settings. */
export interface ConfigFlags {
  readonly preset?: string | undefined;
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly env?: string | undefined;
  readonly reward?: string | undefined;
  readonly control?: string | undefined;
  readonly seed?: string | undefined;
  readonly steps?: string | undefined;
  readonly engine?: string | undefined;
}

/** Flag → the setting it is short for. */
const SHORT: readonly (readonly [flag: keyof ConfigFlags, path: string])[] = [
  ["env", "env.id"],
  ["reward", "env.reward"],
  ["control", "env.control"],
  ["seed", "train.seed"],
  ["steps", "train.steps"],
  ["engine", "agent.engine"],
];

/** Throws InputError with a line for each fault, naming the file or flag. */
export function resolveConfig(flags: ConfigFlags): RunConfig {
  const file = flags.config === undefined ? {} : readConfigFile(flags.config);
  // Checked by itself first, so that its faults are reported against the file and not the flags.
  if (flags.config !== undefined) parseConfig(file, flags.config);
  const settings =
    flags.preset === undefined ? file : merge(structuredClone(presetSettings(flags.preset)), file);
  const { typed, sources } = typedSettings(flags);
  for (const [path, value] of typed) setByPath(settings, path, value);
  return parseConfig(settings, sources.join(" "));
}

/** The first mapping with the second's values put over it, section by section. */
function merge(
  under: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return merged;
}

function typedSettings(flags: ConfigFlags) {
  const typed: [path: string, value: unknown][] = [];
  const sources: string[] = [];
  for (const [flag, path] of SHORT) {
    const text = flags[flag];
    if (typeof text !== "string") continue;
    typed.push([path, flag === "seed" || flag === "steps" ? numeral(text) : text]);
    sources.push(`--${flag}`);
  }
  for (const assignment of flags.set ?? []) {
    const equals = assignment.indexOf("=");
    if (equals < 1) {
      throw refuse("--set", "path=value such as agent.her.k=0", assignment);
    }
    typed.push([assignment.slice(0, equals), scalar(assignment.slice(equals + 1), assignment)]);
    if (!sources.includes("--set")) sources.push("--set");
  }
  return { typed, sources: sources.length === 0 ? ["defaults"] : sources };
}

/** "20_000" and "2e4" are numbers as a person writes them; anything else stays text and is refused by the schema. */
function numeral(text: string): unknown {
  return /^[+-]?\d[\d_]*(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text.replaceAll("_", "")) : text;
}

function scalar(text: string, assignment: string): unknown {
  const number = numeral(text);
  if (typeof number === "number") return number;
  try {
    return parseYaml(text);
  } catch {
    throw refuse(`--set ${assignment.slice(0, assignment.indexOf("="))}`, "a number, word or [list]", text);
  }
}

function readConfigFile(path: string): Record<string, unknown> {
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
    throw refuse(path, "UTF-8 text", told("other bytes"));
  }
}

function readBytesOfFile(path: string): Buffer {
  let size: number;
  try {
    const found = statSync(path);
    if (!found.isFile())
      throw refuse(path, "a YAML or JSON file", told(found.isDirectory() ? "a folder" : "something else"));
    size = found.size;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: no such config file, or it cannot be read`);
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
