/** @file Learners whose weights, batches or target networks are impaired. */

import type { AgentState } from "../../agent/ddpg.ts";
import type { MlpLayout } from "../../agent/graph/mlp-layout.ts";
import { compiledWith, type EngineFault, restoring } from "./broken-learner.ts";
import type { Layouts } from "./broken-networks.ts";
import { withBatch, withInputs } from "./miswired-learner.ts";

/** Actor and critic whose weights lose a share of their size at each update. */
export function withDecay(share: number): EngineFault {
  return withEachWeight((x) => (1 - share) * x);
}

/** Actor and critic whose weights are rounded to a grid after each update, as in a number format that is too coarse. */
export function withRoundedWeights(grid: number): EngineFault {
  return withEachWeight((x) => grid * Math.round(x / grid));
}

/** Target networks that move away from the online networks: Polyak averaging with the wrong sign. */
export const withTargetsRepelled: EngineFault = (engine) =>
  compiledWith(engine, (compiled) =>
    restoring(compiled, (name, now, before) =>
      name.startsWith("target") ? now.map((x, i) => 2 * before[i]! - x) : undefined,
    ),
  );

/** An actor whose output layer's updates are applied to the output of the next motor. */
export const withUpdatesOfOtherMotors: EngineFault = (engine, layouts) =>
  compiledWith(engine, (compiled) =>
    restoring(compiled, (name, now, before) => {
      if (name !== "actor") return undefined;
      const { parts, sizes } = layouts.actor;
      const motors = sizes.at(-1) ?? 0;
      const moved = now.slice();
      for (const { name: part, offset, size } of parts) {
        if (!part.startsWith(`${sizes.length - 2}.`)) continue;
        for (let i = 0; i < size; i++) {
          const motor = i % motors;
          const other = offset + i - motor + ((motor + 1) % motors);
          moved[offset + i] = before[offset + i]! + now[other]! - before[other]!;
        }
      }
      return moved;
    }),
  );

/** Batches whose next states are the present ones. */
export const withNextStateOfPresent: EngineFault = withBatch((feeds) =>
  feeds["inputs"] === undefined ? feeds : { ...feeds, nextInputs: feeds["inputs"] },
);

/** Batches in which the networks' goals are zeros. */
export const withBlankGoalsInBatches: EngineFault = (engine, layouts, { observation, goal }) => {
  const width = layouts.actor.sizes[0] ?? 0;
  const blanked = (inputs: Float32Array) =>
    inputs.map((x, i) => (i % width >= observation && i % width < observation + goal ? 0 : x));
  return withInputs(blanked)(engine, layouts, { observation, goal });
};

/** Gives all weights of a layer the size of its first one, so that all units of a layer stay alike. */
export function withEqualWeights(state: AgentState, layouts: Layouts): AgentState {
  const equal = (weights: Float32Array, { parts }: MlpLayout) => {
    const changed = weights.slice();
    for (const { offset, size } of parts) changed.fill(Math.abs(weights[offset]!), offset, offset + size);
    return changed;
  };
  const { vectors } = state.learner;
  const changed: Record<string, Float32Array> = { ...vectors };
  for (const name of ["actor", "targetActor", "critic", "targetCritic"]) {
    const weights = vectors[name];
    const layout = name.toLowerCase().endsWith("actor") ? layouts.actor : layouts.critic;
    if (weights !== undefined) changed[name] = equal(weights, layout);
  }
  return { ...state, learner: { ...state.learner, vectors: changed } };
}

/** Changes every weight of actor and critic after each update. */
function withEachWeight(change: (weight: number) => number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) =>
      restoring(compiled, (name, now) =>
        name === "actor" || name === "critic" ? now.map(change) : undefined,
      ),
    );
}
