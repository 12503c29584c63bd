import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AppendFile } from "../../storage/append-file.ts";
import { writeFileAtomically } from "../../storage/atomic-file.ts";
import { listCheckpoints, readNewestCheckpoint, writeCheckpoint } from "../../storage/checkpoint-folder.ts";
import { createRunFolder } from "../../storage/run-folder.ts";
import { lockRun } from "../../storage/run-lock.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { manifestOf } from "./run-manifest.ts";
import { mountSmallDisk } from "./small-disk.ts";

const { path: disk, mounted, fillExcept } = mountSmallDisk("256k");
const PAGE = 4096;

describe.skipIf(!mounted)("a full disk (skipped if no small disk can be mounted)", () => {
  afterEach(() => {
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });

  it("leaves the old file unchanged, at whichever page of the new one it fills up", () => {
    const path = join(disk, "result.json");
    const old = "old ".repeat(100);
    writeFileAtomically(path, old);
    for (let pages = 0; pages < 10; pages++) {
      fillExcept(pages * PAGE);
      expect(refusal(() => writeFileAtomically(path, "x".repeat(11 * PAGE)))).toMatch(
        /result\.json: cannot write: the disk is full\..*\(\d+ KiB free\)$/,
      );
      expect(readFileSync(path, "utf8")).toBe(old);
      expect(readdirSync(disk).sort()).toEqual(["filler", "result.json"]);
    }
    fillExcept(20 * PAGE);
    writeFileAtomically(path, "x".repeat(11 * PAGE));
    expect(statSync(path).size).toBe(11 * PAGE);
  });

  it("leaves the last checkpoint valid, at whichever page of the next one it fills up", () => {
    const data = new Float32Array(10_000).fill(1);
    const state = { agent: { weights: data } };
    writeCheckpoint(disk, 1, state);
    let refused = 0;
    for (let pages = 0; listCheckpoints(disk).length === 1; pages++) {
      fillExcept(pages * PAGE);
      try {
        writeCheckpoint(disk, 2, state);
      } catch {
        refused += 1;
        expect(refusal(() => writeCheckpoint(disk, 2, state))).toContain(
          "step-2: cannot write: the disk is full",
        );
        expect(readdirSync(disk).sort()).toEqual(["filler", "step-1"]);
        expect(readNewestCheckpoint(disk, expect.unreachable).step).toBe(1);
      }
    }
    expect(refused).toBeGreaterThan(8);
    expect(readNewestCheckpoint(disk, expect.unreachable).step).toBe(2);
  });

  it("leaves complete lines in a log, which continues once space is free", () => {
    const log = new AppendFile(join(disk, "log"), undefined);
    const line = Buffer.from(`${"x".repeat(999)}\n`);
    fillExcept(2 * PAGE);
    let lines = 0;
    const appendAll = () => {
      for (;;) {
        log.append(line);
        lines += 1;
      }
    };
    expect(refusal(appendAll)).toContain("log: cannot write: the disk is full");
    expect(lines).toBeGreaterThan(4);
    expect(readFileSync(log.path, "utf8")).toBe(line.toString().repeat(lines));
    rmSync(join(disk, "filler"));
    log.append(line);
    expect(log.flush()).toBe(1000 * (lines + 1));
    log.close();
    expect(readFileSync(log.path, "utf8")).toBe(line.toString().repeat(lines + 1));
  });

  it("is reported before a run starts, and the run folder is removed", () => {
    const path = join(disk, "run");
    // The probe writes more than 256 KiB.
    expect(refusal(() => createRunFolder(path, manifestOf()))).toMatch(/run: cannot write: the disk is full/);
    expect(readdirSync(disk)).toEqual([]);
  });

  it("prevents locking a run, and no lock file remains", () => {
    mkdirSync(join(disk, "run"));
    fillExcept(0);
    expect(refusal(() => lockRun(join(disk, "run")))).toContain("run.lock: cannot lock: the disk is full");
    expect(readdirSync(join(disk, "run"))).toEqual([]);
  });
});

describe.skipIf(!mounted)("a disk that becomes read-only", () => {
  it("is reported, and existing files are unchanged", () => {
    const path = join(disk, "file");
    writeFileAtomically(path, "old");
    execFileSync("mount", ["-o", "remount,ro", disk]);
    try {
      expect(refusal(() => writeFileAtomically(path, "new"))).toContain(
        `${path}: cannot write: the disk is read-only`,
      );
      expect(refusal(() => createRunFolder(join(disk, "run"), manifestOf()))).toContain(
        "the disk is read-only",
      );
    } finally {
      execFileSync("mount", ["-o", "remount,rw", disk]);
    }
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});

it("reports a limit on the size of files in one line and keeps the last checkpoint", () => {
  const folder = temporaryFolder();
  const child = (numbers: number, limit: string) =>
    spawnSync(
      "bash",
      ["-c", `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, "--import", "tsx"].concat(
        join(import.meta.dirname, "saving-child.ts"),
        folder,
        String(numbers),
      ),
      { encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
    );
  writeCheckpoint(join(folder, "checkpoints"), 1, { step: 1 });
  const { stdout, status } = child(100_000, "64");
  expect(stdout).toMatch(/^[^\n]*step-2: cannot write: [^\n]*ulimit -f\)\n$/);
  expect(status).toBe(0);
  expect(readdirSync(join(folder, "checkpoints"))).toEqual(["step-1"]);
});
