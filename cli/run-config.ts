/** @file From what a person typed to a checked config: preset, then file, flags and --set, the later over the earlier. */

import { resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { ENVIRONMENTS } from "../env/registry.ts";
import { readUrdfFile } from "../env/urdf/urdf-file.ts";
import { readUrdf } from "../env/urdf/urdf-robot.ts";
import { isRecord, parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { refuse } from "../shared/errors.ts";
import { presetSettings } from "../shared/presets.ts";
import { readSettingsFile } from "./settings-file.ts";

/** Characters of a robot's name that its runs are named after. */
const LONGEST_NAME = 40;

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
  const file = flags.config === undefined ? {} : readSettingsFile(flags.config);
  // Checked by itself first, so that its faults are reported against the file and not the flags.
  if (flags.config !== undefined) parseConfig(file, flags.config);
  const settings =
    flags.preset === undefined ? file : merge(structuredClone(presetSettings(flags.preset)), file);
  const { typed, sources } = typedSettings(flags);
  for (const [path, value] of typed) setByPath(settings, path, value);
  const config = parseConfig(settings, sources.join(" "));
  if (config.env.urdf.file === "") return config;
  for (const [path, value] of urdfSettings(config.env.urdf.file)) {
    if (!isSet(settings, path)) setByPath(settings, path, value);
  }
  setByPath(settings, "env.urdf.file", resolve(config.env.urdf.file));
  return parseConfig(settings, sources.join(" "));
}

/** What a run with an arm from a file notes down of it: its name, and its checksum. */
function urdfSettings(file: string): readonly (readonly [path: string, value: string])[] {
  const { text, sha256 } = readUrdfFile(file);
  const name = readUrdf(text, file)
    .name.toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return [
    ["env.id", nameOf(name)],
    ["env.urdf.sha256", sha256],
  ];
}

/** `<name>-reach`, apart from every arm of ours. */
function nameOf(robot: string): string {
  const id = `${robot === "" ? "robot" : robot.slice(0, LONGEST_NAME)}-reach`;
  return Object.hasOwn(ENVIRONMENTS, id) ? id.replace(/-reach$/, "-urdf-reach") : id;
}

/** Whether a setting was given a value. */
function isSet(settings: Readonly<Record<string, unknown>>, path: string): boolean {
  let node: unknown = settings;
  for (const key of path.split(".")) node = isRecord(node) ? node[key] : undefined;
  return node !== undefined;
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
