/** @file TD errors and Bellman targets of a batch, as a program: for diagnostics. */

import { criticValues } from "./actor-critic.ts";
import { actorLayout, criticLayouts, type NetworkSizes } from "./architecture.ts";
import { bellmanTarget, type RewardBounds, targetActions } from "./bellman-target.ts";
import { type BatchProgram, declaredFeeds, updateFeeds } from "./feeds.ts";
import { input, slice, sub } from "./graph/ops.ts";
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
  const actorShape = actorLayout(config, sizes);
  const criticShapes = criticLayouts(config, sizes);
  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShapes[0]!.size]);
  const targetActor = input("targetActor", actor.shape);
  const targetCritic = input("targetCritic", critic.shape);
  const [bootstrapActor, bootstrapCritic] = config.targetNetworks
    ? [targetActor, targetCritic]
    : [actor, critic];

  const nextActions = targetActions(config, actorShape, bootstrapActor, {
    nextInputs,
    smoothingNoise: undefined,
  });
  const nextValues = criticValues(criticShapes, bootstrapCritic, nextInputs, nextActions).values;
  const targets = bellmanTarget(config, bounds, slice(nextValues, 1, 0, config.critics.targetMin), {
    rewards,
    continues,
    criticMask: undefined,
    returnScale,
  });
  const tdErrors = sub(criticValues(criticShapes, critic, inputs, actions).values, targets);

  const feeds = declaredFeeds({ inputs, nextInputs, actions, rewards, continues, returnScale });
  return {
    program: {
      state: [],
      feeds: [...feeds, actor, critic, targetActor, targetCritic],
      outputs: [
        { name: "tdErrors", node: tdErrors },
        { name: "targets", node: targets },
      ],
    },
    feeds,
  };
}
