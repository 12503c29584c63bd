/** @file Plays the episodes of a test of holding: in this thread, or divided among several. */

import type { InteractiveArm } from "../../env/interactive-arm.ts";
import type { RunConfig } from "../../shared/config.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import { type ActorSnapshot, savedActor } from "../policy-snapshot.ts";
import type { HoldTest } from "./hold-test.ts";
import { type LongEpisode, playLongEpisode } from "./long-episode.ts";

/** Plays an episode of a test. */
export interface HoldPlayer {
  hold(actor: ActorSnapshot, seed: number, test: HoldTest): Promise<LongEpisode>;
}

/** Returns a player with its own arm, in the calling thread. */
export function holdPlayer(
  arm: InteractiveArm,
  config: Pick<RunConfig, "agent">,
  sizes: EpisodeSizes,
): HoldPlayer {
  return {
    hold: async ({ weights, normalizers }, seed, test) => {
      const { act } = savedActor(config.agent, sizes, weights.actor, normalizers);
      return playLongEpisode(arm, act, seed, test);
    },
  };
}

/**
 * Plays one episode per seed, each by the next player that is free. The result does not depend on the number of players.
 *
 * @param onEpisode called with the number of finished episodes after each
 */
export async function playHoldTest(
  players: readonly HoldPlayer[],
  actor: ActorSnapshot,
  seeds: readonly number[],
  test: HoldTest,
  onEpisode?: (finished: number) => void,
): Promise<LongEpisode[]> {
  const episodes: LongEpisode[] = [];
  let [next, finished] = [0, 0];
  const work = async (player: HoldPlayer) => {
    while (next < seeds.length) {
      const i = next++;
      episodes[i] = await player.hold(actor, seeds[i]!, test);
      finished += 1;
      onEpisode?.(finished);
    }
  };
  await Promise.all(players.map(work));
  return episodes;
}
