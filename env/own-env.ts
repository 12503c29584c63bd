/** @file Makes an environment of the user from a module: `export default function (): GoalEnv`, in .ts, .js or .mjs. */

import { pathToFileURL } from "node:url";
import type { EnvConfig } from "../shared/env-config.ts";
import { InputError, refuse, show } from "../shared/errors.ts";
import { refuseUncheckedEnv } from "../shared/foreign-paths.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { isRecord } from "../shared/is-record.ts";
import { readCheckedFile } from "./checked-file.ts";

/** The file of `env.module.file`. */
export const OWN_ENV_FILE = {
  kind: "a module that makes an environment",
  setting: "--env",
} as const;

/** Returns whether an environment's name is the path of a module. */
export function isModulePath(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/**
 * Imports a module and calls its default export.
 *
 * @throws InputError if there is no checksum, the file is missing or has another one, does not load, or makes no environment
 */
export async function makeOwnEnv(config: EnvConfig["module"]): Promise<GoalEnv> {
  const { file, sha256 } = config;
  // The config may be that of somebody else's run.
  refuseUncheckedEnv({ module: config }, file);
  readCheckedFile(file, { ...OWN_ENV_FILE, sha256 });
  const module = await imported(file);
  const exported = module["default"];
  // A module that was loaded by require has its exports in `default`.
  const create = isRecord(exported) ? exported["default"] : exported;
  if (typeof create !== "function")
    throw refuse(
      file,
      "a default export that makes an environment",
      create,
      "See docs/own-task.md: export default function () { return { id, reset, step, … }; }",
    );
  const env: unknown = await called(file, () => create());
  if (isGoalEnv(env)) return env;
  throw refuse(file, "a default export that returns an environment with reset and step", env);
}

/** Distinguishes environments from other values; checkEnv tests the rest. */
export function isGoalEnv(value: unknown): value is GoalEnv {
  return isRecord(value) && typeof value["reset"] === "function" && typeof value["step"] === "function";
}

async function imported(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (/\.[cm]?ts$/.test(file)) {
    // Node 20 does not run TypeScript. A package.json without "type": "module" makes it load the file by require.
    (await import("tsx/cjs/api")).register();
    (await import("tsx/esm/api")).register();
  }
  return called(file, () => import(pathToFileURL(file).href));
}

/** Calls the user's code, and turns what it throws into one line. */
async function called<T>(file: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
    throw new InputError(`${file}: expected a module that makes an environment, got ${oneLine(thrown)}`);
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
