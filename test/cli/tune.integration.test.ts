/** @file `steadyarm tune`: successive halving, repeated start, --plan, invalid input. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";

const TUNE = {
  settings: {
    env: { id: "planar2-reach" },
    agent: { hidden: [16, 16], batchSize: 32, warmupSteps: 100 },
    train: {
      steps: 200,
      evaluateEvery: 100,
      evaluationEpisodes: 2,
      finalEpisodes: 2,
      checkpointEvery: 100,
      diagnostics: false,
    },
  },
  search: { "agent.tau": { low: 0.001, high: 0.1, scale: "log" } },
  seeds: "1",
  trials: 2,
  keepOneIn: 2,
  firstSteps: 100,
};

describe("steadyarm tune", () => {
  it("runs all rounds, writes the settings of the best trial, and repeats no run", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "t.json"), JSON.stringify(TUNE));
    const { code, stdout, stderr } = await inProcess(["tune", "t.json", "--out", "out"], cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("1 of 2 continue with 200 steps:");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(
      "train with the best settings: steadyarm train --config out/best.json",
    );
    const best = JSON.parse(readFileSync(join(cwd, "out", "best.json"), "utf8"));
    const winner = /best:\n.* {2}\d: tau (0\.\d+)/.exec(stdout)?.[1];
    expect(best.agent.tau).toBe(Number(winner));
    expect(best.train).toMatchObject({ steps: 200 });
    expect(best.train.seed).toBeUndefined();
    expect(existsSync(join(cwd, "out", "round-2", "sweep.json"))).toBe(true);

    const again = await inProcess(["tune", "t.json", "--out", "out"], cwd);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain("running");

    const settings = await inProcess(["bench", "report", "out/round-1"], cwd);
    expect(settings.code).toBe(0);
  });

  it("prints trials and rounds with --plan, without training", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "t.json"), JSON.stringify(TUNE));
    const { code, stdout } = await inProcess(["tune", "t.json", "--plan"], cwd);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1: tau 0\.\d+\n2: tau 0\.\d+\n\nround 1: 2 trials, 100 steps per run\nround 2: 1 trials?, 200/,
    );
    expect(existsSync(join(cwd, "tunes"))).toBe(false);
  });

  it.each([
    [{ search: { "agent.tua": [1, 2] } }, 'unknown setting agent.tua. Did you mean "agent.tau"?'],
    [{ search: { "train.steps": [100, 200] } }, "train.steps must be set under settings"],
    [{ search: { "env.id": ["planar2-raech", "panda-reach"] } }, "planar2-raech"],
  ])("rejects %j in one line and creates no files", async (changes, message) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "t.json"), JSON.stringify({ ...TUNE, ...changes }));
    const { code, stdout, stderr } = await inProcess(["tune", "t.json"], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(join(cwd, "tunes"))).toBe(false);
  });
});
