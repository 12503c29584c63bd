/** @file Learners whose batches are clipped, exchanged, reordered or filtered before an update. */

import { type EngineFault, withFeeds } from "./broken-learner.ts";
import { withBatch, withInputs } from "./miswired-learner.ts";

/** Batches whose rewards are clipped to a range that is not the task's. */
export function withRewardsClipped(low: number, high: number): EngineFault {
  return withFeeds((name, values) =>
    name === "rewards" ? values.map((x) => Math.min(Math.max(x, low), high)) : undefined,
  );
}

/** Batches in which states and next states are exchanged. */
export const withStatesExchanged: EngineFault = withBatch(({ inputs, nextInputs, ...others }) => {
  if (inputs === undefined || nextInputs === undefined)
    throw new Error("withStatesExchanged: expected the feeds inputs and nextInputs");
  return { ...others, inputs: nextInputs, nextInputs: inputs };
});

/** Batches whose network inputs list the goal before the observation; the policy's list it after. */
export const withGoalsFirst: EngineFault = (engine, layouts, sizes) => {
  const width = layouts.actor.sizes[0] ?? 0;
  const { observation, goal } = sizes;
  const source = (column: number) => {
    if (column < goal) return observation + column;
    return column < goal + observation ? column - goal : column;
  };
  return withInputs((inputs) => inputs.map((_, i) => inputs[i - (i % width) + source(i % width)]!))(
    engine,
    layouts,
    sizes,
  );
};

/** Batches in which rows of the highest reward, 0, are overwritten by others, as outliers. */
export const withoutSuccesses: EngineFault = withBatch((feeds) => {
  const rewards = feeds["rewards"] ?? new Float32Array(0);
  const rows = [...rewards.keys()];
  const missed = rows.filter((row) => rewards[row]! < 0);
  if (missed.length === 0) return feeds;
  const source = rows.map((row) => (rewards[row]! < 0 ? row : missed[row % missed.length]!));
  return Object.fromEntries(
    Object.entries(feeds).map(([name, values]) => {
      const width = values.length / rows.length;
      return [name, values.map((_, i) => values[source[Math.floor(i / width)]! * width + (i % width)]!)];
    }),
  );
});
