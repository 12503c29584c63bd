/** @file One episode of some policy in some environment: training and evaluation both go through here. */

import type { Episode } from "../shared/episode.ts";
import type { GoalEnv, GoalObservation, ResetOptions } from "../shared/goal-env.ts";

/** Writes the action for what is seen into `action`. */
export type Choose = (seen: GoalObservation, action: Float32Array) => void;

/**
 * Plays one episode to its end.
 *
 * @param episode   filled with the episode, from its start
 * @param afterStep called and awaited after each step, where training learns; without it nothing is awaited
 */
export async function rollout(
  env: GoalEnv,
  start: ResetOptions,
  choose: Choose,
  episode: Episode,
  afterStep?: () => Promise<void> | undefined,
): Promise<void> {
  const action = new Float32Array(episode.sizes.action);
  let seen: GoalObservation = env.reset(start);
  episode.begin(seen);
  for (let over = false; !over; ) {
    choose(seen, action);
    const step = env.step(action);
    episode.append(action, step);
    seen = step;
    over = step.terminated || step.truncated;
    const learning = afterStep?.();
    if (learning !== undefined) await learning;
  }
}
