/**
 * @file Checks that an environment keeps every promise of shared/goal-env.ts, and reports those it breaks.
 *
 * Modelled on Gymnasium's check_env, Stable-Baselines3's env_checker and dm_control's suite tests, with additional
 * checks for HER and sparse goals. For registered environments and user-defined ones.
 */

import { InputError } from "../../shared/errors.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { DECLARATIONS } from "./declarations.ts";
import { EPISODES } from "./episodes.ts";
import { memory } from "./memory.ts";
import { OBSERVATIONS } from "./observations.ts";
import { type EnvCheck, record, WALK, type Walk } from "./probe.ts";
import { REFUSALS } from "./refusals.ts";
import { REWARDS } from "./rewards.ts";
import { SEEDING } from "./seeding.ts";

/** A broken promise. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** One sentence. */
  readonly promise: string;
  /** `where: expected what, got what`. */
  readonly message: string;
}

/** Each stage relies on the earlier ones, so checking stops after the first stage with a finding. */
const STAGES: readonly (readonly EnvCheck[])[] = [
  DECLARATIONS,
  OBSERVATIONS,
  SEEDING,
  [...REWARDS, ...EPISODES, ...REFUSALS],
  [memory],
];

/** All checks, in order. */
export const ENV_CHECKS: readonly Pick<EnvCheck, "name" | "promise">[] = STAGES.flat();

/**
 * Checks an environment and returns the findings; empty if every promise is kept.
 *
 * @param make    creates a new environment at each call; all of them are disposed of
 * @param onCheck called after each check
 */
export async function checkEnv(
  make: () => GoalEnv | Promise<GoalEnv>,
  onCheck?: (name: string, finding: Finding | undefined) => void,
): Promise<readonly Finding[]> {
  const opened: GoalEnv[] = [];
  let recorded: Walk | undefined;
  const walk = async () => {
    if (recorded !== undefined) return recorded;
    const env = await make();
    opened.push(env);
    recorded = { env, moments: record(env, WALK.steps) };
    return recorded;
  };
  try {
    return await runStages((check) => run(check, make, walk), onCheck);
  } finally {
    for (const env of opened) disposeQuietly(env);
  }
}

async function runStages(
  runOne: (check: EnvCheck) => Promise<Outcome | undefined>,
  onCheck: ((name: string, finding: Finding | undefined) => void) | undefined,
): Promise<readonly Finding[]> {
  for (const stage of STAGES) {
    const findings: Finding[] = [];
    for (const check of stage) {
      const outcome = await runOne(check);
      const finding =
        outcome === undefined
          ? undefined
          : { check: check.name, promise: check.promise, message: outcome.message };
      onCheck?.(check.name, finding);
      if (finding !== undefined) findings.push(finding);
      // An environment that throws in one check throws in the next as well: one finding is enough.
      if (outcome?.threw === true) return findings;
    }
    if (findings.length > 0) return findings;
  }
  return [];
}

interface Outcome {
  readonly message: string;
  readonly threw: boolean;
}

async function run(
  check: EnvCheck,
  make: () => GoalEnv | Promise<GoalEnv>,
  walk: () => Promise<Walk>,
): Promise<Outcome | undefined> {
  const opened: GoalEnv[] = [];
  const open = async () => {
    const env = await make();
    opened.push(env);
    return env;
  };
  try {
    const message = await check.find(open, walk);
    return message === undefined ? undefined : { message, threw: false };
  } catch (error) {
    // A user's environment may throw anything anywhere: that is a finding, not a crash of the checker.
    return { message: `expected no exception, got ${describe(error)}`, threw: true };
  } finally {
    for (const env of opened) disposeQuietly(env);
  }
}

function describe(error: unknown): string {
  if (error instanceof InputError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function disposeQuietly(env: GoalEnv): void {
  try {
    env.dispose();
  } catch {
    // The `dispose` check reports it.
  }
}
