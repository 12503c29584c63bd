/** @file The sizes of a run's episodes, from what the run has saved: for an environment that the doctor cannot make. */

import type { ReplayState } from "../agent/replay-buffer.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";

/** Returns undefined if the run has no valid policy. @param run its folder */
export function storedSizes(run: string, { actions, terms, lengths }: ReplayState): EpisodeSizes | undefined {
  try {
    const { sizes } = readPolicy(chosenPolicy(run));
    const maxSteps = actions.length / lengths.length / sizes.action;
    return { ...sizes, maxSteps, ...(terms.length > 0 ? { terms: 1 } : {}) };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Whether an environment's observations, goals and actions have the sizes of a run's. */
export function isSameTask(a: EpisodeSizes, b: EpisodeSizes): boolean {
  return a.observation === b.observation && a.goal === b.goal && a.action === b.action;
}
