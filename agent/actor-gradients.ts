/** @file The actor's gradient on one batch, as a program: for diagnostics that compare independent batches. */

import { actorOutput, criticValues } from "./actor-critic.ts";
import { actorLoss, actorObjective } from "./actor-objective.ts";
import { actorLayout, criticLayouts, type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { type BatchProgram, updateFeeds } from "./feeds.ts";
import { gradients } from "./graph/gradients.ts";
import { input } from "./graph/ops.ts";
import type { UpdateConfig } from "./update-config.ts";

/**
 * Builds the program.
 *
 * Feeds: `inputs` [B, inputs] from a batch; the flat weight vectors `actor` and `critic`. Output: `gradient`, the
 * derivative of the actor's loss by its flat vector, before clipping.
 */
export function actorGradients(config: UpdateConfig, sizes: NetworkSizes): BatchProgram {
  const { inputs } = updateFeeds(config, sizes);
  const actorShape = actorLayout(config, sizes);
  const criticShapes = criticLayouts(config, sizes);
  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShapes[0]!.size]);
  const policy = actorOutput(config, actorShape, actor, inputs, trainingStatistics(config, "actor"));
  const { values } = criticValues(criticShapes, critic, inputs, policy.actions);
  const gradient = gradients(actorLoss(actorObjective(values, config), policy, config), [actor])[0]!;
  return {
    program: { state: [], feeds: [inputs, actor, critic], outputs: [{ name: "gradient", node: gradient }] },
    feeds: [inputs],
  };
}
