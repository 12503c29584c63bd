import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  jobFolder,
  noteFailure,
  openSweepFolder,
  readFailures,
  readSweepFolder,
} from "../../../experiments/sweep/sweep-folder.ts";
import { parseSweep } from "../../../experiments/sweep/sweep-spec.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const taus = (values: readonly number[], seeds = "1-2") =>
  parseSweep({ methods: { "agent.tau": values }, seeds }, "s.yaml", "s");
const open = (path: string, sweep = taus([0.1, 0.2]), code = "aaa", otherCode = false) =>
  openSweepFolder({ path, sweep, where: "s.yaml", code, otherCode, now: NOW });

describe("a sweep's folder", () => {
  it("is read back as it was begun, and begun again without a change", () => {
    const path = join(temporaryFolder(), "sweeps", "s");
    const begun = open(path);
    const before = readFileSync(join(path, "sweep.json"), "utf8");
    expect(readSweepFolder(path)).toEqual(begun);
    expect(open(path)).toEqual(begun);
    expect(readFileSync(join(path, "sweep.json"), "utf8")).toBe(before);
  });

  it("may grow by seeds and methods, but not lose a job", () => {
    const path = join(temporaryFolder(), "s");
    open(path);
    const grown = open(path, taus([0.1, 0.2, 0.3], "1-3"));
    expect(grown.jobs.length).toBe(9);
    expect(readSweepFolder(path).jobs.length).toBe(9);
    expect(() => open(path, taus([0.1, 0.4], "1-3"))).toThrow(
      `${path}: it holds another sweep, "s": 6 of its jobs would be gone (panda-reach · tau 0.2 · seed 1, …), 3 of its jobs would be new (panda-reach · tau 0.4 · seed 1, …). Choose another --out`,
    );
  });

  it("refuses to go on with other code unless told to, and keeps the jobs' ids then", () => {
    const path = join(temporaryFolder(), "s");
    const begun = open(path);
    expect(() => open(path, taus([0.1, 0.2]), "bbb")).toThrow(
      /was begun with the code aaa, this is bbb: results of both would be mixed\. .*--other-code/,
    );
    const other = open(path, taus([0.1, 0.2]), "bbb", true);
    expect(other.jobs.map(({ id }) => id)).toEqual(begun.jobs.map(({ id }) => id));
    expect(other.code).toBe("aaa");
  });

  it("refuses a folder with something else in it, a file, and nothing", () => {
    const path = temporaryFolder();
    expect(() => readSweepFolder(path)).toThrow(
      /expected the folder of a sweep, got one without sweep\.json/,
    );
    writeFileSync(join(path, "notes.txt"), "mine");
    expect(() => open(path)).toThrow(/expected an empty folder, or one of a sweep, got one with notes\.txt/);
    expect(() => readSweepFolder(join(path, "notes.txt"))).toThrow("got a file");
    expect(() => readSweepFolder(join(path, "none"))).toThrow("got nothing there");
    expect(readFileSync(join(path, "notes.txt"), "utf8")).toBe("mine");
  });

  it.each([
    ["torn", '{"format": "steadyarm-sw'],
    ["another program's", '{"format": "other"}'],
    ["of a newer steadyarm", '{"format": "steadyarm-sweep", "schemaVersion": 2}'],
    ["without its jobs", '{"format": "steadyarm-sweep", "schemaVersion": 1, "code": "a"}'],
  ])("tells a file that is %s by its path in one line", (_, text) => {
    const path = temporaryFolder();
    writeFileSync(join(path, "sweep.json"), text);
    expect(() => readSweepFolder(path)).toThrow(/sweep\.json.*/);
    expect(() => readSweepFolder(path)).not.toThrow(/\n/);
  });

  it("gives each job a folder that a person can read and no other job has", () => {
    const { jobs } = open(join(temporaryFolder(), "s"));
    const folders = jobs.map((job) => jobFolder("s", job));
    expect(folders[0]).toMatch(/^s\/runs\/panda-reach-tau-0\.1-s1-j[0-9a-f]{15}$/);
    expect(new Set(folders).size).toBe(4);
  });

  it("keeps failed attempts, oldest first", () => {
    const path = temporaryFolder();
    mkdirSync(join(path, "runs"));
    expect(readFailures(path, "j1")).toEqual([]);
    expect(noteFailure(path, "j1", { when: NOW, error: "one" })).toBe(1);
    expect(noteFailure(path, "j1", { when: NOW, error: "two" })).toBe(2);
    expect(readFailures(path, "j1").map(({ error }) => error)).toEqual(["one", "two"]);
  });
});
