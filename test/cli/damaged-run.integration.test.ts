/** @file Runs whose files were changed, lost or torn: what resuming them and their sweep does. */

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { inProcess } from "./in-process.ts";
import { shortRun } from "./steadyarm.ts";

let trained: string;
beforeAll(async () => {
  trained = mkdtempSync(join(tmpdir(), "steadyarm-"));
  await inProcess(shortRun("run", 200), trained);
}, 120_000);
afterAll(() => rmSync(trained, { recursive: true, force: true }));

/** A copy of a complete run, in a new folder. */
function copyOfRun(): string {
  const cwd = temporaryFolder();
  cpSync(join(trained, "run"), join(cwd, "run"), { recursive: true });
  return cwd;
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

describe("a run to resume", () => {
  it("whose manifest was edited is refused with the settings that differ", async () => {
    const cwd = copyOfRun();
    edit(join(cwd, "run/manifest.json"), (text) =>
      text.replace(/"gamma": [\d.]+/, '"gamma": 0.5').replace(/("train": \{\s+"seed": )1/, "$17"),
    );
    const { code, stderr } = await inProcess(["train", "--resume", "run", "--steps", "400"], cwd);
    expect(stderr).toMatch(
      /^steadyarm: run\/manifest\.json: expected the settings of the checkpoints, got agent\.gamma 0\.5 instead of 0\.95, train\.seed 7 instead of 1\. .*--config run\/manifest\.json/,
    );
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "run/result.json"))).toBe(true);
  });

  it("whose checkpoints are gone is refused, with its logs unchanged", async () => {
    const cwd = copyOfRun();
    for (const name of readdirSync(join(cwd, "run/checkpoints")))
      rmSync(join(cwd, "run/checkpoints", name), { recursive: true });
    rmSync(join(cwd, "run/result.json"));
    const metrics = readFileSync(join(cwd, "run/metrics.jsonl"));
    const { code, stderr } = await inProcess(["train", "--resume", "run"], cwd);
    expect(stderr).toMatch(/^steadyarm: run\/checkpoints: expected a checkpoint to resume, got none\. /);
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, "run/metrics.jsonl"))).toEqual(metrics);
  });

  it("whose only checkpoint is damaged stays complete", async () => {
    const cwd = copyOfRun();
    for (const name of readdirSync(join(cwd, "run/checkpoints")))
      truncateSync(join(cwd, "run/checkpoints", name, "agent.safetensors"), 10);
    const { code } = await inProcess(["train", "--resume", "run", "--steps", "400"], cwd);
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "run/result.json"))).toBe(true);
  });

  it("whose result is torn gets the same result again", async () => {
    const cwd = copyOfRun();
    const path = join(cwd, "run/result.json");
    const before = JSON.parse(readFileSync(path, "utf8"));
    truncateSync(path, 50);
    const torn = readFileSync(path);
    const { code, stderr } = await inProcess(["train", "--resume", "run"], cwd);
    expect(stderr).toMatch(
      /^run\/result\.json: expected JSON.*Renamed to result\.json\.damaged; made again from the last checkpoint\n$/,
    );
    expect(code).toBe(0);
    expect(readFileSync(`${path}.damaged`)).toEqual(torn);
    const after = JSON.parse(readFileSync(path, "utf8"));
    for (const key of ["successRate", "meanFinalDistance", "steps", "updates", "policyStep"])
      expect(after[key]).toBe(before[key]);
  });

  it.each(["policies", "checkpoints"])(
    "whose folder %s is a link is refused, and nothing is written there",
    async (name) => {
      const cwd = copyOfRun();
      const elsewhere = temporaryFolder();
      rmSync(join(cwd, "run", name), { recursive: true });
      symlinkSync(elsewhere, join(cwd, "run", name));
      if (name === "checkpoints") cpSync(join(trained, "run/checkpoints"), elsewhere, { recursive: true });
      const before = readdirSync(elsewhere);
      const { code, stderr } = await inProcess(["train", "--resume", "run", "--steps", "400"], cwd);
      expect(stderr).toMatch(new RegExp(`^steadyarm: run/${name}: expected a folder, got a symbolic link`));
      expect(code).toBe(2);
      expect(readdirSync(elsewhere)).toEqual(before);
    },
  );

  it("can be trained anew with the settings of its manifest", async () => {
    const cwd = copyOfRun();
    const { code } = await inProcess(["train", "--config", "run/manifest.json", "--out", "again"], cwd);
    expect(code).toBe(0);
    const policy = "policies/step-200.safetensors";
    expect(readFileSync(join(cwd, "again", policy)).equals(readFileSync(join(cwd, "run", policy)))).toBe(
      true,
    );
  });
});
