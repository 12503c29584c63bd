/** @file The episodes that came so far, by seed, and what they say together about each policy. */

import type { OpenedMessage } from "../../shared/protocol.ts";
import type { Clip } from "../../shared/protocol-clip.ts";
import type { SceneMessage } from "../../shared/protocol-scene.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import { type Motion, motionOfClip } from "./motion.ts";
import { signChangesPerSecond } from "./oscillation.ts";

/** One seed, played by every policy on screen. */
export interface ShelvedEpisode {
  readonly opened: OpenedMessage;
  /** As they came, for whoever takes the episode away. */
  readonly clips: readonly Clip[];
  readonly motions: readonly Motion[];
  readonly goals: readonly Vec3[];
  /** Changes of the action's sign a second, for each policy. */
  readonly signChanges: readonly number[];
}

/** What the episodes on the shelf say about one policy. */
export interface SlotRecord {
  readonly episodes: number;
  /** Held at the last step. */
  readonly held: number;
  /** Mean over episodes of the changes of sign a second. */
  readonly signChanges: number;
}

export class EpisodeShelf {
  readonly #episodes = new Map<number, ShelvedEpisode>();

  clear(): void {
    this.#episodes.clear();
  }

  put(scene: SceneMessage, opened: OpenedMessage, clips: readonly Clip[]): ShelvedEpisode {
    const motions = clips.map((clip) => motionOfClip(clip, scene.successDistance));
    const episode: ShelvedEpisode = {
      opened,
      clips,
      motions,
      goals: opened.slots.map((slot) => slot.goal),
      signChanges: clips.map(({ actions, actionSize, controlTimestep }) =>
        signChangesPerSecond(actions, actionSize, controlTimestep),
      ),
    };
    this.#episodes.set(opened.seed, episode);
    return episode;
  }

  get(seed: number): ShelvedEpisode | undefined {
    return this.#episodes.get(seed);
  }

  /** Episodes of one policy, together. */
  record(slot: number): SlotRecord {
    const all = [...this.#episodes.values()].filter(({ motions }) => slot < motions.length);
    const sum = all.reduce((total, { signChanges }) => total + (signChanges[slot] ?? 0), 0);
    return {
      episodes: all.length,
      held: all.filter(({ opened }) => opened.slots[slot]?.successAtEnd === true).length,
      signChanges: all.length === 0 ? 0 : sum / all.length,
    };
  }
}

/** Changes of the torque's sign a second, averaged over the joints: for a live motion, whose actions are not known. */
export function torqueSignChanges(motion: Motion, scene: SceneMessage, torqueScale: number): number {
  const { moments, joints, times } = motion;
  if (moments < 2) return 0;
  const shares = new Float32Array(moments * joints);
  for (let i = 0; i < shares.length; i++) {
    shares[i] = (motion.torques[i] ?? 0) / ((scene.links[i % joints]?.torqueLimit ?? 1) * torqueScale);
  }
  const duration = (times[moments - 1] ?? 0) - (times[0] ?? 0);
  return signChangesPerSecond(shares, joints, duration / (moments - 1));
}
