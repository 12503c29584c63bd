/** @file Plays the episodes of a test of holding: in this thread, or divided among several. */

import { inputNormalizers } from "../../agent/network-inputs.ts";
import { actorFrom } from "../../agent/policy.ts";
import type { InteractiveArm } from "../../env/interactive-arm.ts";
import type { RunConfig } from "../../shared/config.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import type { ActorSnapshot } from "../policy-snapshot.ts";
import type { HoldTest } from "./hold-test.ts";
import { type LongEpisode, playLongEpisode } from "./long-episode.ts";

/** Plays an episode of a test for each seed. */
export interface HoldPlayer {
  hold(actor: ActorSnapshot, seeds: readonly number[], test: HoldTest): Promise<readonly LongEpisode[]>;
}

/** Returns a player with its own arm, in the calling thread. */
export function holdPlayer(
  arm: InteractiveArm,
  config: Pick<RunConfig, "agent">,
  sizes: EpisodeSizes,
): HoldPlayer {
  return {
    hold: async ({ weights, normalizers }, seeds, test) => {
      const policy = actorFrom(config.agent, sizes, {
        normalizers: inputNormalizers(config.agent, sizes, normalizers),
        actor: () => weights.actor,
      });
      return seeds.map((seed) => playLongEpisode(arm, policy.act, seed, test));
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
      const [episode] = await player.hold(actor, seeds.slice(i, i + 1), test);
      if (episode !== undefined) episodes[i] = episode;
      finished += 1;
      onEpisode?.(finished);
    }
  };
  await Promise.all(players.map(work));
  return episodes;
}
