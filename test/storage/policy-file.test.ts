import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import type { Engine } from "../../agent/engine/engine.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { readPolicy, writePolicy } from "../../storage/policy-file.ts";
import { chosenPolicy } from "../../storage/policy-folder.ts";
import { readSafetensors, type SafetensorsFile, writeSafetensors } from "../../storage/safetensors.ts";
import { takeSnapshot } from "../../training/policy-snapshot.ts";
import { rollout } from "../../training/rollout.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine("onnx");
});

const ZOO = join(import.meta.dirname, "../../zoo");

const env = lineReach();

/** An agent after two episodes, and its policy file. */
async function savedAgent(settings: object = {}) {
  const task = taskFacts(env);
  const relativeGoal = { elements: [0], perMetre: 20 };
  const sizes = { ...task.sizes, relativeGoal };
  const config = parseConfig({ agent: { hidden: [8, 4], lastLayerInit: 0.5, ...settings } }, "test");
  const agent = await Ddpg.create(config.agent, { ...task, sizes }, engine, Rng.fromSeed(1));
  const episode = new Episode(sizes);
  for (let seed = 0; seed < 2; seed++) {
    await rollout(env, { seed }, agent.explore, episode);
    agent.store(episode);
  }
  await agent.learner.update(3);
  const path = join(temporaryFolder(), "policy.safetensors");
  writePolicy(path, takeSnapshot(agent, 500), config, sizes);
  return { agent, path, config, relativeGoal };
}

describe("a policy file", () => {
  it.each([
    ["one critic", {}],
    ["three critics and layer normalisation", { critics: { count: 3 }, layerNorm: { critic: true } }],
    ["an averaged actor", { actorAveraging: 0.1 }],
    ["a clipped actor without normalised inputs", { invertGradients: true, normalize: false }],
  ])("has the actions and values of the agent that was saved, with %s", async (_what, settings) => {
    const { agent, path, config, relativeGoal } = await savedAgent(settings);
    const loaded = readPolicy(path);
    expect(loaded).toMatchObject({ step: 500, config });
    expect(loaded.sizes).toEqual({ observation: 1, goal: 1, action: 1, relativeGoal });
    const [action, loadedAction] = [new Float32Array(1), new Float32Array(1)];
    for (let seed = 10; seed < 20; seed++) {
      const observation = env.reset({ seed });
      agent.policy.act(observation, action);
      loaded.policy.act(observation, loadedAction);
      expect(loadedAction).toEqual(action);
      expect(loaded.policy.values(observation, action)).toEqual(agent.policy.values(observation, action));
    }
    agent.dispose();
  });

  it.each(readdirSync(ZOO))("of the zoo loads: %s", (name) => {
    const { policy, sizes } = readPolicy(chosenPolicy(join(ZOO, name)));
    const action = new Float32Array(sizes.action);
    const goal = new Float32Array(sizes.goal);
    policy.act(
      { observation: new Float32Array(sizes.observation), achievedGoal: goal, desiredGoal: goal },
      action,
    );
    expect(action.every((x) => Math.abs(x) <= 1)).toBe(true);
  });

  it.each<[string, (file: SafetensorsFile) => Partial<SafetensorsFile>, string]>([
    ["another format", () => ({ metadata: {} }), "expected a policy of steadyarm"],
    [
      "another schema",
      ({ metadata }) => ({ metadata: { ...metadata, schemaVersion: "9" } }),
      'expected schema 1 or 2, got "9"',
    ],
    [
      "metadata that is not JSON",
      ({ metadata }) => ({ metadata: { ...metadata, config: "{" } }),
      "its metadata is not JSON",
    ],
    [
      "a relative goal beyond the observation",
      ({ metadata }) => ({ metadata: { ...metadata, relativeGoal: '{"elements":[1],"perMetre":20}' } }),
      "relativeGoal: expected 1 elements of the observation",
    ],
    [
      "a missing layer",
      ({ tensors: { "actor.2.bias": _, ...tensors } }) => ({ tensors }),
      "expected 3 layers",
    ],
    [
      "a missing tensor",
      ({ tensors: { "critic.1.weight": _, ...tensors } }) => ({ tensors }),
      "critic.1.weight: expected float32 of shape [8,4], got nothing",
    ],
    [
      "a tensor of another shape",
      ({ tensors }) => ({
        tensors: { ...tensors, "actor.1.bias": { shape: [3], data: new Float32Array(3) } },
      }),
      "actor.1.bias: expected float32 of shape [4], got [3]",
    ],
    [
      "missing statistics",
      ({ tensors: { "goal.mean": _, ...tensors } }) => ({ tensors }),
      "goal.mean: expected float64 numbers, got nothing",
    ],
    [
      "fewer statistics than inputs",
      ({ tensors }) => ({
        tensors: { ...tensors, "goal.squares": { shape: [0], data: new Float64Array(0) } },
      }),
      "goal.squares: expected 1 numbers",
    ],
  ])("is rejected: %s", async (_what, change, message) => {
    const { agent, path } = await savedAgent();
    agent.dispose();
    const file = readSafetensors(path);
    const { tensors, metadata } = { ...file, ...change(file) };
    writeSafetensors(path, tensors, { metadata });
    expect(refusal(() => readPolicy(path))).toContain(message);
    expect(refusal(() => readPolicy(path))).toContain(path);
  });
});
