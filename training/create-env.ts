/** @file Creates an environment from its module, in a worker thread. */

import type { EnvModule } from "../shared/env-module.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";

/** Imports the module and calls its function. Throws InputError if it has no such function. */
export async function createEnv({ url, create, args }: EnvModule): Promise<GoalEnv> {
  const module: Readonly<Record<string, unknown>> = await import(url);
  const factory = module[create];
  if (typeof factory !== "function") throw refuse(url, `an exported function ${create}`, factory);
  return factory(...args);
}
