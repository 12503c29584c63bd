/** @file The settings that shape the update's graph. */

import type { AgentConfig } from "../shared/agent-config.ts";

export type UpdateConfig = Pick<
  AgentConfig,
  | "hidden"
  | "gamma"
  | "tau"
  | "batchSize"
  | "actorLearningRate"
  | "criticLearningRate"
  | "learningRateDecay"
  | "actorAveraging"
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
  | "demos"
>;
