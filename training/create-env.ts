/** @file Creates an environment from its module, in a worker thread. */

import type { InteractiveArm } from "../env/interactive-arm.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";

/** Imports the module and calls its function. Throws InputError if it has no such function. */
export async function createEnv(module: EnvModule): Promise<GoalEnv> {
  return (await factoryOf(module))(...module.args);
}

/** Creates an arm without a time limit in the same way. */
export async function createInteractiveArm(module: EnvModule): Promise<InteractiveArm> {
  return (await factoryOf(module))(...module.args);
}

async function factoryOf({ url, create }: EnvModule) {
  const module: Readonly<Record<string, unknown>> = await import(url);
  const factory = module[create];
  if (typeof factory !== "function") throw refuse(url, `an exported function ${create}`, factory);
  return factory;
}
