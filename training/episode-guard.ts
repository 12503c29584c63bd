/** @file Checks of an episode's numbers before they are learned from: a single NaN spreads to all weights. */

import type { EpisodeSizes } from "../shared/episode.ts";
import { refuse } from "../shared/errors.ts";
import type { GoalObservation, Step } from "../shared/goal-env.ts";
import { isUsable, USABLE } from "../shared/magnitude.ts";

/** Throws InputError if a part of an observation has another size than declared or a number that is not usable. */
export function checkObserved(observed: GoalObservation, sizes: EpisodeSizes, where: string): void {
  checkNumbers(observed.observation, sizes.observation, `${where} observation`);
  checkNumbers(observed.achievedGoal, sizes.goal, `${where} achievedGoal`);
  checkNumbers(observed.desiredGoal, sizes.goal, `${where} desiredGoal`);
}

/** Throws InputError as checkObserved does, for the observation, the reward and the reward terms of a step. */
export function checkStep(step: Step, sizes: EpisodeSizes, where: string): void {
  checkObserved(step, sizes, where);
  if (!isUsable(step.reward)) throw refuse(`${where} reward`, USABLE, step.reward);
  if (sizes.terms !== undefined) checkNumbers(step.terms, sizes.terms, `${where} terms`);
}

/** Throws InputError if the policy's action has a number that is not finite: its weights are then not finite either. */
export function checkAction(action: Float32Array): void {
  checkNumbers(action, action.length, "policy action");
}

/** Throws InputError if a configuration has a number that is not usable: no episode could start there. */
export function checkConfiguration(configuration: ArrayLike<number>, where: string): void {
  checkNumbers(configuration, configuration.length, where);
}

function checkNumbers(values: ArrayLike<unknown> | undefined, size: number, where: string): void {
  if (values?.length !== size) throw refuse(where, `${size} numbers`, values?.length);
  for (let i = 0; i < size; i++) {
    if (!isUsable(values[i])) throw refuse(`${where}[${i}]`, USABLE, values[i]);
  }
}
