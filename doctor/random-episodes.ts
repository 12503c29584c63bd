/** @file Episodes in the intact environment with the random actions of a run's warm-up: what they do when nothing is broken. */

import { ReplayBuffer } from "../agent/replay-buffer.ts";
import { sampleBox } from "../shared/box.ts";
import { Episode, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";

/** Steps of an ordinary warm-up: a correlation of 0.1 is then three standard errors. */
const STEPS = 1000;

/** The slots of the warm-up's episodes, oldest first; none if they have been replaced or a demonstration came first. */
export function warmupSlots(replay: ReplayBuffer, warmupSteps: number): number[] {
  const others = replay.episodes - replay.demonstrations;
  const isComplete = replay.episodes < replay.maxSlots;
  const slots: number[] = [];
  for (let age = others - 1, steps = 0; isComplete && age >= 0; age--) {
    const slot = replay.slotByAge(age);
    steps += replay.lengthOf(slot);
    if (steps > Math.min(warmupSteps, STEPS)) break;
    slots.push(slot);
  }
  return slots;
}

/**
 * Plays the actions of stored episodes from other starts, or uniform ones if there are none.
 *
 * @throws InputError if the simulation diverges
 */
export function randomEpisodes(
  env: GoalEnv,
  replay: ReplayBuffer,
  slots: readonly number[],
  rng: Rng,
): ReplayBuffer {
  const sizes = episodeSizes(env);
  const count = slots.length > 0 ? slots.length : Math.max(1, Math.round(STEPS / sizes.maxSteps));
  const played = new ReplayBuffer(count * sizes.maxSteps, sizes);
  const episode = new Episode(sizes);
  for (let i = 0; i < count; i++) {
    const slot = slots[i];
    const length = slot === undefined ? sizes.maxSteps : replay.lengthOf(slot);
    episode.begin(env.reset({ seed: rng.integer(2 ** 31) }));
    for (let step = 0, done = false; step < length && !done; step++) {
      const action = sampleBox(env.actionSpace, rng);
      if (slot !== undefined) replay.readAction(slot, step, action, 0);
      const result = env.step(action);
      episode.append(action, result);
      done = result.terminated || result.truncated;
    }
    played.store(episode);
  }
  return played;
}
