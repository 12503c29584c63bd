/** @file Input, hidden and output sizes of the actor and the critics. */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import type { BatchStatistics } from "./graph/batch-norm.ts";
import { type MlpLayout, mlpLayout, type Normalization } from "./graph/mlp-layout.ts";
import { inputSize } from "./network-inputs.ts";

/** The settings that shape the networks. */
export type ArchitectureConfig = Pick<AgentConfig, "hidden" | "layerNorm" | "batchNorm" | "critics">;

export interface NetworkSizes {
  /** Inputs of the actor: observation and goal. */
  readonly inputs: number;
  readonly actions: number;
}

export function networkSizes(
  sizes: Pick<EpisodeSizes, "observation" | "goal" | "action" | "relativeGoal">,
): NetworkSizes {
  return { inputs: inputSize(sizes), actions: sizes.action };
}

/** Maps the normalised observation and goal to the actions' pre-activations. */
export function actorLayout(config: ArchitectureConfig, sizes: NetworkSizes): MlpLayout {
  return mlpLayout([sizes.inputs, ...config.hidden, sizes.actions], normalizationOf(config, "actor"));
}

/** Map the normalised observation, goal and action to the value; all critics share one flat vector. */
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

/** Statistics for batch normalisation in training; acting always uses `running`. */
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
