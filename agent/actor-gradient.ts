/** @file The actor's gradient on one batch, as a program: for diagnostics that compare independent batches. */

import { actorOutput, criticValues } from "./actor-critic.ts";
import { actorLoss, actorObjective } from "./actor-objective.ts";
import { type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { type BatchProgram, updateFeeds } from "./feeds.ts";
import { gradients } from "./graph/gradients.ts";
import { declareNetworks } from "./networks.ts";
import type { UpdateConfig } from "./update-config.ts";

/**
 * Builds the program.
 *
 * Feeds: `inputs` [B, inputs] from a batch; the flat weight vectors `actor` and `critic`. Output: `gradient`, the
 * derivative of the actor's loss, without behaviour cloning, with respect to its flat vector, before clipping.
 */
export function actorGradientProgram(config: UpdateConfig, sizes: NetworkSizes): BatchProgram {
  const { inputs } = updateFeeds(config, sizes);
  const { actor, critics } = declareNetworks(config, sizes);
  const policy = actorOutput(config, actor, inputs, trainingStatistics(config, "actor"));
  const { values } = criticValues(critics, inputs, policy.actions);
  const loss = actorLoss(actorObjective(values, config), policy, config);
  const gradient = gradients(loss, [actor.weights])[0]!;
  return {
    program: {
      state: [],
      feeds: [inputs, actor.weights, critics.weights],
      outputs: [{ name: "gradient", node: gradient }],
    },
    feeds: [inputs],
  };
}
