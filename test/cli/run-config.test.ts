/** @file The preset that a run gets, and the checksums of the files that it depends on. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveRun } from "../../cli/run-config.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { evaluationInterval } from "../../shared/train-config.ts";
import { readDemonstrations, writeDemonstrations } from "../../storage/demonstrations.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function settingsFile(settings: object): string {
  const path = join(temporaryFolder(), "settings.json");
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

describe("a run without --preset", () => {
  it.each([
    ["panda-reach", "steady"],
    ["panda-push", "push"],
    ["arm3-push", "push"],
    ["panda-slide", "slide"],
    ["panda-gripper-pick-and-place", "pick-and-place"],
  ])("of %s takes the preset %s", (env, preset) => {
    expect(resolveRun({ env }).preset).toBe(preset);
    expect(resolveRun({ set: [`env.id=${env}`] }).preset).toBe(preset);
    expect(resolveRun({ config: settingsFile({ env: { id: env } }) }).preset).toBe(preset);
  });

  it("equals the defaults for reaching", () => {
    expect(resolveRun({}).config).toEqual(resolveRun({ preset: "steady" }).config);
  });

  it("has flags override the preset", () => {
    const { config } = resolveRun({ env: "panda-push", steps: "5000", set: ["agent.critics.targetMin=1"] });
    expect(config.train).toMatchObject({ steps: 5000, stopConverged: 3 });
    expect(config.agent).toMatchObject({ critics: { count: 2, targetMin: 1 }, updatesPerStep: 1 });
  });

  it("keeps the settings of a file with an agent section", () => {
    const file = settingsFile({ env: { id: "panda-push" }, agent: { tau: 0.5 } });
    const { config, preset } = resolveRun({ config: file });
    expect(preset).toBeUndefined();
    expect(config.agent).toMatchObject({ tau: 0.5, critics: { count: 1 } });
  });
});

describe("--preset", () => {
  it("is taken instead of the task's", () => {
    const { config, preset } = resolveRun({ env: "panda-push", preset: "td3" });
    expect(preset).toBe("td3");
    expect(config.train.steps).toBe(20_000);
  });
});

describe("the checksum of a module", () => {
  it("is recorded whichever setting names it, and not kept for another module", () => {
    const file = join(temporaryFolder(), "rail.mjs");
    writeFileSync(file, "export default 1;\n");
    const { module } = resolveRun({ env: file }).config.env;
    expect(module).toEqual({ file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(resolveRun({ set: [`env.module.file=${file}`] }).config.env.module).toEqual(module);
    const config = settingsFile({ env: { module: { file: "/other.mjs", sha256: "0".repeat(64) } } });
    expect(resolveRun({ config, env: file }).config.env.module).toEqual(module);
  });
});

describe("the checksum of demonstrations", () => {
  const folder = () => {
    const path = join(temporaryFolder(), "demos");
    const sizes = { observation: 1, goal: 1, action: 1, maxSteps: 1 };
    const episode = new Episode(sizes);
    const at = {
      observation: new Float32Array(1),
      achievedGoal: new Float32Array(1),
      desiredGoal: new Float32Array(1),
    };
    const end = { reward: 0, terminated: false, truncated: true, isSuccess: true };
    episode.begin(at);
    episode.append(new Float32Array(1), { ...at, ...end });
    const { env } = parseConfig({ env: { id: "panda-push", control: "ee" } }, "test");
    writeDemonstrations(path, { env, source: { kind: "script", seed: 1, noise: 0 } }, sizes, [
      episode.toRecording(),
    ]);
    return path;
  };
  const flags = { env: "panda-push", control: "ee" };

  it("is set when a run starts", () => {
    const demos = folder();
    const { train } = resolveRun({ ...flags, demos }).config;
    expect(train.demos).toEqual({ folder: demos, sha256: readDemonstrations(demos).sha256 });
  });

  it("stays as it is in a complete configuration, such as that of a sweep's run", () => {
    const config = parseConfig(
      { env: { id: "panda-push", control: "ee" }, train: { demos: { folder: folder() } } },
      "test",
    );
    expect(resolveRun({ config: settingsFile(config) }).config).toEqual(config);
  });
});

describe("the interval between evaluations", () => {
  it("grows with the length of the run unless it is set", () => {
    const interval = (steps: number, evaluateEvery = 0) => evaluationInterval({ steps, evaluateEvery });
    expect([100, 20_000, 50_000, 300_000].map((steps) => interval(steps))).toEqual([1000, 1000, 1000, 6000]);
    expect(interval(300_000, 500)).toBe(500);
  });
});
