/** @file The physics build does not read the clock, and leaves the global clock alone. */

import { expect, it, vi } from "vitest";
import { loadPhysics } from "../../env/world.ts";

it.each(["compat", "deterministic"] as const)("the %s build reads no clock in a step", async (build) => {
  const clock = performance;
  const physics = await loadPhysics(build);
  expect(performance).toBe(clock);
  const world = physics.createWorld({
    physicsTimestep: 0.005,
    solverIterations: 1,
    gravity: [0, 0, 0],
    friction: 1,
  });
  const now = vi.spyOn(performance, "now");
  for (let i = 0; i < 10; i++) world.step();
  expect(now).not.toHaveBeenCalled();
  now.mockRestore();
  world.free();
});
