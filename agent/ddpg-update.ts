/**
 * @file One update of DDPG as a graph: losses, gradients, optimiser steps, target networks, metrics.
 *
 * Deep Deterministic Policy Gradient (Lillicrap et al. 2015, arXiv:1509.02971, algorithm 1) with HER 2017's
 * clipped targets and pre-activation penalty. As in OpenAI Baselines, both gradients are computed before either
 * network moves; docs/ddpg.md lists all differences from the paper. Disabled options add no operations.
 */

import { actorOutput, criticValues, valuesAndNextValues } from "./actor-critic.ts";
import { actorLoss, actorObjective } from "./actor-objective.ts";
import { actorLayout, criticLayouts, type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { bellmanTarget, type RewardBounds, targetActions } from "./bellman-target.ts";
import { type BatchProgram, declaredFeeds, updateFeeds } from "./feeds.ts";
import { adam } from "./graph/adam.ts";
import { updateRunningMoments } from "./graph/batch-norm.ts";
import { clipByGlobalNorm, globalNorm } from "./graph/clip-by-norm.ts";
import { gradients } from "./graph/gradients.ts";
import type { MlpLayout } from "./graph/mlp-layout.ts";
import type { Node } from "./graph/node.ts";
import { abs, greater, input, mean, mul, square, stopGradient, sub } from "./graph/ops.ts";
import { polyakUpdate } from "./graph/polyak.ts";
import type { Output, StateUpdate } from "./graph/program.ts";
import type { UpdateConfig } from "./update-config.ts";

/** |z| above which a pre-activation counts as saturated: there tanh′(z) < 0.071. */
const SATURATED = 2;

export interface DdpgUpdate extends BatchProgram {
  readonly actorLayout: MlpLayout;
  /** One per critic; all share one flat vector. */
  readonly criticLayouts: readonly MlpLayout[];
}

/**
 * Builds the update.
 *
 * State: `actor`, `critic`, `targetActor`, `targetCritic`, and Adam's `actor/…` and `critic/…`. Outputs: `train/…`
 * scalars and, with prioritised replay, `tdErrors` [B, critics]. With a policy delay (`actorEvery` > 1) the actor,
 * the target networks and their metrics are delayed.
 */
export function ddpgUpdate(config: UpdateConfig, sizes: NetworkSizes, bounds: RewardBounds): DdpgUpdate {
  const feeds = updateFeeds(config, sizes);
  const { inputs, nextInputs, actions, importanceWeights } = feeds;
  const actorShape = actorLayout(config, sizes);
  const criticShapes = criticLayouts(config, sizes);
  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShapes[0]!.size]);
  const targetActor = input("targetActor", [actorShape.size]);
  const targetCritic = input("targetCritic", [criticShapes[0]!.size]);

  // Bellman target: r + γ Q′(s′, μ′(s′)), a constant for the gradient.
  const nextActions = targetActions(config, actorShape, config.targetNetworks ? targetActor : actor, feeds);
  const { values, nextValues, moments } = valuesAndNextValues(
    config,
    criticShapes,
    { critic, targetCritic },
    { inputs, actions },
    { inputs: nextInputs, actions: nextActions },
  );
  const targets = stopGradient(bellmanTarget(config, bounds, nextValues, feeds));

  // Critic loss: mean squared TD error, weighted by importance with prioritised replay.
  const tdErrors = sub(values, targets);
  const squares = square(tdErrors);
  const criticLoss = mean(importanceWeights === undefined ? squares : mul(squares, importanceWeights));

  // Actor loss: −Q(s, μ(s)) plus penalties.
  const policy = actorOutput(config, actorShape, actor, inputs, trainingStatistics(config, "actor"));
  const policyValues = criticValues(criticShapes, critic, inputs, policy.actions).values;
  const policyLoss = actorLoss(actorObjective(policyValues, config), policy, config);

  // Gradients. The sum over critics is minimised, so that each critic learns independently; the mean is reported.
  const critics = criticShapes.length;
  const summedLoss = critics === 1 ? criticLoss : mul(criticLoss, critics);
  const criticGradient = gradients(summedLoss, [critic])[0]!;
  const actorGradient = gradients(policyLoss, [actor])[0]!;

  // Optimiser steps.
  const { gradientClip, batchNorm } = config;
  const criticAdam = adam({ learningRate: config.criticLearningRate });
  const actorAdam = adam({ learningRate: config.actorLearningRate });
  const criticStep = criticAdam.update(
    clipped(criticGradient, gradientClip.critic),
    criticAdam.init(critic),
    critic,
  );
  const actorStep = actorAdam.update(
    clipped(actorGradient, gradientClip.actor),
    actorAdam.init(actor),
    actor,
  );
  const nextCritic = updateRunningMoments(
    criticStep.parameters,
    critic,
    criticShapes,
    moments,
    batchNorm.rate,
  );
  const nextActor = updateRunningMoments(
    actorStep.parameters,
    actor,
    [actorShape],
    [policy.moments],
    batchNorm.rate,
  );

  // Policy delay and target networks.
  const delayed = config.actorEvery > 1;
  const delayedState: StateUpdate[] = [
    { current: actor, next: nextActor },
    ...actorStep.state,
    polyakUpdate(targetActor, nextActor, config.tau),
    polyakUpdate(targetCritic, nextCritic, config.tau),
  ].map((update) => ({ ...update, delayed }));
  const state = [{ current: critic, next: nextCritic }, ...criticStep.state, ...delayedState];

  // Metrics.
  const saturation = mean(greater(abs(policy.preActivations), SATURATED));
  const outputs: Output[] = [
    { name: "train/critic_loss", node: criticLoss },
    { name: "train/actor_loss", node: policyLoss, delayed },
    { name: "train/q_mean", node: mean(values) },
    { name: "train/target_mean", node: mean(targets) },
    { name: "train/action_abs_mean", node: mean(abs(policy.actions)), delayed },
    { name: "train/saturation", node: saturation, delayed },
    { name: "train/critic_grad_norm", node: globalNorm(criticGradient) },
    { name: "train/actor_grad_norm", node: globalNorm(actorGradient), delayed },
  ];
  if (config.replay.kind === "prioritized") outputs.push({ name: "tdErrors", node: tdErrors });

  const declared = declaredFeeds(feeds);
  return {
    program: { feeds: declared, state, outputs },
    feeds: declared,
    actorLayout: actorShape,
    criticLayouts: criticShapes,
  };
}

/** The gradient, clipped to a global norm; 0 disables clipping. */
function clipped(gradient: Node, maxNorm: number): Node {
  return maxNorm > 0 ? clipByGlobalNorm(gradient, maxNorm) : gradient;
}
