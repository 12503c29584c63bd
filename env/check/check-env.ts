/**
 * @file Whether an environment keeps every promise of shared/goal-env.ts, and which one it breaks.
 *
 * After Gymnasium's check_env, Stable-Baselines3's env_checker and dm_control's suite tests, with what
 * hindsight and the sparse goals here need besides. For registered environments and for people's own.
 */

import { InputError } from "../../shared/errors.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { ANSWERS } from "./answers.ts";
import { DECLARATIONS } from "./declarations.ts";
import { EPISODES } from "./episodes.ts";
import { memory } from "./memory.ts";
import { type EnvCheck, record, WALK, type Walk } from "./probe.ts";
import { REFUSALS } from "./refusals.ts";
import { REWARDS } from "./rewards.ts";
import { SEEDING } from "./seeding.ts";

/** A promise that is not kept. */
export interface Finding {
  /** Which one, by the name of its check. */
  readonly check: string;
  /** One sentence. */
  readonly promise: string;
  /** `where: expected what, got what`. */
  readonly message: string;
}

/** Each stage trusts in those before: the first with a finding is the last that is looked at. */
const STAGES: readonly (readonly EnvCheck[])[] = [
  DECLARATIONS,
  ANSWERS,
  SEEDING,
  [...REWARDS, ...EPISODES, ...REFUSALS],
  [memory],
];

/** Every check there is, in order. */
export const ENV_CHECKS: readonly Pick<EnvCheck, "name" | "promise">[] = STAGES.flat();

/**
 * Checks an environment.
 *
 * @param make    makes a fresh one each time; every one made is disposed of
 * @param onCheck told of each check as it ends
 * @returns what is wrong, empty if nothing; where a stage finds something, later ones are not run
 */
export async function checkEnv(
  make: () => GoalEnv | Promise<GoalEnv>,
  onCheck?: (name: string, finding: Finding | undefined) => void,
): Promise<readonly Finding[]> {
  const walked: GoalEnv[] = [];
  let recorded: Walk | undefined;
  const walk = async () => {
    if (recorded !== undefined) return recorded;
    const env = await make();
    walked.push(env);
    recorded = { env, moments: record(env, WALK.steps) };
    return recorded;
  };
  try {
    return await runStages((check) => run(check, make, walk), onCheck);
  } finally {
    for (const env of walked) disposeQuietly(env);
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
      // What throws in one check throws in the next as well; one finding tells of it.
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
    // A person's own environment may throw anything anywhere: that is a finding, not a crash of the checker.
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const told = error instanceof InputError ? error.message : what;
    return { message: `expected nothing to be thrown, got ${told}`, threw: true };
  } finally {
    for (const env of opened) disposeQuietly(env);
  }
}

function disposeQuietly(env: GoalEnv): void {
  try {
    env.dispose();
  } catch {
    // The check of disposal tells of it.
  }
}
