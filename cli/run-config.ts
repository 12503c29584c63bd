/** @file Builds a run's config from preset, config file, flags and --set; later ones override earlier ones. */

import { resolve } from "node:path";
import { ENVIRONMENTS, importedArm } from "../env/registry.ts";
import { readUrdfFile } from "../env/urdf/urdf-file.ts";
import { readUrdf } from "../env/urdf/urdf-robot.ts";
import { parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { InputError, refuse } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { presetOfTask, presetSettings } from "../shared/presets.ts";
import { isManifest } from "../storage/manifest.ts";
import { loadDemonstrations } from "../training/load-demonstrations.ts";
import { homeAndGoalLines } from "./import-lines.ts";
import { parseYaml, readSettingsFile } from "./settings-file.ts";

/** Length at which a robot's name is cut in the name of its environment. */
const MAX_NAME_LENGTH = 40;

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

export interface ResolvedRun {
  readonly config: RunConfig;
  /** Name of the preset; undefined if a settings file has the agent's settings. */
  readonly preset: string | undefined;
  /** One line for each decision about the arm of a URDF. */
  readonly notes: readonly string[];
}

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
  const preset = flags.preset ?? taskPreset(file, assignments);
  const settings = preset === undefined ? file : merge(structuredClone(presetSettings(preset)), file);
  for (const [path, value] of assignments) setByPath(settings, path, value);
  for (const [path, value] of Object.entries(chosen))
    if (!isSet(settings, path)) setByPath(settings, path, value);
  const config = parseConfig(settings, sources.join(" "));
  const demonstrations = loadDemonstrations(config);
  // A sweep gives its runs all settings, which must stay as they are.
  if (demonstrations !== undefined && !isSet(settings, "train.demos.sha256"))
    setByPath(settings, "train.demos.sha256", demonstrations.sha256);
  if (config.env.urdf.file === "") {
    return { config: parseConfig(settings, sources.join(" ")), preset, notes: [] };
  }
  for (const [path, value] of urdfSettings(config.env.urdf.file)) {
    // A sweep gives its runs all settings, the checksum as "".
    if (!isSet(settings, path) || (path === "env.urdf.sha256" && config.env.urdf.sha256 === ""))
      setByPath(settings, path, value);
  }
  // Before the path is made absolute, so that errors name the file as the user does.
  const arm = importedArm(parseConfig(settings, sources.join(" ")).env);
  if (arm?.isHomeChosen === true) setByPath(settings, "env.urdf.home", [...arm.model.home]);
  setByPath(settings, "env.urdf.file", resolve(config.env.urdf.file));
  return {
    config: parseConfig(settings, sources.join(" ")),
    preset,
    notes: arm === undefined ? [] : homeAndGoalLines(arm),
  };
}

/** Reads a file of settings, or the settings in a run's manifest. */
function readSettings(path: string): Readonly<Record<string, unknown>> {
  const file = readSettingsFile(path);
  return isManifest(file) && isRecord(file["config"]) ? file["config"] : file;
}

/** Returns the preset of the environment's task; undefined if the settings file has settings of the agent. */
function taskPreset(
  file: Readonly<Record<string, unknown>>,
  assignments: readonly (readonly [path: string, value: unknown])[],
): string | undefined {
  if (file["agent"] !== undefined) return undefined;
  const inFile = isRecord(file["env"]) ? file["env"]["id"] : undefined;
  const id = assignments.findLast(([path]) => path === "env.id")?.[1] ?? inFile;
  const task = typeof id === "string" && Object.hasOwn(ENVIRONMENTS, id) ? ENVIRONMENTS[id]?.task : undefined;
  return presetOfTask(task ?? "");
}

/** Returns the settings that a URDF file implies: the environment's name and the file's checksum. */
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

/** Returns `<robot>-reach`, distinct from the built-in environments. */
function nameOf(robot: string): string {
  const id = `${robot === "" ? "robot" : robot.slice(0, MAX_NAME_LENGTH)}-reach`;
  return Object.hasOwn(ENVIRONMENTS, id) ? id.replace(/-reach$/, "-urdf-reach") : id;
}

/** Returns whether a tree of settings has a value at a path. */
function isSet(settings: Readonly<Record<string, unknown>>, path: string): boolean {
  let node: unknown = settings;
  for (const key of path.split(".")) node = isRecord(node) ? node[key] : undefined;
  return node !== undefined;
}

/** Merges two trees of settings; values of `over` override those of `under`. */
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
