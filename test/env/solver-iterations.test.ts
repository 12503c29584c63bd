/** @file Rapier's iterations: they tell where something can be touched, and nowhere else. */

import { describe, expect, it } from "vitest";
import { makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const STEPS = 40;

/** What is seen after so many random steps. */
async function seenAfter(id: string, solverIterations: number): Promise<Float32Array> {
  const { env: config, agent } = parseConfig({ env: { id, solverIterations } }, "test");
  const env = await makeEnv(config, agent.gamma);
  const rng = Rng.fromSeed(2);
  env.reset({ seed: 2 });
  let seen = new Float32Array(0);
  for (let i = 0; i < STEPS; i++) seen = env.step(sampleBox(env.actionSpace, rng)).observation.slice();
  env.dispose();
  return seen;
}

describe("env.solverIterations", () => {
  it("leaves an arm that cannot touch anything as it is", async () => {
    expect(await seenAfter("panda-reach", 1)).toEqual(await seenAfter("panda-reach", 4));
  });

  it("moves things on a table otherwise, though not far", async () => {
    const [one, two] = [await seenAfter("panda-push", 1), await seenAfter("panda-push", 2)];
    expect(one).not.toEqual(two);
    const farthest = Math.max(...one.map((value, i) => Math.abs(value - two[i]!)));
    expect(farthest).toBeLessThan(0.2);
  });

  it("is part of what a saved state must fit", async () => {
    const make = async (solverIterations: number) => {
      const config = parseConfig({ env: { id: "panda-push", solverIterations } }, "test");
      return makeEnv(config.env, config.agent.gamma);
    };
    const [one, two] = [await make(1), await make(2)];
    one.reset({ seed: 1 });
    expect(() => two.restoreState(one.saveState())).toThrow(/expected .*panda-push/);
    for (const env of [one, two]) env.dispose();
  });
});
