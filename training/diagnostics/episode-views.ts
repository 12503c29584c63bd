/** @file Single moments of a recorded episode, as views into its arrays. */

import type { Episode } from "../../shared/episode.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";

/** Returns the observation before step `moment`, or the last one for `moment` = length. */
export function observationAt(episode: Episode, moment: number): GoalObservation {
  const { observations, achievedGoals, desiredGoal, sizes } = episode;
  const { observation, goal } = sizes;
  return {
    observation: observations.subarray(moment * observation, (moment + 1) * observation),
    achievedGoal: achievedGoals.subarray(moment * goal, (moment + 1) * goal),
    desiredGoal,
  };
}

/** Returns the action of a step. */
export function actionAt({ actions, sizes }: Episode, step: number): Float32Array {
  return actions.subarray(step * sizes.action, (step + 1) * sizes.action);
}
