/** @file Learners whose batches are drawn, reshaped, augmented or relabelled wrongly. */

import { Rng } from "../../shared/rng.ts";
import { type EngineFault, withFeeds } from "./broken-learner.ts";
import { withBatch, withInputs } from "./miswired-learner.ts";

/** Batches whose rows are all copies of the first one, as of an index that is drawn once for all rows. */
export const withCopiesOfOneRow: EngineFault = withBatch((feeds) => {
  const rows = feeds["rewards"]?.length ?? 1;
  return Object.fromEntries(
    Object.entries(feeds).map(([name, values]) => {
      const width = values.length / rows;
      return [name, values.map((_, i) => values[i % width]!)];
    }),
  );
});

/** Batches whose network inputs are reshaped from columns to rows without being transposed. */
export const withInputsReshaped: EngineFault = (engine, layouts, sizes) => {
  const width = layouts.actor.sizes[0] ?? 0;
  return withInputs((inputs) => {
    const rows = inputs.length / width;
    return inputs.map((_, i) => inputs[(i % rows) * width + Math.floor(i / rows)]!);
  })(engine, layouts, sizes);
};

/** Batches whose network inputs have noise, as augmentation; the policy's have none. @param std of each normalised input */
export function withNoisyInputs(std: number): EngineFault {
  return (engine, layouts, sizes) => {
    const rng = Rng.fromSeed(16).fork("augmentation");
    return withInputs((inputs) => inputs.map((x) => x + std * rng.normal()))(engine, layouts, sizes);
  };
}

/** Batches in which the goals of the next states, and only those, belong to the row before. */
export const withNextGoalsOfOtherRows: EngineFault = (engine, layouts, { observation, goal }) => {
  const width = layouts.actor.sizes[0] ?? 0;
  const misplaced = (inputs: Float32Array) =>
    inputs.map((x, i) => {
      const column = i % width;
      if (column < observation || column >= observation + goal) return x;
      return inputs[(i - width + inputs.length) % inputs.length]!;
    });
  return withFeeds((name, values) => (name === "nextInputs" ? misplaced(values) : undefined))(
    engine,
    layouts,
    { observation, goal },
  );
};
