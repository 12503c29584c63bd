import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Manifest, readManifest, writeManifest } from "../../storage/manifest.ts";
import { policyPath } from "../../storage/policy-folder.ts";
import { createNumberedRunFolder, createRunFolder, reopenRunFolder } from "../../storage/run-folder.ts";
import { type RunResult, readResult, writeResult } from "../../storage/run-result.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { manifestOf } from "./run-manifest.ts";

/** A run folder that is not locked. */
function unlockedRun(): string {
  const path = join(temporaryFolder(), "run");
  createRunFolder(path, manifestOf()).lock.release();
  return path;
}

/** Changes a JSON file. */
function edit(path: string, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(path, "utf8"));
  change(value);
  writeFileSync(path, JSON.stringify(value));
}

describe("the folder of a new run", () => {
  it("is created with its parents, locked, and contains the manifest", () => {
    const path = join(temporaryFolder(), "deep", "naïve name", "run 1");
    const folder = createRunFolder(path, manifestOf());
    expect(readdirSync(path)).toEqual(["checkpoints", "manifest.json", "policies", "run.lock"]);
    expect(readManifest(path)).toEqual(manifestOf());
    expect(policyPath(folder.policies, 500)).toBe(join(path, "policies", "step-500.safetensors"));
    folder.lock.release();
    expect(readdirSync(path)).not.toContain("run.lock");
  });

  it("may exist if it is empty or its run was killed before the manifest", () => {
    const path = temporaryFolder();
    for (const name of ["checkpoints", "policies", ".probe.77-0.tmp"]) mkdirSync(join(path, name));
    writeFileSync(
      join(path, "run.lock"),
      JSON.stringify({ pid: 999_999_999, host: hostname(), birth: null }),
    );
    createRunFolder(path, manifestOf()).lock.release();
    expect(readdirSync(path)).toEqual(["checkpoints", "manifest.json", "policies"]);
  });

  it("must not contain a run, complete or in progress", () => {
    const path = join(temporaryFolder(), "run");
    const folder = createRunFolder(path, manifestOf());
    expect(refusal(() => createRunFolder(path, manifestOf()))).toContain(
      `process ${process.pid} on ${hostname()}`,
    );
    folder.lock.release();
    expect(refusal(() => createRunFolder(path, manifestOf(2)))).toContain(
      `${path}: it already contains a run. Resume it with "steadyarm train --resume ${path}"`,
    );
    expect(readManifest(path).seed).toBe(1);
    expect(readdirSync(path)).not.toContain("run.lock");
  });

  it("must not contain other files, which are unchanged", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "thesis.tex"), "years of work");
    expect(refusal(() => createRunFolder(root, manifestOf()))).toContain(
      `${root}: expected an empty folder, got one with thesis.tex`,
    );
    const file = join(root, "thesis.tex");
    expect(refusal(() => createRunFolder(file, manifestOf()))).toContain("expected a folder, got a file");
    expect(refusal(() => createRunFolder(join(file, "run"), manifestOf()))).toContain("not a folder");
    const long = join(root, "x".repeat(300));
    expect(refusal(() => createRunFolder(long, manifestOf()))).toContain("the name is too long");
    expect(readdirSync(root)).toEqual(["thesis.tex"]);
  });

  it.skipIf(process.getuid?.() === 0)("must be writable", () => {
    const root = temporaryFolder();
    chmodSync(root, 0o500);
    expect(refusal(() => createRunFolder(join(root, "run"), manifestOf()))).toContain("permission denied");
    chmodSync(root, 0o700);
  });

  it("gets the number after the highest existing one", () => {
    const root = join(temporaryFolder(), "runs");
    const names = [1, 1, 1, 2].map((seed) => {
      const folder = createNumberedRunFolder(root, manifestOf(seed));
      folder.lock.release();
      return folder.path.slice(root.length + 1);
    });
    expect(names).toEqual([
      "panda-reach-sparse-s1-1",
      "panda-reach-sparse-s1-2",
      "panda-reach-sparse-s1-3",
      "panda-reach-sparse-s2-1",
    ]);
    mkdirSync(join(root, "panda-reach-sparse-s2-9"));
    for (const odd of ["panda-reach-sparse-s2-010", "panda-reach-sparse-s2-x"])
      writeFileSync(join(root, odd), "");
    const next = createNumberedRunFolder(root, manifestOf(2));
    next.lock.release();
    expect(next.path).toBe(join(root, "panda-reach-sparse-s2-10"));
  });
});

describe("a reopened run folder", () => {
  it("is locked, and temporary files of a killed process are removed", () => {
    const path = unlockedRun();
    const leftovers = [path, join(path, "checkpoints"), join(path, "policies")].map((each) =>
      join(each, ".step-9.4711-0.tmp"),
    );
    for (const leftover of leftovers) mkdirSync(leftover);
    const folder = reopenRunFolder(path);
    expect(folder.manifest).toEqual(manifestOf());
    expect(readdirSync(path)).toEqual(["checkpoints", "manifest.json", "policies", "run.lock"]);
    expect([...readdirSync(folder.checkpoints), ...readdirSync(folder.policies)]).toEqual([]);
    expect(refusal(() => reopenRunFolder(path))).toContain("another run is writing here");
    folder.lock.release();
  });

  it("keeps temporary files while another process writes", () => {
    const path = unlockedRun();
    const { lock } = reopenRunFolder(path);
    mkdirSync(join(path, "checkpoints", ".step-9.4711-0.tmp"));
    refusal(() => reopenRunFolder(path));
    expect(readdirSync(join(path, "checkpoints"))).toEqual([".step-9.4711-0.tmp"]);
    lock.release();
  });

  it("must exist and contain a run", () => {
    const root = temporaryFolder();
    expect(refusal(() => reopenRunFolder(join(root, "none")))).toContain(
      `${join(root, "none")}: expected the folder of a run, got nothing there`,
    );
    writeFileSync(join(root, "file"), "");
    expect(refusal(() => reopenRunFolder(join(root, "file")))).toContain("a file");
    expect(refusal(() => reopenRunFolder(root))).toContain("manifest.json: cannot read: no such file");
    expect(readdirSync(root)).toEqual(["file"]);
  });
});

describe("a manifest", () => {
  const manifestPath = (path: string) => join(path, "manifest.json");

  it("has defaults for settings that were added after it was written", () => {
    const path = unlockedRun();
    edit(manifestPath(path), (value) => {
      delete Object(value["config"]).agent.tau;
      // Manifests of older versions have no checksum.
      value["schemaVersion"] = 1;
      delete value["checksum"];
    });
    expect(readManifest(path)).toEqual(manifestOf());
  });

  it.each<[string, (value: Record<string, unknown>) => void, string]>([
    ["of another tool", (value) => delete value["format"], "this is not the manifest of a steadyarm run"],
    [
      "of a newer version",
      (value) => (value["schemaVersion"] = 3),
      "schemaVersion: expected 2, got 3. It was written by a newer steadyarm; upgrade",
    ],
    [
      "without a version",
      (value) => delete value["schemaVersion"],
      "schemaVersion: expected 2, got nothing. The file is damaged",
    ],
    ["without a machine", (value) => (value["machine"] = { cores: 0 }), "machine."],
    ["without versions", (value) => (value["versions"] = [1]), "versions: expected record, got [1]"],
    [
      "with an unknown setting",
      (value) => (Object(value["config"]).agent.tua = 1),
      'unknown setting agent.tua. Did you mean "agent.tau"?',
    ],
    ["with two different seeds", (value) => (value["seed"] = 2), "seed: expected 1, as in its config, got 2"],
    [
      "without a config",
      (value) => delete value["config"],
      "config: expected a mapping of settings, got nothing",
    ],
  ])("is rejected in one line if it is %s", (_what, change, message) => {
    const path = unlockedRun();
    edit(manifestPath(path), change);
    const line = refusal(() => readManifest(path));
    expect(line).toContain(manifestPath(path));
    expect(line).toContain(message);
    expect(refusal(() => reopenRunFolder(path))).toBe(line);
  });

  it("is rejected in one line if it is not JSON, empty, or binary", () => {
    const path = unlockedRun();
    for (const bytes of ["", "{", "[]", "null", "\u0000\u0001", '{"format":"steadyarm-run","format":"x"}']) {
      writeFileSync(manifestPath(path), bytes);
      expect(refusal(() => readManifest(path))).toContain(manifestPath(path));
    }
  });

  it("is unchanged if it cannot be written", () => {
    const path = unlockedRun();
    const broken: Manifest = { ...manifestOf(), seed: Number.NaN };
    expect(() => writeManifest(path, broken)).toThrow("internal:");
    expect(readManifest(path)).toEqual(manifestOf());
  });
});

describe("a result", () => {
  const result: RunResult = {
    successRate: 0.99,
    successOnce: 1,
    meanFinalDistance: 0.012,
    episodes: 100,
    steps: 20_000,
    stepsTo95: null,
    wallSeconds: 41.5,
    updatesPerSecond: 812,
    envStepsPerSecond: 4000,
    engine: "onnx",
    env: "panda-reach",
    reward: "sparse",
    seed: 1,
  };

  it("marks a run as complete and may have unknown fields", () => {
    const path = unlockedRun();
    expect(readResult(path)).toBeUndefined();
    writeResult(path, { ...result, stepsTo95: 7000, iqm: 0.97 });
    expect(readResult(path)).toEqual({ ...result, stepsTo95: 7000, iqm: 0.97 });
  });

  it.each<[string, (value: Record<string, unknown>) => void, string]>([
    ["foreign", (value) => delete value["schemaVersion"], "this is not the result of a steadyarm run"],
    ["newer", (value) => (value["schemaVersion"] = 9), "upgrade to read it"],
    ["damaged", (value) => (value["successRate"] = 1.5), "successRate: expected number to be <=1, got 1.5"],
    ["incomplete", (value) => delete value["seed"], "seed: expected number, got nothing"],
  ])("is rejected in one line if it is %s", (_what, change, message) => {
    const path = unlockedRun();
    writeResult(path, result);
    edit(join(path, "result.json"), change);
    expect(refusal(() => readResult(path))).toContain(message);
  });
});
