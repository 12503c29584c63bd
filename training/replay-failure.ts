/** @file Plays the episode in which training stopped again, and compares it with the recording. */

import { episodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation } from "../shared/goal-env.ts";
import { isUsable } from "../shared/magnitude.ts";
import type { LastSteps } from "../storage/last-steps.ts";
import { checkObserved, checkStep } from "./episode-guard.ts";

/** A reset (step 0) or a step of the episode. */
export interface ReplayedStep extends Partial<Pick<GoalObservation, "observation" | "achievedGoal">> {
  readonly step: number;
  readonly action?: readonly number[];
  readonly reward?: number;
}

export interface Replay {
  /** Up to the step that failed, or the last one. */
  readonly steps: readonly ReplayedStep[];
  /** What failed in the environment this time; absent if nothing did. */
  readonly fault?: string;
  /** Whether every step and the fault are the recorded ones. */
  readonly isSame: boolean;
  /** The first step whose observation differs from the recorded one; absent if none does. */
  readonly differsAt?: number;
}

/** Plays a recorded episode on an environment, up to the step that failed. */
export function replayFailure(
  env: GoalEnv,
  { message, reset, actions, failedStep, ...recorded }: LastSteps,
): Replay {
  // A policy's action that is not finite says nothing about the environment.
  const failedAction = failedStep?.action.every(isUsable) === true ? failedStep.action : undefined;
  const envFailed = failedAction !== undefined || recorded.observations.length === 0;
  const sizes = episodeSizes(env);
  const steps: ReplayedStep[] = [];
  let differsAt: number | undefined;
  const add = (played: ReplayedStep, expected: readonly number[] | undefined) => {
    steps.push(played);
    const isEqual = expected?.every((value, i) => Object.is(value, played.observation?.[i]));
    if (isEqual === false) differsAt ??= played.step;
  };
  const found = (fault?: string): Replay => ({
    steps,
    ...(fault === undefined ? {} : { fault }),
    ...(differsAt === undefined ? {} : { differsAt }),
    isSame: differsAt === undefined && fault === (envFailed ? message : undefined),
  });
  try {
    const { seed, training, goal, configuration } = reset;
    const start = env.reset({
      ...(seed === undefined ? {} : { seed }),
      ...(training === undefined ? {} : { training }),
      ...(goal === undefined ? {} : { goal }),
      ...(configuration === undefined ? {} : { configuration }),
    });
    add({ step: 0, ...start }, recorded.observations[-recorded.firstKept]);
    checkObserved(start, sizes, `${env.id}.reset`);
    const all = failedAction === undefined ? actions : [...actions, failedAction];
    for (const [i, action] of all.entries()) {
      const number = i + 1;
      const expected =
        i === actions.length ? failedStep?.observation : recorded.observations[number - recorded.firstKept];
      const result = env.step(Float32Array.from(action));
      const { observation, achievedGoal, reward } = result;
      add({ step: number, action, observation, achievedGoal, reward }, expected);
      checkStep(result, sizes, `${env.id}.step`);
    }
    return found();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return found(error.message);
  }
}
