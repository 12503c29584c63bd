/** @file Learners whose batches are converted wrongly before an update. */

import type { EngineFault } from "./broken-learner.ts";
import { withFeeds } from "./broken-learner.ts";
import { withBatch, withInputs } from "./miswired-learner.ts";

/**
 * Batches in which each row has the same target: the mean reward, and the next state of the first row.
 *
 * It has the effect of values [B, 1] minus targets [B], which gives [B, B].
 */
export const withTargetsBroadcast: EngineFault = (engine, layouts, sizes) => {
  const width = layouts.actor.sizes[0] ?? 0;
  return withBatch(({ rewards, nextInputs, ...others }) => {
    if (rewards === undefined || nextInputs === undefined)
      throw new Error("withTargetsBroadcast: expected the feeds rewards and nextInputs");
    const mean = rewards.reduce((sum, x) => sum + x, 0) / rewards.length;
    return {
      ...others,
      rewards: rewards.map(() => mean),
      nextInputs: nextInputs.map((_, i) => nextInputs[i % width]!),
    };
  })(engine, layouts, sizes);
};

/** Batches whose actions are mapped from [−1, 1] to [0, 1]; the policy's are not. */
export const withActionsRescaled: EngineFault = withFeeds((name, values) =>
  name === "actions" ? values.map((x) => (x + 1) / 2) : undefined,
);

/** Batches whose network inputs are multiplied by a factor; the policy's are not. */
export function withInputsScaled(factor: number): EngineFault {
  return withInputs((inputs) => inputs.map((x) => factor * x));
}
