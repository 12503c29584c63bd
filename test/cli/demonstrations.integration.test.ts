/** @file Demonstrations on the command line: record, train, resume. */

import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest } from "../../storage/manifest.ts";
import { readSafetensors } from "../../storage/safetensors.ts";
import { inProcess } from "./in-process.ts";
import { interruptedRun } from "./interrupted-run.ts";
import { shortRun } from "./steadyarm.ts";

/** With the folder demos/, shared by all tests. */
const cwd = mkdtempSync(join(tmpdir(), "steadyarm-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const record = (out: string, ...words: string[]) =>
  inProcess(
    ["record", "--scripted", "panda-push", "--control", "ee", "--episodes", "3", "--out", out, ...words],
    cwd,
  );
const train = (out: string, demos = "demos") => [
  ...shortRun(out, 400),
  ...["--env", "panda-push", "--control", "ee", "--demos", demos],
  ...["--set", "agent.demos.share=0.25", "--set", "agent.demos.bcWeight=1"],
];
const weights = (run: string) => readSafetensors(join(cwd, run, "policies/step-400.safetensors")).tensors;

beforeAll(async () => {
  const { code, stdout, stderr } = await record("demos");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("demos: panda-push (ee) · 3 episodes, 150 steps · success_rate ");
});

describe("steadyarm record --scripted", () => {
  it("writes the same folder for the same seed, and prints JSON", async () => {
    const { stdout } = await record("same", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ folder: "same", env: "panda-push", episodes: 3, steps: 150 });
    expect(readSafetensors(join(cwd, "same/episodes.safetensors"))).toEqual(
      readSafetensors(join(cwd, "demos/episodes.safetensors")),
    );
  });

  it.each<[words: string[], message: string]>([
    [["--scripted", "panda-reach"], "env.id: expected an environment with a script: panda-push"],
    [["--scripted", "panda-push", "--episodes", "0"], "--episodes: expected an integer in [1, 200000]"],
    [["--scripted", "panda-push", "--noise", "2"], "--noise: expected a number in [0, 1]"],
    [["--scripted", "panda-slide", "--control", "position"], "env.control: expected torque or ee"],
    [["--scripted", "panda-push", "--out", "demos"], "demos: expected a new folder"],
    [["runs/x", "--scripted", "panda-push"], "runs/x: expected no run with --scripted"],
    [["runs/x", "--episodes", "3"], "--episodes: expected it with --scripted only"],
    [[], "record: expected a run, or --scripted <env>"],
  ])("rejects %j in one line", async (words, message) => {
    const { code, stderr } = await inProcess(["record", ...words], cwd);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe("steadyarm train --demos", () => {
  it("records the folder and its checksum, and gives the same bits after a kill", async () => {
    expect(await inProcess(train("whole"), cwd)).toMatchObject({ code: 0 });
    const { demos } = readManifest(join(cwd, "whole")).config.train;
    expect(demos.folder).toBe("demos");
    expect(demos.sha256).toMatch(/^[0-9a-f]{64}$/);
    await interruptedRun(train("killed"), cwd, { run: "killed", step: 200, signal: "SIGKILL" });
    expect(await inProcess(["train", "--resume", "killed"], cwd)).toMatchObject({ code: 0 });
    expect(weights("killed")).toEqual(weights("whole"));
  });

  it("does not resume with another folder, a changed one or none", async () => {
    cpSync(join(cwd, "demos"), join(cwd, "copy"), { recursive: true });
    await interruptedRun(train("moved", "copy"), cwd, { run: "moved", step: 200, signal: "SIGKILL" });
    const resume = async (...words: string[]) => {
      const { code, stderr } = await inProcess(["train", "--resume", "moved", ...words], cwd);
      expect(code).toBe(2);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      return stderr;
    };
    expect(await resume("--demos", "demos")).toContain("got --demos");
    appendFileSync(join(cwd, "copy/demos.json"), "\n");
    expect(await resume()).toContain("copy/demos.json: its checksum does not match");
    rmSync(join(cwd, "copy"), { recursive: true });
    expect(await record("copy", "--seed", "8")).toMatchObject({ code: 0 });
    expect(await resume()).toContain("copy: checksum: expected");
    rmSync(join(cwd, "copy"), { recursive: true });
    expect(await resume()).toContain("copy: expected a folder of demonstrations, got nothing there");
  });

  it.each<[words: string[], message: string]>([
    [["--control", "torque"], 'demos: env.control: expected "torque", as in the run, got "ee"'],
    [["--env", "panda-reach"], 'demos: env.id: expected "panda-reach", as in the run, got "panda-push"'],
    [["--demos", "none"], "none: expected a folder of demonstrations, got nothing there"],
  ])("rejects %j in one line and leaves no run", async (words, message) => {
    const { code, stderr } = await inProcess([...train("rejected"), ...words], cwd);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "rejected"))).toBe(false);
  });
});
