/** @file Builds a run's config from preset, config file, flags and --set; later ones override earlier ones. */

import { parseConfig, type RunConfig } from "../shared/config.ts";
import { InputError, refuse } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { isManifest } from "../storage/manifest.ts";
import { type ResolvedRun, resolveSettings, taskPreset } from "../training/resolve-settings.ts";
import { parseYaml, readSettingsFile } from "./settings-file.ts";

/** Characters of the value of a --set flag; a path is the longest. */
const MAX_VALUE_LENGTH = 5000;

/** Flags that give settings. */
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
  readonly demos?: string | undefined;
}

/** Flag → the setting it abbreviates. */
const ABBREVIATIONS: readonly (readonly [flag: keyof ConfigFlags, path: string])[] = [
  ["env", "env.id"],
  ["reward", "env.reward"],
  ["control", "env.control"],
  ["seed", "train.seed"],
  ["steps", "train.steps"],
  ["engine", "agent.engine"],
  ["demos", "train.demos.folder"],
];

/** Returns the config alone; otherwise as resolveRun. */
export function resolveConfig(flags: ConfigFlags): RunConfig {
  return resolveRun(flags).config;
}

/**
 * Builds a run's config. If no preset is named and no settings file has an `agent` section, the preset is the task's.
 *
 * @param chosen values of settings that neither flags nor files give, by path
 * @throws InputError with a line for each invalid setting, naming the file or flag
 */
export function resolveRun(flags: ConfigFlags, chosen: Readonly<Record<string, unknown>> = {}): ResolvedRun {
  const file = flags.config === undefined ? {} : readSettings(flags.config);
  // Validated separately first, so that its errors name the file and not the flags.
  if (flags.config !== undefined) parseConfig(file, flags.config);
  const { assignments, sources } = settingsOfFlags(flags);
  // A settings file with settings of the agent stands for itself.
  const preset = flags.preset ?? (file["agent"] === undefined ? taskPreset(file, assignments) : undefined);
  return resolveSettings(file, { assignments, preset, chosen, where: sources.join(" ") });
}

/** Reads a file of settings, or the settings in a run's manifest. */
function readSettings(path: string): Readonly<Record<string, unknown>> {
  const file = readSettingsFile(path);
  return isManifest(file) && isRecord(file["config"]) ? file["config"] : file;
}

function settingsOfFlags(flags: ConfigFlags) {
  const assignments: [path: string, value: unknown][] = [];
  const sources: string[] = [];
  for (const [flag, path] of ABBREVIATIONS) {
    const text = flags[flag];
    if (typeof text !== "string") continue;
    assignments.push([path, flag === "seed" || flag === "steps" ? parseNumber(text) : text]);
    sources.push(`--${flag}`);
  }
  for (const assignment of flags.set ?? []) {
    const equals = assignment.indexOf("=");
    if (equals < 1) {
      throw refuse("--set", "path=value such as agent.her.k=0", assignment);
    }
    assignments.push([assignment.slice(0, equals), parseValue(assignment.slice(equals + 1), assignment)]);
    if (!sources.includes("--set")) sources.push("--set");
  }
  return { assignments, sources: sources.length === 0 ? ["defaults"] : sources };
}

/** Parses `20_000` and `2e4`; returns other text unchanged, for the schema to reject. */
function parseNumber(text: string): unknown {
  return /^[+-]?\d[\d_]*(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text.replaceAll("_", "")) : text;
}

/** Parses the value of a --set flag. */
function parseValue(text: string, assignment: string): unknown {
  const number = parseNumber(text);
  // YAML has null for an empty text, which no setting takes.
  if (typeof number === "number" || text === "") return number;
  const refusal = () =>
    refuse(`--set ${assignment.slice(0, assignment.indexOf("="))}`, "a number, name or [list]", text);
  if (/[\r\n]/.test(text) || text.length > MAX_VALUE_LENGTH) throw refusal();
  try {
    return parseYaml(text, "--set");
  } catch (error) {
    if (error instanceof InputError) throw refusal();
    throw error;
  }
}
