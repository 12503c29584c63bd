/** @file The goal region of each environment: the smallest box around the goals that are drawn. */

import { expect, it } from "vitest";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { Rng } from "../../../shared/rng.ts";

it.each(Object.entries(ENVIRONMENTS))("contains all goals of %s and no more", (_id, { makeTask }) => {
  const task = makeTask({ relativeInputs: true });
  const { goalAxes, goalRegion } = task;
  const rng = Rng.fromSeed(1);
  // Far from all goals, so that every draw counts.
  const nowhere = new Float32Array(goalAxes.length).fill(9);
  const goals = Array.from({ length: 3000 }, () => task.drawGoal(rng, nowhere, "usual"));
  for (const [i, axis] of goalAxes.entries()) {
    const values = goals.map((goal) => goal[i]!);
    const [low, high] = [goalRegion.low[axis], goalRegion.high[axis]];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low - 1e-6);
    expect(Math.max(...values)).toBeLessThanOrEqual(high + 1e-6);
    // Reaching leaves out corners that are out of reach, which may be a whole face.
    const slack = (task.name === "reach" ? 0.2 : 0.02) * (high - low);
    expect(Math.min(...values)).toBeLessThan(low + slack);
    expect(Math.max(...values)).toBeGreaterThan(high - slack);
  }
});
