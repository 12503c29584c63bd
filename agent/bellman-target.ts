/** @file The critic's target, r + γ Q′(s′, a′), with target policy smoothing, minimum over critics and clipping. */

import { returnBounds } from "../shared/return-bounds.ts";
import { actorOutput } from "./actor-critic.ts";
import type { UpdateFeeds } from "./feeds.ts";
import type { Node } from "./graph/node.ts";
import { add, clip, max, min, mul, reduceMin } from "./graph/ops.ts";
import type { Actor } from "./networks.ts";
import type { UpdateConfig } from "./update-config.ts";

/** Bounds of the rewards, which bound the targets. */
export interface RewardBounds {
  /** Of one step's reward, before scaling and shaping. */
  readonly rewardRange: readonly [low: number, high: number];
  /** Of the shaping potential, before scaling; absent without shaping. */
  readonly potentialRange?: readonly [low: number, high: number];
}

/**
 * The next actions a′, [B, actions]: the actor's, plus clipped normal noise with target policy smoothing.
 *
 * Smoothing is TD3's (Fujimoto et al. 2018, arXiv:1802.09477).
 */
export function targetActions(
  config: Pick<UpdateConfig, "invertGradients" | "targetSmoothing">,
  actor: Actor,
  { nextInputs, smoothingNoise }: Pick<UpdateFeeds, "nextInputs" | "smoothingNoise">,
): Node {
  const { actions } = actorOutput(config, actor, nextInputs);
  if (smoothingNoise === undefined) return actions;
  const { scale, clip: bound } = config.targetSmoothing;
  const noise = clip(mul(smoothingNoise, scale), -bound, bound);
  return clip(add(actions, noise), -1, 1);
}

/**
 * The target of each transition, [B, 1].
 *
 * The minimum over M of N critics is REDQ's (Chen et al. 2021, arXiv:2101.05982), and TD3's clipped double Q
 * for M = N = 2. Clipping to the possible returns is HER 2017's.
 *
 * @param nextValues [B, critics] Q′(s′, a′)
 */
export function bellmanTarget(
  config: Pick<UpdateConfig, "gamma" | "rewardScale" | "clipTargets">,
  { rewardRange, potentialRange = [0, 0] }: RewardBounds,
  nextValues: Node,
  feeds: Pick<UpdateFeeds, "rewards" | "continues" | "criticMask" | "returnScale">,
): Node {
  const { gamma, rewardScale, clipTargets } = config;
  const { continues, criticMask, returnScale } = feeds;
  const candidates = criticMask === undefined ? nextValues : add(nextValues, criticMask);
  const nextValue =
    candidates.shape[1] === 1 ? candidates : reduceMin(candidates, { axis: 1, keepDims: true });
  const future = mul(mul(continues, nextValue), gamma);

  const rewards = rewardScale === 1 ? feeds.rewards : mul(feeds.rewards, rewardScale);
  const scaled = ([low, high]: readonly [number, number]) => [low * rewardScale, high * rewardScale] as const;
  const [low, high] = returnBounds(scaled(rewardRange), gamma, scaled(potentialRange));
  if (returnScale === undefined) {
    const target = add(rewards, future);
    return clipTargets ? clip(target, low, high) : target;
  }
  const target = add(mul(rewards, returnScale), future);
  return clipTargets ? max(min(target, mul(returnScale, high)), mul(returnScale, low)) : target;
}
