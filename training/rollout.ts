/** @file Plays one episode; training and evaluation share it. */

import type { Episode } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation, ResetOptions, Step } from "../shared/goal-env.ts";
import { checkAction, checkConfiguration, checkObserved, checkStep } from "./episode-guard.ts";
import { EpisodeError, failedEpisode } from "./failed-episode.ts";

/** A policy: writes the action for an observation into `action`. */
export type Act = (observation: GoalObservation, action: Float32Array) => void;

/**
 * Plays one episode to its end.
 *
 * @param episode   overwritten with the episode
 * @param afterStep called after each step; its promise, if any, is awaited before the next step
 * @throws EpisodeError if a number of the environment or the policy is not usable, or instead of another InputError
 */
export async function rollout(
  env: GoalEnv,
  options: ResetOptions,
  act: Act,
  episode: Episode,
  afterStep?: () => Promise<void> | undefined,
): Promise<void> {
  const { sizes } = episode;
  const action = new Float32Array(sizes.action);
  const rewards: number[] = [];
  let hasBegun = false;
  // The result of an action that is not recorded yet.
  let unrecorded: { step?: Step } | undefined;
  try {
    let observation: GoalObservation = env.reset(options);
    checkObserved(observation, sizes, `${env.id}.reset`);
    episode.begin(observation);
    hasBegun = true;
    for (let done = false; !done; ) {
      unrecorded = {};
      act(observation, action);
      checkAction(action);
      const step = env.step(action);
      unrecorded.step = step;
      checkStep(step, sizes, `${env.id}.step`);
      episode.append(action, step);
      rewards.push(step.reward);
      unrecorded = undefined;
      observation = step;
      done = step.terminated || step.truncated;
      const pending = afterStep?.();
      if (pending !== undefined) await pending;
    }
    const end = env.configuration?.();
    if (end !== undefined) checkConfiguration(end, `${env.id}.configuration`);
    episode.endConfiguration = end;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const failedStep = unrecorded && { action: action.slice(), ...partsOf(unrecorded.step) };
    const failed = failedEpisode(options, hasBegun ? episode : undefined, {
      rewards,
      ...(failedStep === undefined ? {} : { failedStep }),
    });
    throw new EpisodeError(error.message, failed, { cause: error });
  }
}

function partsOf(step: Step | undefined) {
  if (step === undefined) return {};
  const { observation, achievedGoal, reward } = step;
  return { observation, achievedGoal, reward };
}
