/** @file Completes the settings of a new run: its preset, and the checksums of the files that it depends on. */

import { parse, resolve } from "node:path";
import { readCheckedFile } from "../env/checked-file.ts";
import { homeAndGoalLines } from "../env/import-lines.ts";
import { isModulePath, OWN_ENV_FILE } from "../env/own-env.ts";
import { ENVIRONMENTS, importedArm } from "../env/registry.ts";
import { readRobot } from "../env/urdf/read-robot.ts";
import { readUrdfFile } from "../env/urdf/urdf-file.ts";
import { parseConfig, type RunConfig, setByPath } from "../shared/config.ts";
import { isRecord } from "../shared/is-record.ts";
import { presetOfTask, presetSettings } from "../shared/presets.ts";
import { loadDemonstrations } from "./load-demonstrations.ts";

/** Length at which a robot's name is cut in the name of its environment. */
const MAX_NAME_LENGTH = 40;

type Settings = Readonly<Record<string, unknown>>;
type Assignments = readonly (readonly [path: string, value: unknown])[];

export interface ResolvedRun {
  readonly config: RunConfig;
  /** Name of the preset; undefined without one. */
  readonly preset: string | undefined;
  /** One line for each decision about the arm of a URDF. */
  readonly notes: readonly string[];
}

export interface Resolution {
  /** The flags or the argument that the settings are from, for errors. */
  readonly where: string;
  /** Name of the preset that the settings override; undefined for none. */
  readonly preset: string | undefined;
  /** Single settings by path, which override the others. */
  readonly assignments?: Assignments;
  /** Values of settings that none of the above gives, by path. */
  readonly chosen?: Settings;
}

/**
 * Builds a run's config from a tree of settings.
 *
 * @throws InputError with a line for each invalid setting, or if a file that it names is invalid
 */
export function resolveSettings(
  given: Settings,
  { where, preset, assignments = [], chosen = {} }: Resolution,
): ResolvedRun {
  const settings = merge(
    preset === undefined ? {} : structuredClone(presetSettings(preset)),
    structuredClone(given),
  );
  for (const [path, value] of assignments) setByPath(settings, path, value);
  for (const [path, value] of Object.entries(chosen))
    if (!isSet(settings, path)) setByPath(settings, path, value);
  for (const [path, value] of moduleSettings(settings)) setByPath(settings, path, value);
  const config = parseConfig(settings, where);
  const demonstrations = loadDemonstrations(config);
  // A sweep gives its runs all settings, which must stay as they are.
  if (demonstrations !== undefined && !isSet(settings, "train.demos.sha256"))
    setByPath(settings, "train.demos.sha256", demonstrations.sha256);
  const { module } = config.env;
  if (module.file !== "") {
    if (module.sha256 === "")
      setByPath(settings, "env.module.sha256", readCheckedFile(module.file, OWN_ENV_FILE).sha256);
    setByPath(settings, "env.module.file", resolve(module.file));
  }
  if (config.env.urdf.file === "") return { config: parseConfig(settings, where), preset, notes: [] };
  for (const [path, value] of urdfSettings(config.env.urdf.file)) {
    // A sweep gives its runs all settings, the checksum as "".
    if (!isSet(settings, path) || (path === "env.urdf.sha256" && config.env.urdf.sha256 === ""))
      setByPath(settings, path, value);
  }
  // Before the path is made absolute, so that errors name the file as the user does.
  const arm = importedArm(parseConfig(settings, where).env);
  if (arm?.isHomeChosen === true) setByPath(settings, "env.urdf.home", [...arm.model.home]);
  setByPath(settings, "env.urdf.file", resolve(config.env.urdf.file));
  const { packages } = config.env.urdf;
  if (packages !== "") setByPath(settings, "env.urdf.packages", resolve(packages));
  const notes = arm === undefined ? [] : homeAndGoalLines(arm);
  return { config: parseConfig(settings, where), preset, notes };
}

/** Returns the name of the preset of the environment's task, with demonstrations if the settings name some. */
export function taskPreset(settings: Settings, assignments: Assignments = []): string {
  const given = structuredClone(settings);
  for (const [path, value] of assignments) setByPath(given, path, value);
  const [env, train] = [given["env"], given["train"]];
  const id = isRecord(env) ? env["id"] : undefined;
  const demos = isRecord(train) ? train["demos"] : undefined;
  const folder = isRecord(demos) ? demos["folder"] : undefined;
  const task = typeof id === "string" && Object.hasOwn(ENVIRONMENTS, id) ? ENVIRONMENTS[id]?.task : undefined;
  return presetOfTask(task ?? "", typeof folder === "string" && folder !== "");
}

/**
 * Returns the settings for an `env.id` that is the path of a module: the environment's name, and the module with its
 * checksum. Throws InputError if there is no such file.
 */
export function moduleSettings({ env }: Settings): Assignments {
  const id = isRecord(env) ? env["id"] : undefined;
  if (typeof id !== "string" || !isModulePath(id)) return [];
  const name = parse(id)
    .name.toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return [
    [
      "env.id",
      Object.hasOwn(ENVIRONMENTS, name) || name === "" ? `own-${name}` : name.slice(0, MAX_NAME_LENGTH),
    ],
    ["env.module.file", resolve(id)],
    ["env.module.sha256", readCheckedFile(id, OWN_ENV_FILE).sha256],
  ];
}

/** Returns the settings that a robot file implies: the environment's name and the file's checksum. */
function urdfSettings(file: string): Assignments {
  const { text, sha256 } = readUrdfFile(file);
  const name = readRobot(text, file)
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
function isSet(settings: Settings, path: string): boolean {
  let node: unknown = settings;
  for (const key of path.split(".")) node = isRecord(node) ? node[key] : undefined;
  return node !== undefined;
}

/** Merges two trees of settings; values of `over` override those of `under`. */
function merge(under: Settings, over: Settings): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return merged;
}
