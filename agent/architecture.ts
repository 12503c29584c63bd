/** @file The shapes of the two networks: what goes in, what comes out, how many critics there are. */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { BatchStatistics } from "./graph/batch-norm.ts";
import { type MlpLayout, mlpLayout, type Normalization } from "./graph/mlp.ts";

/** The settings that shape the networks. */
export type ArchitectureConfig = Pick<AgentConfig, "hidden" | "layerNorm" | "batchNorm" | "critics">;

export interface NetworkSizes {
  /** Numbers into the actor: observation and goal. */
  readonly inputs: number;
  readonly actions: number;
}

/** From normalised observation and goal to the actions' pre-activations. */
export function actorLayout(config: ArchitectureConfig, sizes: NetworkSizes): MlpLayout {
  return mlpLayout([sizes.inputs, ...config.hidden, sizes.actions], normalizationOf(config, "actor"));
}

/** From normalised observation, goal and action to the value: one layout a critic, all parts of one flat vector. */
export function criticLayouts(config: ArchitectureConfig, sizes: NetworkSizes): readonly MlpLayout[] {
  const { hidden, critics } = config;
  const one = mlpLayout([sizes.inputs + sizes.actions, ...hidden, 1], normalizationOf(config, "critic"));
  const size = one.size * critics.count;
  return Array.from({ length: critics.count }, (_, i) => ({
    ...one,
    parts: one.parts.map((part) => ({ ...part, offset: part.offset + i * one.size })),
    size,
  }));
}

/** What a network's layers are normalised by while it learns; when it plays it is always `running`. */
export function trainingStatistics(
  { batchNorm }: Pick<ArchitectureConfig, "batchNorm">,
  network: "actor" | "critic",
): BatchStatistics {
  const kind = batchNorm[network];
  return kind === "off" ? "running" : kind;
}

function normalizationOf(
  { layerNorm, batchNorm }: ArchitectureConfig,
  network: "actor" | "critic",
): Normalization {
  if (layerNorm[network]) return "layer";
  return batchNorm[network] === "off" ? "none" : "batch";
}
