/** @file Initial weights with injected faults. */

import type { AgentState } from "../../agent/ddpg.ts";
import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";

/** A bias that keeps a ReLU at 0 for every normalised input. */
const DEAD_BIAS = -10;

/** The layouts of an agent's networks. */
export interface Layouts {
  readonly actor: MlpLayout;
  readonly critic: MlpLayout;
}

/** Sets biases that keep every hidden unit of a network and its target network at 0. */
export function withDeadUnits(network: "actor" | "critic") {
  return (state: AgentState, layouts: Layouts): AgentState => {
    const { vectors } = state.learner;
    const changed: Record<string, Float32Array> = { ...vectors };
    for (const name of network === "actor" ? ["actor", "targetActor"] : ["critic", "targetCritic"]) {
      const weights = vectors[name]?.slice() ?? new Float32Array(0);
      const { parts, sizes } = layouts[network];
      for (const part of parts) {
        const isHiddenBias = part.name.endsWith(".bias") && part.name !== `${sizes.length - 2}.bias`;
        if (isHiddenBias) weights.fill(DEAD_BIAS, part.offset, part.offset + part.size);
      }
      changed[name] = weights;
    }
    return { ...state, learner: { ...state.learner, vectors: changed } };
  };
}
