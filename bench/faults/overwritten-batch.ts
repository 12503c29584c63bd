/** @file Learners whose batches are masked, overwritten or reordered in place before an update. */

import { compiledWith, type EngineFault, passing, withFeeds } from "./broken-learner.ts";
import { withBatch } from "./miswired-learner.ts";

/** Batches whose actions list the motors in reverse order; the policy's do not. */
export const withActionColumnsReversed: EngineFault = (engine, layouts, sizes) => {
  const width = layouts.actor.sizes.at(-1) ?? 1;
  return withFeeds((name, values) =>
    name === "actions" ? values.map((_, i) => values[i + width - 1 - 2 * (i % width)]!) : undefined,
  )(engine, layouts, sizes);
};

/** Rewards that are multiplied in place at each update, again and again. @param factor of each update */
export function withRewardsMultipliedInPlace(factor: number): EngineFault {
  return (engine) =>
    compiledWith(engine, (compiled) => {
      let scale = 1;
      return {
        ...passing(compiled),
        run: (feeds, options) => {
          scale *= factor;
          const rewards = feeds["rewards"]?.map((x) => scale * x);
          return compiled.run(rewards === undefined ? feeds : { ...feeds, rewards }, options);
        },
      };
    });
}

/** Batches in which a missed goal counts as the end of the task: their mask is made of the reward. */
export const withMissesTerminal: EngineFault = withBatch(({ rewards, continues, ...others }) => {
  if (rewards === undefined || continues === undefined)
    throw new Error("withMissesTerminal: expected the feeds rewards and continues");
  return { ...others, rewards, continues: continues.map((x, row) => (rewards[row]! < 0 ? 0 : x)) };
});

/** Batches whose states are all one state, as of a buffer of views of one array; goals, actions and rewards are intact. */
export const withStatesOfOneArray: EngineFault = (engine, layouts, { observation, goal }) => {
  const width = layouts.actor.sizes[0] ?? 1;
  return withBatch(({ inputs, nextInputs, ...others }) => {
    if (inputs === undefined || nextInputs === undefined)
      throw new Error("withStatesOfOneArray: expected the feeds inputs and nextInputs");
    const overwritten = (values: Float32Array) =>
      values.map((x, i) => (i % width < observation ? nextInputs[i % width]! : x));
    return { ...others, inputs: overwritten(inputs), nextInputs: overwritten(nextInputs) };
  })(engine, layouts, { observation, goal });
};
