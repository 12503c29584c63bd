import { describe, expect, it, onTestFinished } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { interactiveModule, makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";
import { finalHold } from "../../training/final-hold.ts";
import { takeSnapshot } from "../../training/policy-snapshot.ts";

async function holdOf(train: object, successRate: number, hasModule = true, stopRequested = () => false) {
  const config = parseConfig(
    { env: { id: "planar2-reach" }, agent: { hidden: [8] }, train: { seed: 3, ...train } },
    "test",
  );
  const { gamma } = config.agent;
  const env = await makeEnv(config.env, gamma);
  const agent = await Ddpg.create(config.agent, taskFacts(env), await loadEngine("onnx"), Rng.fromSeed(3));
  onTestFinished(() => {
    env.dispose();
    agent.dispose();
  });
  const module = hasModule ? interactiveModule(config.env, gamma) : undefined;
  const run = { env, config, ...(module && { interactive: module }), stopRequested };
  return finalHold(run, takeSnapshot(agent, 100), successRate, undefined);
}

describe("the test of holding at the end of a run", () => {
  it("plays the configured number of episodes for the configured time", async () => {
    const hold = await holdOf({ holdSeconds: 4, holdEpisodes: 2 }, 0.5);
    expect(hold).toMatchObject({ seconds: 4, episodes: 2 });
    expect(hold?.holdCurve).toHaveLength(4);
    expect(await holdOf({ holdSeconds: 4, holdEpisodes: 2 }, 1)).toEqual(hold);
  });

  it("is left out if it is off, if the policy rarely succeeds, and without a module", async () => {
    expect(await holdOf({ holdSeconds: 0 }, 1)).toBeUndefined();
    expect(await holdOf({}, 0.49)).toBeUndefined();
    expect(await holdOf({}, 1, false)).toBeUndefined();
    expect(await holdOf({}, 1, true, () => true)).toBeUndefined();
  });

  it("ends before the next episode if a stop is requested in the training thread", async () => {
    let checks = 0;
    const hold = await holdOf({ holdSeconds: 4, holdEpisodes: 3 }, 1, true, () => ++checks > 1);
    expect(hold).toBeUndefined();
    expect(checks).toBe(2);
  });

  it("is not shorter than the time that an arm has to reach its goal", () => {
    expect(() => parseConfig({ train: { holdSeconds: 2 } }, "test")).toThrow(
      "train.holdSeconds 2 is less than the 3 s",
    );
  });
});
