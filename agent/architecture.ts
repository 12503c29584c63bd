/** @file The shapes of the two networks: what goes in, what comes out, how many critics there are. */

import type { AgentConfig } from "../shared/agent-config.ts";
import { type MlpLayout, mlpLayout } from "./graph/mlp.ts";

/** The settings that shape the networks. */
export type ArchitectureConfig = Pick<AgentConfig, "hidden" | "layerNorm" | "critics">;

export interface NetworkSizes {
  /** Numbers into the actor: observation and goal. */
  readonly inputs: number;
  readonly actions: number;
}

/** From normalised observation and goal to the actions' pre-activations. */
export function actorLayout({ hidden, layerNorm }: ArchitectureConfig, sizes: NetworkSizes): MlpLayout {
  return mlpLayout([sizes.inputs, ...hidden, sizes.actions], { layerNorm: layerNorm.actor });
}

/** From normalised observation, goal and action to the value: one layout a critic, all parts of one flat vector. */
export function criticLayouts(
  { hidden, layerNorm, critics }: ArchitectureConfig,
  sizes: NetworkSizes,
): readonly MlpLayout[] {
  const one = mlpLayout([sizes.inputs + sizes.actions, ...hidden, 1], { layerNorm: layerNorm.critic });
  const size = one.size * critics.count;
  return Array.from({ length: critics.count }, (_, i) => ({
    ...one,
    parts: one.parts.map((part) => ({ ...part, offset: part.offset + i * one.size })),
    size,
  }));
}
