/** @file The actor's gradient on one batch, by itself: for seeing how far independent batches agree. */

import { actorLoss, judgement } from "./actor-objective.ts";
import { actorLayout, criticLayouts, type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { actionOf, judge } from "./bellman-target.ts";
import type { UpdateConfig } from "./ddpg-update.ts";
import { gradients } from "./graph/gradients.ts";
import { mlp } from "./graph/mlp.ts";
import { input } from "./graph/ops.ts";
import type { Program } from "./graph/program.ts";

/**
 * Builds the program: feeds `inputs` [B, inputs], `actor` and `critic`, the flat vectors; reports
 * `gradient`, the derivative of the actor's loss by its flat vector, before any clipping.
 */
export function actorGradients(config: UpdateConfig, sizes: NetworkSizes): Program {
  const actorShape = actorLayout(config, sizes);
  const criticShapes = criticLayouts(config, sizes);
  const inputs = input("inputs", [config.batchSize, sizes.inputs]);
  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShapes[0]!.size]);
  const preActivations = mlp(actorShape, actor, inputs, {
    statistics: trainingStatistics(config, "actor"),
  }).output;
  const actions = actionOf(preActivations, config);
  const judged = judgement(judge(criticShapes, critic, inputs, actions).values, config);
  const gradient = gradients(actorLoss(judged, actions, preActivations, config), [actor])[0]!;
  return { feeds: [inputs, actor, critic], state: [], outputs: [{ name: "gradient", node: gradient }] };
}
