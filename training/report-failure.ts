/** @file Reports the episode in which training stopped: where it was, its last steps, the checkpoint that is intact. */

import type { Ddpg } from "../agent/ddpg.ts";
import { InputError } from "../shared/errors.ts";
import { shellQuoted } from "../shared/shell-quote.ts";
import { checkpointPath, listCheckpoints } from "../storage/checkpoint-folder.ts";
import { type LastSteps, writeLastSteps } from "../storage/last-steps.ts";
import type { RunFolder } from "../storage/run-folder.ts";
import type { EpisodeError, FailedEpisode } from "./failed-episode.ts";
import type { TrainingProgress } from "./training-progress.ts";

/** Observations before the error that are written. */
const MAX_OBSERVATIONS = 100;

/**
 * Writes the last steps into the run folder.
 *
 * @returns the error to throw: what was wrong, when, which checkpoint is intact, and the command that shows the steps
 */
export function reportFailure(
  error: EpisodeError,
  folder: RunFolder,
  progress: TrainingProgress,
  { learner }: Ddpg,
): InputError {
  const { episode } = error;
  const isTraining = episode.reset.training === true;
  const step = episode.actions.length + (episode.failedStep === undefined ? 0 : 1);
  const steps = progress.steps + (isTraining ? step : 0);
  const index = isTraining ? progress.episodes + 1 : null;
  const where =
    index === null ? "an episode of an evaluation" : `training episode ${index.toLocaleString("en")}`;
  const when = `It happened at step ${step} of ${where} (environment step ${steps.toLocaleString("en")}, ${learner.updates.toLocaleString("en")} updates)`;
  const checkpoint = listCheckpoints(folder.checkpoints).at(-1);
  const intact =
    checkpoint === undefined
      ? "There is no checkpoint yet"
      : `The last checkpoint is intact: ${checkpointPath(folder.checkpoints, checkpoint)}`;
  const facts = { message: error.message, steps, updates: learner.updates, episode: index };
  return new InputError(
    `${error.message}. ${when}. ${intact}. ${saved(folder, { ...facts, ...plain(episode) })}`,
    { cause: error },
  );
}

/** Writes the file, and returns how to show it, or why that failed: a full disk must not hide the error. */
function saved({ path }: RunFolder, lastSteps: LastSteps): string {
  try {
    writeLastSteps(path, lastSteps);
    return `Play the episode again: steadyarm replay ${shellQuoted(path)}`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `Its last steps are lost: ${error.message}`;
  }
}

function plain({ reset, rewards, failedStep, ...episode }: FailedEpisode) {
  const { seed, training, goal, configuration } = reset;
  const firstKept = Math.max(0, episode.observations.length - MAX_OBSERVATIONS);
  const { desiredGoal } = episode;
  return {
    reset: {
      ...(seed === undefined ? {} : { seed }),
      ...(training === undefined ? {} : { training }),
      ...(goal === undefined ? {} : { goal: Array.from(goal) }),
      ...(configuration === undefined ? {} : { configuration: Array.from(configuration) }),
    },
    actions: episode.actions.map((row) => [...row]),
    firstKept,
    observations: episode.observations.slice(firstKept).map((row) => [...row]),
    achievedGoals: episode.achievedGoals.slice(firstKept).map((row) => [...row]),
    ...(desiredGoal === undefined ? {} : { desiredGoal: [...desiredGoal] }),
    ...(rewards === undefined ? {} : { rewards }),
    ...(failedStep === undefined ? {} : { failedStep: plainStep(failedStep) }),
  };
}

function plainStep({ action, observation, achievedGoal, reward }: NonNullable<FailedEpisode["failedStep"]>) {
  return {
    action: [...action],
    ...(observation === undefined ? {} : { observation: [...observation] }),
    ...(achievedGoal === undefined ? {} : { achievedGoal: [...achievedGoal] }),
    ...(reward === undefined ? {} : { reward }),
  };
}
