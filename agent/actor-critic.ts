/** @file Forward passes of the actor and the critics, as graph nodes. B rows each. */

import { trainingStatistics } from "./architecture.ts";
import type { BatchMoments, BatchStatistics } from "./graph/batch-norm.ts";
import { mlp } from "./graph/mlp.ts";
import type { Node } from "./graph/node.ts";
import { clip, concat, slice, tanh } from "./graph/ops.ts";
import type { Actor, Critics, Networks } from "./networks.ts";
import type { UpdateConfig } from "./update-config.ts";

export interface ActorOutput {
  /** [B, actions] output of the last layer. */
  readonly preActivations: Node;
  /** [B, actions] in [−1, 1]. */
  readonly actions: Node;
  /** Batch moments of each hidden layer; empty without batch statistics. */
  readonly moments: readonly BatchMoments[];
}

/** μ(s) for states [B, inputs]. */
export function actorOutput(
  config: Pick<UpdateConfig, "invertGradients">,
  { layout, weights }: Actor,
  inputs: Node,
  statistics: BatchStatistics = "running",
): ActorOutput {
  const { output, moments } = mlp(layout, weights, inputs, { statistics });
  return { preActivations: output, actions: squash(output, config), moments };
}

/** Bounds actions to [−1, 1]: by tanh, or by clipping with inverted gradients. */
export function squash(
  preActivations: Node,
  { invertGradients }: Pick<UpdateConfig, "invertGradients">,
): Node {
  return invertGradients ? clip(preActivations, -1, 1) : tanh(preActivations);
}

export interface CriticOutput {
  /** [B, critics] */
  readonly values: Node;
  /** Batch moments of each critic's hidden layers; empty without batch statistics. */
  readonly moments: readonly (readonly BatchMoments[])[];
}

/** Q(s, a) of every critic, for states [B, inputs] and actions [B, actions]. */
export function criticValues(
  { layouts, weights }: Critics,
  inputs: Node,
  actions: Node,
  statistics: BatchStatistics = "running",
): CriticOutput {
  const stateActions = concat([inputs, actions], 1);
  const passes = layouts.map((layout) => mlp(layout, weights, stateActions, { statistics }));
  const outputs = passes.map(({ output }) => output);
  return {
    values: outputs.length === 1 ? outputs[0]! : concat(outputs, 1),
    moments: passes.map(({ moments }) => moments),
  };
}

/** States [B, inputs] and actions [B, actions]. */
interface StateActions {
  readonly inputs: Node;
  readonly actions: Node;
}

/**
 * Q(s, a) of the online critics and Q′(s′, a′) of the target critics, or of the online ones without target networks.
 *
 * With batch normalisation and no target networks both pass through the critics as one batch, so that they share
 * their moments: CrossQ (Bhatt et al. 2024, arXiv:1902.05605). Target critics use their running moments.
 */
export function valuesAndNextValues(
  config: Pick<UpdateConfig, "batchNorm" | "batchSize" | "targetNetworks">,
  { critics, bootstrap }: Networks,
  current: StateActions,
  next: StateActions,
): CriticOutput & { readonly nextValues: Node } {
  const statistics = trainingStatistics(config, "critic");
  if (config.targetNetworks || statistics === "running") {
    const nextValues = criticValues(bootstrap.critics, next.inputs, next.actions).values;
    return { ...criticValues(critics, current.inputs, current.actions, statistics), nextValues };
  }
  const { batchSize } = config;
  const inputs = concat([current.inputs, next.inputs], 0);
  const actions = concat([current.actions, next.actions], 0);
  const joint = criticValues(critics, inputs, actions, statistics);
  return {
    values: slice(joint.values, 0, 0, batchSize),
    nextValues: slice(joint.values, 0, batchSize, 2 * batchSize),
    moments: joint.moments,
  };
}
