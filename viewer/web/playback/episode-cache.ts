/** @file The loaded episodes by seed, and statistics over them for each slot. */

import type { OpenedMessage } from "../../../shared/protocol.ts";
import type { Clip } from "../../../shared/protocol-clip.ts";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import { type Motion, motionOfClip } from "./motion.ts";
import { signChangesPerSecond } from "./oscillation.ts";

/** The episodes of one seed, one for each slot. */
export interface LoadedEpisode {
  readonly opened: OpenedMessage;
  readonly clips: readonly Clip[];
  readonly motions: readonly Motion[];
  readonly goals: readonly Vec3[];
  /** Sign changes of the action a second, for each slot. */
  readonly signChanges: readonly number[];
}

/** Statistics of one slot over the loaded episodes. */
export interface SlotStatistics {
  readonly episodes: number;
  /** Episodes with success at the last step. */
  readonly successes: number;
  /** Episodes with success at any step. */
  readonly reached: number;
  /** Mean sign changes of the action a second. */
  readonly signChanges: number;
}

export class EpisodeCache {
  readonly #episodes = new Map<number, LoadedEpisode>();

  clear(): void {
    this.#episodes.clear();
  }

  add(scene: SceneMessage, opened: OpenedMessage, clips: readonly Clip[]): LoadedEpisode {
    const episode: LoadedEpisode = {
      opened,
      clips,
      motions: clips.map((clip) => motionOfClip(clip, scene.successDistance)),
      goals: opened.slots.map((slot) => slot.goal),
      signChanges: clips.map(({ actions, actionSize, controlTimestep }) =>
        signChangesPerSecond(actions, actionSize, controlTimestep),
      ),
    };
    this.#episodes.set(opened.seed, episode);
    return episode;
  }

  get(seed: number): LoadedEpisode | undefined {
    return this.#episodes.get(seed);
  }

  statistics(slot: number): SlotStatistics {
    const episodes = [...this.#episodes.values()].filter(({ motions }) => slot < motions.length);
    const count = (outcome: "successAtEnd" | "successOnce") =>
      episodes.filter(({ opened }) => opened.slots[slot]?.[outcome] === true).length;
    const signChanges = episodes.reduce((sum, episode) => sum + (episode.signChanges[slot] ?? 0), 0);
    return {
      episodes: episodes.length,
      successes: count("successAtEnd"),
      reached: count("successOnce"),
      signChanges: episodes.length === 0 ? 0 : signChanges / episodes.length,
    };
  }
}
