/** @file Which settings count as unusual, and in which order. */

import { expect, it } from "vitest";
import { unusualSettings } from "../../doctor/unusual-settings.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import { PRESETS } from "../../shared/presets.ts";

/** Names of the unusual settings after assignments. */
function unusual(assignments: Readonly<Record<string, unknown>>, preset = {}): string[] {
  const settings = structuredClone(preset);
  for (const [path, value] of Object.entries(assignments)) setByPath(settings, path, value);
  return unusualSettings(parseConfig(settings, "test")).map(({ path }) => path);
}

it.each(PRESETS)("no setting of the preset $name is unusual", ({ settings }) => {
  expect(unusual({}, settings)).toEqual([]);
});

it("numbers between the presets' and a few times beyond them are usual", () => {
  const chosen = {
    "agent.tau": 0.02,
    "agent.gamma": 0.99,
    "agent.batchSize": 512,
    "agent.hidden": [128, 128],
  };
  expect(unusual({ ...chosen, "env.id": "arm3-reach", "env.control": "ee", "train.steps": 10 })).toEqual([]);
});

it.each([
  ["agent.criticLearningRate", 1e-5],
  ["agent.actorLearningRate", 0.1],
  ["agent.tau", 1e-5],
  ["agent.gamma", 0.01],
  ["agent.gamma", 0.9999],
  ["agent.batchSize", 1],
  ["agent.hidden", [1, 64]],
  ["agent.rewardScale", 1000],
  ["agent.normalize", false],
  ["agent.targetNetworks", false],
  ["agent.exploration.noise", "ou"],
  ["env.variation.mass", [10, 10]],
  ["env.variation.observationNoise", 0.5],
  ["env.torqueScale", 0.01],
  ["env.rewardTerms.smoothness", 100],
])("%s=%j is unusual", (path, value) => {
  expect(unusual({ [path]: value })).toEqual([path]);
});

it("the furthest from the presets comes first, with their value", () => {
  const config = parseConfig({ agent: { tau: 1e-5, criticLearningRate: 1e-4, batchSize: 1 } }, "test");
  expect(unusualSettings(config)).toMatchObject([
    { path: "agent.tau", usual: "0.02" },
    { path: "agent.batchSize", usual: "256" },
    { path: "agent.criticLearningRate", usual: "0.001" },
  ]);
});

it("the value to put back is as --set accepts it", () => {
  const config = parseConfig({ agent: { hidden: [1, 1], exploration: { noise: "ou" } } }, "test");
  expect(unusualSettings(config)).toMatchObject([
    { path: "agent.hidden", usual: "[64,64]" },
    { path: "agent.exploration.noise", usual: "gaussian" },
  ]);
});

it("the value to put back is that of the task's preset", () => {
  const config = parseConfig({ env: { id: "panda-push" }, agent: { tau: 1e-5 } }, "test");
  expect(unusualSettings(config)[0]).toMatchObject({ path: "agent.tau", usual: "0.05" });
});
