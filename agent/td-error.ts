/** @file TD errors and Bellman targets of a batch, as a program: for diagnostics. */

import { criticValues } from "./actor-critic.ts";
import type { NetworkSizes } from "./architecture.ts";
import { bellmanTarget, type RewardBounds, targetActions } from "./bellman-target.ts";
import { type BatchProgram, declaredFeeds, updateFeeds } from "./feeds.ts";
import { slice, sub } from "./graph/ops.ts";
import { declareNetworks } from "./networks.ts";
import type { UpdateConfig } from "./update-config.ts";

/**
 * Builds the program.
 *
 * The targets are the update's without its randomness: no target policy smoothing, and the minimum over the first
 * M critics instead of M random ones. Batch normalisation uses the running moments.
 *
 * Feeds: `inputs`, `nextInputs`, `actions`, `rewards`, `continues` and, with normalised returns, `returnScale` from a
 * batch; the flat weight vectors `actor`, `critic`, `targetActor`, `targetCritic`. Outputs: `tdErrors` [B, critics],
 * Q(s, a) minus the target; `targets` [B, 1].
 */
export function tdErrorProgram(
  config: UpdateConfig,
  sizes: NetworkSizes,
  bounds: RewardBounds,
): BatchProgram {
  const { inputs, nextInputs, actions, rewards, continues, returnScale } = updateFeeds(config, sizes);
  const { actor, critics, targetActor, targetCritics, bootstrap } = declareNetworks(config, sizes);

  const smoothingNoise = undefined;
  const nextActions = targetActions(config, bootstrap.actor, { nextInputs, smoothingNoise });
  const nextValues = criticValues(bootstrap.critics, nextInputs, nextActions).values;
  const candidates = slice(nextValues, 1, 0, config.critics.targetMin);
  const targetFeeds = { rewards, continues, criticMask: undefined, returnScale };
  const targets = bellmanTarget(config, bounds, candidates, targetFeeds);
  const tdErrors = sub(criticValues(critics, inputs, actions).values, targets);

  const feeds = declaredFeeds({ inputs, nextInputs, actions, rewards, continues, returnScale });
  return {
    program: {
      state: [],
      feeds: [...feeds, ...[actor, critics, targetActor, targetCritics].map(({ weights }) => weights)],
      outputs: [
        { name: "tdErrors", node: tdErrors },
        { name: "targets", node: targets },
      ],
    },
    feeds,
  };
}
