/** @file Learners whose batches, gradients or statistics are assigned wrongly. */

import type { AgentState } from "../../agent/ddpg.ts";
import { compiledWith, type EngineFault, passing, restoring, withFeeds } from "./broken-learner.ts";

type Feeds = Readonly<Record<string, Float32Array>>;

/** Batches in which the columns of the networks' goals belong to the row before. */
export const withGoalsOfOtherRows: EngineFault = (engine, layouts, { observation, goal }) => {
  const width = layouts.actor.sizes[0] ?? 0;
  const misplaced = (inputs: Float32Array) => {
    const shifted = rowsShifted(inputs, width);
    return inputs.map((x, i) => {
      const column = i % width;
      return column >= observation && column < observation + goal ? shifted[i]! : x;
    });
  };
  return withInputs(misplaced)(engine, layouts, { observation, goal });
};

/** Batches in which the actions belong to the row before. */
export const withActionsOfOtherRows: EngineFault = (engine, layouts, sizes) => {
  const width = layouts.actor.sizes.at(-1) ?? 0;
  return withBatch(({ actions, ...others }) => ({
    ...others,
    ...(actions === undefined ? {} : { actions: rowsShifted(actions, width) }),
  }))(engine, layouts, sizes);
};

/** The first batch of the run, for every update. */
export const withFirstBatchOnly: EngineFault = (engine) =>
  compiledWith(engine, (compiled) => {
    let first: Feeds | undefined;
    return {
      ...passing(compiled),
      run: (feeds, options) => {
        first ??= Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, values.slice()]));
        return compiled.run(first, options);
      },
    };
  });

/** A network that moves against its update: all of it, or one layer. */
export function withReversedUpdate(network: "actor" | "critic", layer?: number): EngineFault {
  return (engine, layouts) =>
    compiledWith(engine, (compiled) =>
      restoring(compiled, (name, now, before) => {
        if (name !== network) return undefined;
        const reversed = now.slice();
        for (const { name: part, offset, size } of layouts[network].parts) {
          if (layer !== undefined && part.split(".")[0] !== `${layer}`) continue;
          for (let i = offset; i < offset + size; i++) reversed[i] = 2 * before[i]! - now[i]!;
        }
        return reversed;
      }),
    );
}

/** A network that starts again from its initial weights after some updates, over and over. */
export function withRestarts(network: "actor" | "critic", updates: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => {
      let initial: Float32Array | undefined;
      let done = 0;
      return restoring(compiled, (name, _now, before) => {
        if (name !== network) return undefined;
        initial ??= before;
        done += 1;
        return done % updates === 0 ? initial : undefined;
      });
    });
}

/** Statistics of inputs that are loaded from elsewhere and count so much that they stay. @param std of every input */
export function withForeignStatistics(mean: number, std: number): (state: AgentState) => AgentState {
  const count = 1e9;
  return (state) => {
    const { normalizers } = state.memory;
    const foreign = ({ mean: { length } }: { readonly mean: Float64Array }) => ({
      count,
      mean: new Float64Array(length).fill(mean),
      squares: new Float64Array(length).fill(count * std ** 2),
    });
    const { observation, goal } = normalizers;
    return {
      ...state,
      memory: {
        ...state.memory,
        normalizers: { ...normalizers, observation: foreign(observation), goal: foreign(goal) },
      },
    };
  };
}

/** Changes the networks' inputs for states and next states, [B × inputs]. */
export function withInputs(change: (inputs: Float32Array) => Float32Array): EngineFault {
  return withFeeds((name, values) =>
    name === "inputs" || name === "nextInputs" ? change(values) : undefined,
  );
}

/** Changes all feeds of an update together. */
export function withBatch(change: (feeds: Feeds) => Feeds): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => ({
      ...passing(compiled),
      run: (feeds, options) => compiled.run(change(feeds), options),
    }));
}

/** Moves each row down by one, and the last to the top. */
function rowsShifted(values: Float32Array, width: number): Float32Array {
  const shifted = new Float32Array(values.length);
  shifted.set(values.subarray(0, values.length - width), width);
  shifted.set(values.subarray(values.length - width), 0);
  return shifted;
}
