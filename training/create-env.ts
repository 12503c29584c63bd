/** @file Creates an environment from its module, in a worker thread. */

import { InteractiveArm } from "../env/interactive-arm.ts";
import { isGoalEnv } from "../env/own-env.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";

/** Imports the module and calls its function. Throws InputError if it has no such function, or that returns no environment. */
export async function createEnv(module: EnvModule): Promise<GoalEnv> {
  const env = await create(module);
  if (isGoalEnv(env)) return env;
  throw refuse(`${module.url}: ${module.create}`, "an environment with reset and step", unquoted(typeof env));
}

/** Creates an arm without a time limit in the same way. */
export async function createInteractiveArm(module: EnvModule): Promise<InteractiveArm> {
  const arm = await create(module);
  if (arm instanceof InteractiveArm) return arm;
  throw refuse(`${module.url}: ${module.create}`, "an InteractiveArm", unquoted(typeof arm));
}

async function create({ url, create: name, args }: EnvModule): Promise<unknown> {
  const module: Readonly<Record<string, unknown>> = await import(url);
  const factory = module[name];
  if (typeof factory !== "function") throw refuse(url, `an exported function ${name}`, factory);
  return factory(...args);
}
