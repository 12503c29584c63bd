/** @file An episode that ended with an error: the steps up to it, for the report and for playing it again. */

import type { Episode } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalObservation, ResetOptions, Step } from "../shared/goal-env.ts";

/** The step that failed; with no result if the environment refused it. */
export interface FailedStep extends Partial<GoalObservation & Pick<Step, "reward">> {
  readonly action: Float32Array;
}

/** Plain data, so that worker threads can send it. */
export interface FailedEpisode {
  readonly reset: ResetOptions;
  /** Observation t precedes action t; empty if the reset failed. */
  readonly observations: readonly Float32Array[];
  readonly achievedGoals: readonly Float32Array[];
  readonly desiredGoal: Float32Array | undefined;
  readonly actions: readonly Float32Array[];
  /** Absent if they were not kept. */
  readonly rewards?: readonly number[];
  /** Absent if the error was not that of a step, but of the reset or of learning. */
  readonly failedStep?: FailedStep;
}

/** An error during an episode, with the episode. */
export class EpisodeError extends InputError {
  readonly episode: FailedEpisode;

  constructor(message: string, episode: FailedEpisode, options?: ErrorOptions) {
    super(message.split("\n"), options);
    this.episode = episode;
  }
}

/** Returns the recorded steps of an episode; `episode` is undefined before its first observation. */
export function failedEpisode(
  reset: ResetOptions,
  episode: Episode | undefined,
  rest: Pick<FailedEpisode, "rewards" | "failedStep"> = {},
): FailedEpisode {
  if (episode === undefined)
    return { reset, observations: [], achievedGoals: [], desiredGoal: undefined, actions: [], ...rest };
  const { sizes, length } = episode;
  return {
    reset,
    observations: rows(episode.observations, sizes.observation, length + 1),
    achievedGoals: rows(episode.achievedGoals, sizes.goal, length + 1),
    desiredGoal: episode.desiredGoal.slice(),
    actions: rows(episode.actions, sizes.action, length),
    ...rest,
  };
}

function rows(values: Float32Array, size: number, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, row) => values.slice(row * size, (row + 1) * size));
}
