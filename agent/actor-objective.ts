/** @file What the actor is to lower: minus the critic's judgement of its actions, and penalties. */

import type { UpdateConfig } from "./ddpg-update.ts";
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

/** One value for each row, [B, 1], of [B, critics]. */
export function judgement(values: Node, { critics }: UpdateConfig): Node {
  if (critics.count === 1) return values;
  if (critics.actorUses === "first") return slice(values, 1, 0, 1);
  if (critics.actorUses === "least") return reduceMin(values, { axis: 1, keepDims: true });
  return mean(values, { axis: 1, keepDims: true });
}

/**
 * The actor's loss, a scalar.
 *
 * @param judged         [B, 1], a function of `actions`
 * @param actions        [B, actions]
 * @param preActivations [B, actions] the actor's last sums
 */
export function actorLoss(judged: Node, actions: Node, preActivations: Node, config: UpdateConfig): Node {
  const climb = config.invertGradients
    ? inverted(judged, actions, preActivations, config)
    : neg(mean(judged));
  let loss = add(climb, mul(mean(square(preActivations)), config.preActivationPenalty));
  if (config.actionPenalty > 0) loss = add(loss, mul(mean(square(actions)), config.actionPenalty));
  return loss;
}

/**
 * A loss whose gradient by the actor's output is ∂Q/∂a times the room left in its direction.
 *
 * Inverting gradients (Hausknecht & Stone 2016, arXiv:1511.04143): (1 − p)/2 where the gradient asks for
 * more, (p + 1)/2 where for less; beyond a bound that factor is negative and leads back. The actor's
 * output is linear and clipped only when played.
 */
function inverted(judged: Node, actions: Node, preActivations: Node, { batchSize }: UpdateConfig): Node {
  const slope = gradients(sum(judged), [actions])[0]!;
  const room = select(greater(slope, 0), mul(sub(1, preActivations), 0.5), mul(add(preActivations, 1), 0.5));
  return mul(neg(sum(mul(stopGradient(mul(slope, room)), preActivations))), 1 / batchSize);
}
