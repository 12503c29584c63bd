/** @file Rapier's solver iterations affect environments with contacts only. */

import { describe, expect, it } from "vitest";
import { makeArmEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const STEPS = 40;

/** Returns the observation after random steps. */
async function lastObservation(id: string, solverIterations: number): Promise<Float32Array> {
  const { env: config, agent } = parseConfig({ env: { id, solverIterations } }, "test");
  const env = await makeArmEnv(config, agent.gamma);
  const rng = Rng.fromSeed(2);
  env.reset({ seed: 2 });
  let observation = new Float32Array(0);
  for (let i = 0; i < STEPS; i++) {
    observation = env.step(sampleBox(env.actionSpace, rng)).observation.slice();
  }
  env.dispose();
  return observation;
}

describe("env.solverIterations", () => {
  it("does not change an environment without contacts", async () => {
    expect(await lastObservation("panda-reach", 1)).toEqual(await lastObservation("panda-reach", 4));
  });

  it("changes the motion of objects on a table slightly", async () => {
    const [one, two] = [await lastObservation("panda-push", 1), await lastObservation("panda-push", 2)];
    expect(one).not.toEqual(two);
    const maxDifference = Math.max(...one.map((value, i) => Math.abs(value - two[i]!)));
    expect(maxDifference).toBeLessThan(0.2);
  });

  it("must match that of a saved state", async () => {
    const make = async (solverIterations: number) => {
      const config = parseConfig({ env: { id: "panda-push", solverIterations } }, "test");
      return makeArmEnv(config.env, config.agent.gamma);
    };
    const [one, two] = [await make(1), await make(2)];
    one.reset({ seed: 1 });
    expect(() => two.restoreState(one.saveState())).toThrow(/expected .*panda-push/);
    for (const env of [one, two]) env.dispose();
  });
});
