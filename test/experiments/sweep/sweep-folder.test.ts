import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  jobFolder,
  openSweepFolder,
  readFailures,
  readSweepFolder,
  recordFailure,
} from "../../../experiments/sweep/sweep-folder.ts";
import { parseSweep } from "../../../experiments/sweep/sweep-spec.ts";
import { refusal, temporaryFolder } from "../../temporary-folder.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const taus = (values: readonly number[], seeds = "1-2") =>
  parseSweep({ methods: { "agent.tau": values }, seeds }, "s.yaml", "s");
const open = (path: string, sweep = taus([0.1, 0.2]), code = "aaa", otherCode = false) =>
  openSweepFolder({ path, sweep, where: "s.yaml", code, otherCode, now: NOW });

describe("sweep folder", () => {
  it("is read back as written, and reopened without a change", () => {
    const path = join(temporaryFolder(), "sweeps", "s");
    const created = open(path);
    const before = readFileSync(join(path, "sweep.json"), "utf8");
    expect(readSweepFolder(path)).toEqual(created);
    expect(open(path)).toEqual(created);
    expect(readFileSync(join(path, "sweep.json"), "utf8")).toBe(before);
  });

  it("accepts additional seeds and methods, but no removed jobs", () => {
    const path = join(temporaryFolder(), "s");
    open(path);
    const extended = open(path, taus([0.1, 0.2, 0.3], "1-3"));
    expect(extended.jobs.length).toBe(9);
    expect(readSweepFolder(path).jobs.length).toBe(9);
    const message = refusal(() => open(path, taus([0.1, 0.4], "1-3")));
    expect(message).toContain(path);
    expect(message).toContain("6 jobs removed (panda-reach · tau 0.2 · seed 1, …)");
    expect(message).toContain("3 jobs added (panda-reach · tau 0.4 · seed 1, …)");
    expect(message).toContain("--out");
  });

  it("rejects another code version unless it is allowed, and then keeps the job ids", () => {
    const path = join(temporaryFolder(), "s");
    const created = open(path);
    expect(() => open(path, taus([0.1, 0.2]), "bbb")).toThrow(/expected .*bbb, got aaa\. .*--other-code/);
    const other = open(path, taus([0.1, 0.2]), "bbb", true);
    expect(other.jobs.map(({ id }) => id)).toEqual(created.jobs.map(({ id }) => id));
    expect(other.code).toBe("aaa");
  });

  it("rejects a folder with other files, a file, and a missing path", () => {
    const path = temporaryFolder();
    expect(() => readSweepFolder(path)).toThrow(
      /expected the folder of a sweep, got a folder without sweep\.json/,
    );
    writeFileSync(join(path, "notes.txt"), "mine");
    expect(() => open(path)).toThrow(/expected an empty folder .*, got a folder with notes\.txt/);
    expect(() => readSweepFolder(join(path, "notes.txt"))).toThrow("got a file");
    expect(() => readSweepFolder(join(path, "none"))).toThrow("got no such folder");
    expect(readFileSync(join(path, "notes.txt"), "utf8")).toBe("mine");
  });

  it.each([
    ["truncated", '{"format": "steadyarm-sw'],
    ["of another format", '{"format": "other"}'],
    ["of a newer version", '{"format": "steadyarm-sweep", "schemaVersion": 2}'],
    ["without jobs", '{"format": "steadyarm-sweep", "schemaVersion": 1, "code": "a"}'],
  ])("rejects a sweep.json that is %s in one line with its path", (_, text) => {
    const path = temporaryFolder();
    writeFileSync(join(path, "sweep.json"), text);
    expect(refusal(() => readSweepFolder(path))).toContain("sweep.json");
  });

  it("gives each job a readable and unique run folder", () => {
    const { jobs } = open(join(temporaryFolder(), "s"));
    const folders = jobs.map((job) => jobFolder("s", job));
    expect(folders[0]).toMatch(/^s\/runs\/panda-reach-tau-0\.1-s1-j[0-9a-f]{15}$/);
    expect(new Set(folders).size).toBe(4);
  });

  it("stores failed attempts, oldest first", () => {
    const path = temporaryFolder();
    mkdirSync(join(path, "runs"));
    expect(readFailures(path, "j1")).toEqual([]);
    expect(recordFailure(path, "j1", { when: NOW, error: "one" })).toBe(1);
    expect(recordFailure(path, "j1", { when: NOW, error: "two" })).toBe(2);
    expect(readFailures(path, "j1").map(({ error }) => error)).toEqual(["one", "two"]);
  });
});
