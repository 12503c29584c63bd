/**
 * @file One update of DDPG as a program: losses, gradients, Adam and target networks on one screen.
 *
 * Deep Deterministic Policy Gradient (Lillicrap et al. 2015, arXiv:1509.02971, algorithm 1) with
 * HER 2017's clipped targets and penalty on the actor's pre-activations. As in OpenAI Baselines, both
 * gradients are taken at the same weights, before either network moves; every difference from the
 * paper is listed in docs/ddpg.md. Each stabiliser is a switch; what is off leaves no node behind.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import { actorLoss, judgement } from "./actor-objective.ts";
import { actorLayout, criticLayouts, type NetworkSizes, trainingStatistics } from "./architecture.ts";
import { actionOf, bellmanTarget, type Judged, judge, targetActions } from "./bellman-target.ts";
import { type AdamStep, adamStep } from "./graph/adam.ts";
import { followMoments } from "./graph/batch-norm.ts";
import { polyakUpdate } from "./graph/blend.ts";
import { clipByGlobalNorm, globalNorm } from "./graph/clip-by-norm.ts";
import { gradients } from "./graph/gradients.ts";
import { type MlpLayout, mlp } from "./graph/mlp.ts";
import type { InputNode, Node } from "./graph/node.ts";
import { abs, concat, greater, input, mean, mul, slice, square, stopGradient, sub } from "./graph/ops.ts";
import type { Carried, Output, Program } from "./graph/program.ts";

/** |z| beyond this counts as saturated: there tanh′(z) < 0.071. */
const SATURATED = 2;

/** The settings that shape the update. */
export type UpdateConfig = Pick<
  AgentConfig,
  | "hidden"
  | "gamma"
  | "tau"
  | "batchSize"
  | "actorLearningRate"
  | "criticLearningRate"
  | "targetNetworks"
  | "clipTargets"
  | "critics"
  | "targetSmoothing"
  | "actorEvery"
  | "gradientClip"
  | "layerNorm"
  | "batchNorm"
  | "preActivationPenalty"
  | "actionPenalty"
  | "invertGradients"
  | "rewardScale"
  | "normalizeReturns"
  | "replay"
>;

export interface DdpgUpdate {
  readonly program: Program;
  readonly actor: MlpLayout;
  /** One a critic; all are parts of one flat vector. */
  readonly critics: readonly MlpLayout[];
}

/**
 * Builds the update.
 *
 * Feeds, for B = batchSize: `inputs` and `nextInputs` [B, inputs], `actions` [B, actions], `rewards` and
 * `continues` [B, 1]; where a switch asks for them, `smoothing` [B, actions] standard normal, `leftOut`
 * [1, critics] 0 or LEFT_OUT, `weights` [B, 1] importance, `returnScale` [1]. With `actorEvery` > 1 the actor's
 * side and the targets are occasional: a brief run moves the critics alone.
 * Carried: `actor`, `critic`, their targets, and Adam's sums. Reported: `train/…` scalars and, for
 * prioritised replay, `tdErrors` [B, critics].
 *
 * @param rewardRange    bounds of one step's reward; they bound the targets if `clipTargets` is on
 * @param potentialRange bounds of the potential, where rewards are shaped by one
 */
export function ddpgUpdate(
  config: UpdateConfig,
  sizes: NetworkSizes,
  rewardRange: readonly [low: number, high: number],
  potentialRange: readonly [low: number, high: number] = [0, 0],
): DdpgUpdate {
  const { batchSize, tau } = config;
  const actorShape = actorLayout(config, sizes);
  const criticShapes = criticLayouts(config, sizes);
  const feeds: InputNode[] = [];
  const feed = (name: string, shape: readonly number[]) => {
    const node = input(name, shape);
    feeds.push(node);
    return node;
  };
  const inputs = feed("inputs", [batchSize, sizes.inputs]);
  const nextInputs = feed("nextInputs", [batchSize, sizes.inputs]);
  const actions = feed("actions", [batchSize, sizes.actions]);
  const rewards = feed("rewards", [batchSize, 1]);
  const continues = feed("continues", [batchSize, 1]);

  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShapes[0]!.size]);
  const targetActor = input("targetActor", [actorShape.size]);
  const targetCritic = input("targetCritic", [criticShapes[0]!.size]);

  const slowActor = { layout: actorShape, weights: config.targetNetworks ? targetActor : actor };
  const nextActions = targetActions(config, sizes, slowActor, nextInputs, feed);
  const { values, moments, nextValues } = judgeBoth(config, criticShapes, { critic, targetCritic }, [
    { x: inputs, a: actions },
    { x: nextInputs, a: nextActions },
  ]);
  const paid = { nextValues, rewards, continues, rewardRange, potentialRange };
  const targets = stopGradient(bellmanTarget(config, paid, feed));
  const errors = sub(values, targets);
  const prioritized = config.replay.kind === "prioritized";
  const squares = prioritized ? mul(square(errors), feed("weights", [batchSize, 1])) : square(errors);
  const criticLoss = mean(squares);

  const acted = mlp(actorShape, actor, inputs, { statistics: trainingStatistics(config, "actor") });
  const preActivations = acted.output;
  const policyActions = actionOf(preActivations, config);
  const judged = judgement(judge(criticShapes, critic, inputs, policyActions).values, config);
  const policyLoss = actorLoss(judged, policyActions, preActivations, config);

  // The mean over critics is the loss that is told; their sum is descended, so that each learns as if alone.
  const summed = criticShapes.length === 1 ? criticLoss : mul(criticLoss, criticShapes.length);
  const criticGradient = gradients(summed, [critic])[0]!;
  const actorGradient = gradients(policyLoss, [actor])[0]!;
  const { gradientClip } = config;
  const clipped = (gradient: Node, limit: number) =>
    limit > 0 ? clipByGlobalNorm(gradient, limit) : gradient;
  const step = (
    weights: InputNode,
    gradient: Node,
    learningRate: number,
    layouts: readonly MlpLayout[],
    seen: Judged["moments"],
  ): AdamStep => {
    const taken = adamStep(weights, gradient, { learningRate });
    if (seen.every((layers) => layers.length === 0)) return taken;
    const next = followMoments(taken.next, weights, layouts, seen, config.batchNorm.rate);
    return { next, state: taken.state.map((each) => (each.current === weights ? { ...each, next } : each)) };
  };
  const criticDown = clipped(criticGradient, gradientClip.critic);
  const criticStep = step(critic, criticDown, config.criticLearningRate, criticShapes, moments);
  const actorDown = clipped(actorGradient, gradientClip.actor);
  const actorStep = step(actor, actorDown, config.actorLearningRate, [actorShape], [acted.moments]);

  const occasional = config.actorEvery > 1;
  const slow: Carried[] = [
    ...actorStep.state,
    polyakUpdate(targetActor, actorStep.next, tau),
    polyakUpdate(targetCritic, criticStep.next, tau),
  ].map((carried) => ({ ...carried, occasional }));
  const outputs: Output[] = [
    { name: "train/critic_loss", node: criticLoss },
    { name: "train/actor_loss", node: policyLoss, occasional },
    { name: "train/q_mean", node: mean(values) },
    { name: "train/target_mean", node: mean(targets) },
    { name: "train/action_abs_mean", node: mean(abs(policyActions)), occasional },
    { name: "train/saturation", node: mean(greater(abs(preActivations), SATURATED)), occasional },
    { name: "train/critic_grad_norm", node: globalNorm(criticGradient) },
    { name: "train/actor_grad_norm", node: globalNorm(actorGradient), occasional },
  ];
  if (prioritized) outputs.push({ name: "tdErrors", node: errors });
  return {
    actor: actorShape,
    critics: criticShapes,
    program: { feeds, state: [...criticStep.state, ...slow], outputs },
  };
}

/** States [B, inputs] and what is done in them [B, actions]. */
interface Moves {
  readonly x: Node;
  readonly a: Node;
}

/**
 * What the critics make of what was done now, and they or their slow copies of what would be done next.
 *
 * With batch normalisation and no slow copies both are shown at once, so that they share their moments:
 * CrossQ (Bhatt et al. 2024, arXiv:1902.05605). With slow copies, those go by their own running moments.
 */
function judgeBoth(
  config: UpdateConfig,
  layouts: readonly MlpLayout[],
  { critic, targetCritic }: Readonly<Record<"critic" | "targetCritic", Node>>,
  [now, next]: readonly [now: Moves, next: Moves],
): Judged & { readonly nextValues: Node } {
  const statistics = trainingStatistics(config, "critic");
  if (config.targetNetworks || statistics === "running") {
    const slow = config.targetNetworks ? targetCritic : critic;
    const nextValues = judge(layouts, slow, next.x, next.a).values;
    return { ...judge(layouts, critic, now.x, now.a, statistics), nextValues };
  }
  const { batchSize } = config;
  const both = judge(layouts, critic, concat([now.x, next.x], 0), concat([now.a, next.a], 0), statistics);
  return {
    values: slice(both.values, 0, 0, batchSize),
    nextValues: slice(both.values, 0, batchSize, 2 * batchSize),
    moments: both.moments,
  };
}
