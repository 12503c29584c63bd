/** @file The critic's target, r + γ Q′(x′, a′), and what makes it less noisy or less bold. */

import { returnBounds } from "../shared/return-bounds.ts";
import type { NetworkSizes } from "./architecture.ts";
import type { UpdateConfig } from "./ddpg-update.ts";
import type { BatchMoments, BatchStatistics } from "./graph/batch-norm.ts";
import { type MlpLayout, mlp } from "./graph/mlp.ts";
import type { InputNode, Node } from "./graph/node.ts";
import { add, clip, concat, max, min, mul, reduceMin, tanh } from "./graph/ops.ts";

/** Added to the values of critics that are not drawn: no real value is as great. */
export const LEFT_OUT = 1e6;

/** Declares an input that is fed at each run. */
export type Feed = (name: string, shape: readonly number[]) => InputNode;

/** What critics make of states and actions. */
export interface Judged {
  /** [B, critics] */
  readonly values: Node;
  /** Of each critic, of each hidden layer; empty unless normalised by the batch's own moments. */
  readonly moments: readonly (readonly BatchMoments[])[];
}

/** Shows each critic states [B, inputs] and actions [B, actions]. */
export function judge(
  critics: readonly MlpLayout[],
  weights: Node,
  x: Node,
  a: Node,
  statistics: BatchStatistics = "running",
): Judged {
  const both = concat([x, a], 1);
  const columns = critics.map((layout) => mlp(layout, weights, both, { statistics }));
  const outputs = columns.map(({ output }) => output);
  return {
    values: outputs.length === 1 ? outputs[0]! : concat(outputs, 1),
    moments: columns.map(({ moments }) => moments),
  };
}

/** What the actor does, within [−1, 1]: tanh of its output or, with inverted gradients, its output clipped. */
export function actionOf(
  preActivations: Node,
  { invertGradients }: Pick<UpdateConfig, "invertGradients">,
): Node {
  return invertGradients ? clip(preActivations, -1, 1) : tanh(preActivations);
}

/**
 * What the actor, or its slow copy, would do next, [B, actions].
 *
 * Target policy smoothing is TD3's (Fujimoto et al. 2018, arXiv:1802.09477): clipped normal noise.
 *
 * @param nextInputs [B, inputs]
 */
export function targetActions(
  { targetSmoothing, batchSize, ...config }: UpdateConfig,
  { actions }: NetworkSizes,
  actor: { readonly layout: MlpLayout; readonly weights: Node },
  nextInputs: Node,
  feed: Feed,
): Node {
  const next = actionOf(mlp(actor.layout, actor.weights, nextInputs).output, config);
  if (targetSmoothing.scale === 0) return next;
  const noise = mul(feed("smoothing", [batchSize, actions]), targetSmoothing.scale);
  return clip(add(next, clip(noise, -targetSmoothing.clip, targetSmoothing.clip)), -1, 1);
}

export interface TargetParts {
  /** What each critic, or its slow copy, makes of the next state and action, [B, critics]. */
  readonly nextValues: Node;
  /** [B, 1] */
  readonly rewards: Node;
  /** [B, 1] 0 where the task ended, else γ to the number of rewards summed less one. */
  readonly continues: Node;
  /** Least and greatest reward of a step, before any scaling and shaping. */
  readonly rewardRange: readonly [low: number, high: number];
  /** Least and greatest potential that rewards are shaped by, before any scaling. */
  readonly potentialRange: readonly [low: number, high: number];
}

/**
 * The target of each transition, [B, 1].
 *
 * The least of M of N critics is REDQ's (Chen et al. 2021, arXiv:2101.05982), with M = N = 2 TD3's clipped
 * double Q. The bounds are HER 2017's.
 */
export function bellmanTarget(config: UpdateConfig, parts: TargetParts, feed: Feed): Node {
  const { gamma, critics, rewardScale } = config;
  let { nextValues } = parts;
  if (critics.targetMin < critics.count) nextValues = add(nextValues, feed("leftOut", [1, critics.count]));
  if (critics.count > 1) nextValues = reduceMin(nextValues, { axis: 1, keepDims: true });

  const scale = ([least, most]: readonly [number, number]) =>
    [least * rewardScale, most * rewardScale] as const;
  const [low, high] = returnBounds(scale(parts.rewardRange), gamma, scale(parts.potentialRange));
  const scaled = rewardScale === 1 ? parts.rewards : mul(parts.rewards, rewardScale);
  const future = mul(mul(parts.continues, nextValues), gamma);
  if (config.normalizeReturns) {
    const factor = feed("returnScale", [1]);
    const target = add(mul(scaled, factor), future);
    return config.clipTargets ? max(min(target, mul(factor, high)), mul(factor, low)) : target;
  }
  const target = add(scaled, future);
  return config.clipTargets ? clip(target, low, high) : target;
}
