/** @file Initial weights that do not depend on the width of their layer. */

import type { AgentState } from "../../agent/ddpg.ts";
import { Rng } from "../../shared/rng.ts";
import type { Layouts } from "./broken-networks.ts";

/** An actor, and its target network, whose weights start as standard normal numbers in every layer. */
export function withUnscaledActor(state: AgentState, { actor: { parts } }: Layouts): AgentState {
  const { vectors } = state.learner;
  const rng = Rng.fromSeed(14).fork("unscaled weights");
  const weights = vectors["actor"]?.slice() ?? new Float32Array(0);
  for (const { name, offset, size } of parts) {
    if (!name.endsWith(".weight")) continue;
    for (let i = offset; i < offset + size; i++) weights[i] = rng.normal();
  }
  const changed = { ...vectors, actor: weights, targetActor: weights.slice() };
  return { ...state, learner: { ...state.learner, vectors: changed } };
}
