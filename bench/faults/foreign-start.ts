/** @file Agents that start with parts of the state of another run. */

import type { AgentState } from "../../agent/ddpg.ts";
import type { Layouts } from "./broken-networks.ts";

/** Counts of Adam's decayed sums after thousands of updates. */
const OLD_COUNTS = [10, 1000];

/** Adam's state of a run whose gradients were larger. @param gradient their size */
export function withForeignOptimiser(gradient: number): (state: AgentState) => AgentState {
  return (state) => {
    const { vectors } = state.learner;
    const changed: Record<string, Float32Array> = { ...vectors };
    for (const network of ["actor", "critic"]) {
      const squares = vectors[`${network}/squareSum`] ?? new Float32Array(0);
      changed[`${network}/squareSum`] = squares.map(() => OLD_COUNTS[1]! * gradient ** 2);
      changed[`${network}/count`] = new Float32Array(OLD_COUNTS);
    }
    return { ...state, learner: { ...state.learner, vectors: changed } };
  };
}

/** A critic, and its target network, whose output starts at a value. */
export function withCriticStartingAt(value: number) {
  return (state: AgentState, { critic: { parts, sizes } }: Layouts): AgentState => {
    const { vectors } = state.learner;
    const changed: Record<string, Float32Array> = { ...vectors };
    for (const name of ["critic", "targetCritic"]) {
      const weights = vectors[name]?.slice() ?? new Float32Array(0);
      for (const { name: part, offset, size } of parts) {
        if (part === `${sizes.length - 2}.bias`) weights.fill(value, offset, offset + size);
      }
      changed[name] = weights;
    }
    return { ...state, learner: { ...state.learner, vectors: changed } };
  };
}
