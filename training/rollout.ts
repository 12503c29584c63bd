/** @file Plays one episode; training and evaluation share it. */

import type { Episode } from "../shared/episode.ts";
import type { GoalEnv, GoalObservation, ResetOptions } from "../shared/goal-env.ts";

/** A policy: writes the action for an observation into `action`. */
export type Act = (observation: GoalObservation, action: Float32Array) => void;

/**
 * Plays one episode to its end.
 *
 * @param episode   overwritten with the episode
 * @param afterStep called after each step; its promise, if any, is awaited before the next step
 */
export async function rollout(
  env: GoalEnv,
  options: ResetOptions,
  act: Act,
  episode: Episode,
  afterStep?: () => Promise<void> | undefined,
): Promise<void> {
  const action = new Float32Array(episode.sizes.action);
  let observation: GoalObservation = env.reset(options);
  episode.begin(observation);
  for (let done = false; !done; ) {
    act(observation, action);
    const step = env.step(action);
    episode.append(action, step);
    observation = step;
    done = step.terminated || step.truncated;
    const pending = afterStep?.();
    if (pending !== undefined) await pending;
  }
  episode.endConfiguration = env.configuration?.();
}
