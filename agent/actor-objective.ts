/** @file The actor's loss: −Q(s, μ(s)) plus penalties. */

import type { ActorOutput } from "./actor-critic.ts";
import { gradients } from "./graph/gradients.ts";
import type { Node } from "./graph/node.ts";
import {
  add,
  greater,
  mean,
  mul,
  neg,
  reduceMin,
  select,
  slice,
  square,
  stopGradient,
  sub,
  sum,
} from "./graph/ops.ts";
import type { UpdateConfig } from "./update-config.ts";

/**
 * The value that the actor maximises, [B, 1]: the first critic's, the mean or the minimum over critics.
 *
 * @param values [B, critics] Q(s, μ(s))
 */
export function actorObjective(values: Node, { critics }: Pick<UpdateConfig, "critics">): Node {
  if (critics.count === 1) return values;
  if (critics.actorUses === "first") return slice(values, 1, 0, 1);
  if (critics.actorUses === "least") return reduceMin(values, { axis: 1, keepDims: true });
  return mean(values, { axis: 1, keepDims: true });
}

/**
 * The actor's loss, a scalar.
 *
 * @param objective [B, 1], a function of the actor's actions
 */
export function actorLoss(
  objective: Node,
  { preActivations, actions }: Pick<ActorOutput, "preActivations" | "actions">,
  config: Pick<UpdateConfig, "batchSize" | "invertGradients" | "preActivationPenalty" | "actionPenalty">,
): Node {
  const valueLoss = config.invertGradients
    ? invertedGradientLoss(objective, actions, preActivations, config.batchSize)
    : neg(mean(objective));
  const loss = add(valueLoss, mul(mean(square(preActivations)), config.preActivationPenalty));
  if (config.actionPenalty === 0) return loss;
  return add(loss, mul(mean(square(actions)), config.actionPenalty));
}

/**
 * Behaviour cloning: the mean over demonstrated rows of ‖μ(s) − a‖², with the Q-filter only where Q(s, a) > Q(s, μ(s)).
 *
 * Nair et al. 2018 (arXiv:1709.10089, §IV.B and C); a row filtered out counts as 0. Differs in that demonstrated rows
 * have relabelled goals too.
 *
 * @param weights     [B, 1] 1 over the number of demonstrated rows for each of them, else 0
 * @param demonstrated [B, 1] Q(s, a); undefined without the Q-filter
 * @param policy       [B, 1] Q(s, μ(s))
 * @returns scalars: the loss, and the share of demonstrated rows that are cloned
 */
export function cloningLoss(
  policyActions: Node,
  actions: Node,
  weights: Node,
  filter: { readonly demonstrated: Node; readonly policy: Node } | undefined,
): { readonly loss: Node; readonly cloned: Node } {
  const rows =
    filter === undefined ? weights : mul(weights, stopGradient(greater(filter.demonstrated, filter.policy)));
  const errors = sum(square(sub(policyActions, actions)), { axis: 1, keepDims: true });
  return { loss: sum(mul(rows, errors)), cloned: sum(rows) };
}

/**
 * A loss whose gradient with respect to the pre-activations is −∂Q/∂a, scaled by the distance to the bound that it
 * points to.
 *
 * Inverting gradients (Hausknecht & Stone 2016, arXiv:1511.04143): the factor is (1 − p)/2 where ∂Q/∂a > 0 and
 * (p + 1)/2 elsewhere. Beyond a bound the factor is negative, which moves the action back inside.
 */
function invertedGradientLoss(objective: Node, actions: Node, preActivations: Node, batchSize: number): Node {
  const slope = gradients(sum(objective), [actions])[0]!;
  const factor = select(
    greater(slope, 0),
    mul(sub(1, preActivations), 0.5),
    mul(add(preActivations, 1), 0.5),
  );
  return mul(neg(sum(mul(stopGradient(mul(slope, factor)), preActivations))), 1 / batchSize);
}
