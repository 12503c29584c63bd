/** @file The flags of commands that take an environment and train nothing: --control, --reward, --set. */

import { refuse, unquoted } from "../shared/errors.ts";
import type { ResolvedRun } from "../training/resolve-settings.ts";
import { resolveRun } from "./run-config.ts";

export interface EnvironmentFlags {
  readonly control?: string | undefined;
  readonly reward?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/**
 * Returns the config of an environment.
 *
 * @param command for errors
 * @param preset by default that of the environment's task
 * @throws InputError if neither a name nor a robot file is given, or a setting is invalid or not one of environments
 */
export function resolveEnvironment(
  command: string,
  id: string | undefined,
  { control, reward, set }: EnvironmentFlags,
  preset?: string,
): ResolvedRun {
  const other = set?.find((each) => !/^(env|agent\.gamma)\b/.test(each));
  if (other !== undefined)
    throw refuse("--set", "a setting of the environment, env.…, or agent.gamma", other);
  if (id === undefined && set?.some((each) => each.startsWith("env.urdf.file=")) !== true) {
    throw refuse(command, "an environment's name, or --set env.urdf.file=<path>", unquoted("neither"));
  }
  return resolveRun({ control, reward, set, env: id, preset });
}
