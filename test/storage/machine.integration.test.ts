import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeMachine, describeVersions, Machine, readCommit } from "../../storage/machine.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("the record of machine, versions and commit", () => {
  it("describes the machine in plain data", () => {
    const machine = describeMachine();
    expect(Machine.parse(JSON.parse(JSON.stringify(machine)))).toEqual(machine);
    expect(machine.platform).toBe(process.platform);
    expect(machine.memoryBytes).toBeGreaterThan(2 ** 27);
  });

  it("has the versions of package.json", () => {
    const file = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
    const { version, dependencies } = JSON.parse(file);
    const versions = describeVersions();
    expect(versions["steadyarm"]).toBe(version);
    expect(versions["node"]).toBe(process.versions.node);
    for (const name of ["@dimforge/rapier3d-compat", "onnxruntime-node"]) {
      expect(versions[name]).toBe(dependencies[name]);
    }
  });

  it("has the commit and whether tracked files differ from it", () => {
    const folder = temporaryFolder();
    expect(readCommit(folder)).toBeNull();
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", "-C", folder, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    git("init", "-q");
    expect(readCommit(folder)).toBeNull();
    writeFileSync(join(folder, "a"), "1");
    git("add", "a");
    git("commit", "-q", "-m", "first");
    const hash = git("rev-parse", "HEAD").trim();
    expect(hash).toMatch(/^[0-9a-f]{40}$/);
    writeFileSync(join(folder, "untracked"), "");
    expect(readCommit(folder)).toEqual({ hash, dirty: false });
    writeFileSync(join(folder, "a"), "2");
    expect(readCommit(folder)).toEqual({ hash, dirty: true });
    expect(readCommit(join(folder, "none"))).toBeNull();
  });
});
