/** @file Fingers that an arm strikes against the table or a cube with full torque. */

import { expect, it } from "vitest";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const STEPS_PER_ACTION = 5;

// Episodes in which a finger is up to two centimetres beyond an end stop for a substep.
it.each([3, 44, 57, 77])("come back from beyond their end stops, seed %i", async (seed) => {
  const settings = { id: "panda-gripper-pick-and-place", control: "torque", torqueScale: 1, nearStarts: 1 };
  const env = await makeEnv(parseConfig({ env: settings }, "test").env, 0.95);
  const rng = Rng.fromSeed(seed);
  const action = new Float32Array(env.actionSpace.low.length);
  env.reset({ seed });
  let steps = 0;
  for (let done = false; !done; steps++) {
    if (steps % STEPS_PER_ACTION === 0)
      for (let i = 0; i < action.length; i++) action[i] = Math.sign(rng.uniformIn(-1, 1));
    done = env.step(action).truncated;
  }
  env.dispose();
  expect(steps).toBe(env.maxEpisodeSteps);
});
