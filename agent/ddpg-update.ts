/**
 * @file One update of DDPG as a graph: losses, gradients, optimiser steps, target networks, metrics.
 *
 * Deep Deterministic Policy Gradient (Lillicrap et al. 2015, arXiv:1509.02971, algorithm 1) with HER 2017's
 * clipped targets and pre-activation penalty. As in OpenAI Baselines, both gradients are computed before either
 * network moves; docs/ddpg.md lists all differences from the paper. Disabled options add no operations.
 */

import { actorOutput, criticValues, valuesAndNextValues } from "./actor-critic.ts";
import { actorLoss, actorObjective, cloningLoss } from "./actor-objective.ts";
import { type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { bellmanTarget, type RewardBounds, targetActions } from "./bellman-target.ts";
import { type BatchProgram, declaredFeeds, updateFeeds } from "./feeds.ts";
import { type AdamStep, adam } from "./graph/adam.ts";
import { updateRunningMoments } from "./graph/batch-norm.ts";
import { clipByGlobalNorm, globalNorm } from "./graph/clip-by-norm.ts";
import { gradients } from "./graph/gradients.ts";
import type { MlpLayout } from "./graph/mlp-layout.ts";
import type { InputNode, Node } from "./graph/node.ts";
import { abs, add, greater, mean, mul, type Operand, square, stopGradient, sub } from "./graph/ops.ts";
import { polyakUpdate } from "./graph/polyak.ts";
import type { Output, StateUpdate } from "./graph/program.ts";
import { declareNetworks } from "./networks.ts";
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
 * State: the flat vectors `actor`, `critic`, `targetActor`, `targetCritic`, Adam's `actor/…` and `critic/…`, and
 * `averagedActor` if it is on.
 * Outputs: `train/…` scalars and, with prioritised replay, `tdErrors` [B, critics]. With a policy delay
 * (`actorEvery` > 1) the actor, the target networks and their metrics are delayed.
 */
export function ddpgUpdate(config: UpdateConfig, sizes: NetworkSizes, bounds: RewardBounds): DdpgUpdate {
  const feeds = updateFeeds(config, sizes);
  const { inputs, nextInputs, actions, importanceWeights, cloningWeights } = feeds;
  const networks = declareNetworks(config, sizes);
  const { actor, critics, averagedActor, targetActor, targetCritics, bootstrap } = networks;

  // Bellman target: r + γ Q′(s′, μ′(s′)). No gradient flows through it.
  const nextActions = targetActions(config, bootstrap.actor, feeds);
  const current = { inputs, actions };
  const next = { inputs: nextInputs, actions: nextActions };
  const { values, nextValues, moments } = valuesAndNextValues(config, networks, current, next);
  const targets = stopGradient(bellmanTarget(config, bounds, nextValues, feeds));

  // Critic loss: mean squared TD error, weighted by importance with prioritised replay.
  const tdErrors = sub(values, targets);
  const squares = square(tdErrors);
  const criticLoss = mean(importanceWeights === undefined ? squares : mul(squares, importanceWeights));

  // Actor loss: −Q(s, μ(s)) plus penalties and behaviour cloning.
  const policy = actorOutput(config, actor, inputs, trainingStatistics(config, "actor"));
  const policyValues = criticValues(critics, inputs, policy.actions).values;
  const objective = actorObjective(policyValues, config);
  const reinforcementLoss = actorLoss(objective, policy, config);
  const filter = { demonstrated: actorObjective(values, config), policy: objective };
  const cloning =
    cloningWeights === undefined
      ? undefined
      : cloningLoss(policy.actions, actions, cloningWeights, config.demos.qFilter ? filter : undefined);
  const policyLoss =
    cloning === undefined
      ? reinforcementLoss
      : add(reinforcementLoss, mul(cloning.loss, config.demos.bcWeight));

  // Gradients. The loss is summed over critics for the gradient, so that each critic learns independently.
  const criticCount = critics.layouts.length;
  const summedLoss = criticCount === 1 ? criticLoss : mul(criticLoss, criticCount);
  const criticGradient = gradients(summedLoss, [critics.weights])[0]!;
  const actorGradient = gradients(policyLoss, [actor.weights])[0]!;

  // Gradient clipping and optimiser steps; running moments of batch normalisation follow the batch's.
  const { gradientClip, batchNorm, criticLearningRate, actorLearningRate } = config;
  const scaled = (rate: number) =>
    feeds.learningRateScale === undefined ? rate : mul(feeds.learningRateScale, rate);
  const criticStep = clippedStep(
    critics.weights,
    criticGradient,
    gradientClip.critic,
    scaled(criticLearningRate),
  );
  const actorStep = clippedStep(actor.weights, actorGradient, gradientClip.actor, scaled(actorLearningRate));
  const nextCritic = updateRunningMoments(criticStep.parameters, critics, moments, batchNorm.rate);
  const nextActor = updateRunningMoments(
    actorStep.parameters,
    { weights: actor.weights, layouts: [actor.layout] },
    [policy.moments],
    batchNorm.rate,
  );

  // Target networks; with a policy delay they and the actor skip updates.
  const delayed = config.actorEvery > 1;
  const delayedState: StateUpdate[] = [
    { current: actor.weights, next: nextActor },
    ...actorStep.state,
    polyakUpdate(targetActor.weights, nextActor, config.tau),
    polyakUpdate(targetCritics.weights, nextCritic, config.tau),
    ...(averagedActor === undefined ? [] : [polyakUpdate(averagedActor, nextActor, config.actorAveraging)]),
  ].map((update) => ({ ...update, delayed }));

  // Reported metrics.
  const saturated = greater(abs(policy.preActivations), SATURATED);
  const outputs: Output[] = [
    { name: "train/critic_loss", node: criticLoss },
    { name: "train/actor_loss", node: policyLoss, delayed },
    { name: "train/q_mean", node: mean(values) },
    { name: "train/target_mean", node: mean(targets) },
    { name: "train/action_abs_mean", node: mean(abs(policy.actions)), delayed },
    { name: "train/saturation", node: mean(saturated), delayed },
    { name: "train/critic_grad_norm", node: globalNorm(criticGradient) },
    { name: "train/actor_grad_norm", node: globalNorm(actorGradient), delayed },
  ];
  if (cloning !== undefined) {
    outputs.push({ name: "train/bc_loss", node: cloning.loss, delayed });
    outputs.push({ name: "train/bc_cloned", node: cloning.cloned, delayed });
  }
  if (importanceWeights !== undefined) outputs.push({ name: "tdErrors", node: tdErrors });

  const batchFeeds = declaredFeeds(feeds);
  return {
    program: {
      feeds: batchFeeds,
      state: [{ current: critics.weights, next: nextCritic }, ...criticStep.state, ...delayedState],
      outputs,
    },
    feeds: batchFeeds,
    actorLayout: actor.layout,
    criticLayouts: critics.layouts,
  };
}

/** One Adam step, after clipping the gradient to a global norm; `maxNorm` 0 disables clipping. */
function clippedStep(weights: InputNode, gradient: Node, maxNorm: number, learningRate: Operand): AdamStep {
  const { init, update } = adam({ learningRate });
  return update(maxNorm > 0 ? clipByGlobalNorm(gradient, maxNorm) : gradient, init(weights), weights);
}
