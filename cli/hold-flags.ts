/** @file The flags of `steadyarm eval` that test holding: --seconds, --push, --moving-goal, --random-posture. */

import { refuse } from "../shared/errors.ts";
import { type HoldTest, MIN_PUSH_SECONDS, SETTLING } from "../training/hold/hold-test.ts";
import { numberFlag } from "./number-flag.ts";

export interface HoldFlags {
  readonly seconds?: string | undefined;
  readonly push?: string | undefined;
  readonly movingGoal?: string | undefined;
  readonly randomPosture?: boolean;
}

/** Seconds of an episode if another of the flags is given and --seconds is not. */
const DEFAULT_SECONDS = 20;

const MAX_SECONDS = 3600;
/** N. A push of the maximum leaves every arm out of control for a moment. */
const MAX_PUSH = 1000;
/** m/s, about the speed of a fast robot arm. */
const MAX_GOAL_SPEED = 2;

/**
 * Returns the test that the flags request, or undefined for the plain evaluation.
 *
 * @throws InputError if a flag is invalid
 */
export function holdTest(flags: HoldFlags): HoldTest | undefined {
  const { seconds, push, movingGoal, randomPosture = false } = flags;
  if (seconds === undefined && push === undefined && movingGoal === undefined && !randomPosture)
    return undefined;
  const test = {
    seconds:
      seconds === undefined
        ? DEFAULT_SECONDS
        : numberFlag("--seconds", seconds, SETTLING, MAX_SECONDS, "seconds"),
    push: push === undefined ? 0 : positiveFlag("--push", push, MAX_PUSH, "N"),
    goalSpeed:
      movingGoal === undefined ? 0 : positiveFlag("--moving-goal", movingGoal, MAX_GOAL_SPEED, "m/s"),
    randomPosture,
  };
  if (test.push > 0 && test.seconds < MIN_PUSH_SECONDS) {
    throw refuse(
      "--seconds",
      `at least ${MIN_PUSH_SECONDS} with --push, whose first push is after 5 s`,
      test.seconds,
      `Use --seconds ${DEFAULT_SECONDS}`,
    );
  }
  return test;
}

function positiveFlag(flag: string, text: string, max: number, unit: string): number {
  const value = numberFlag(flag, text, 0, max, unit);
  if (value === 0) throw refuse(flag, `more than 0 ${unit}`, value, `Leave ${flag} out`);
  return value;
}

/** Throws InputError if a task, such as push, cannot have the test. */
export function checkTestFits({ goalSpeed, randomPosture }: HoldTest, task: string, env: string): void {
  if (task === "reach" || (goalSpeed === 0 && !randomPosture)) return;
  const flag = goalSpeed > 0 ? "--moving-goal" : "--random-posture";
  throw refuse(flag, "a reach task", env, `Leave ${flag} out; --seconds and --push work with every task`);
}
