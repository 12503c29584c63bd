import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { AppendFile } from "../../storage/append-file.ts";
import { writeFileAtomically } from "../../storage/atomic-file.ts";
import { listCheckpoints, readNewestCheckpoint, writeCheckpoint } from "../../storage/checkpoint-folder.ts";
import { createRunFolder } from "../../storage/run-folder.ts";
import { lockRun } from "../../storage/run-lock.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { manifestOf } from "./run-manifest.ts";

/** A disk of 256 KiB, where this machine lets us mount one. */
const disk = mkdtempSync(join(tmpdir(), "steadyarm-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "steadyarm-test", disk]).status === 0;
const PAGE = 4096;

afterAll(() => {
  // Lazily: a failed test may have left a file open.
  if (mounted) execFileSync("umount", ["-l", disk]);
  rmdirSync(disk);
});

/** Fills the disk but for so many bytes, whole pages. */
function fillBut(bytes: number): void {
  const filler = join(disk, "filler");
  rmSync(filler, { force: true });
  const { bavail, bsize } = statfsSync(disk);
  // One page is the filler's own name.
  writeFileSync(filler, new Uint8Array(Math.max(bavail * bsize - bytes, 0)));
}

describe.skipIf(!mounted)("a full disk (skipped where no small disk can be mounted)", () => {
  afterEach(() => {
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });

  it("leaves the old file as it was, wherever in the new one it fills up", () => {
    const path = join(disk, "result.json");
    const old = "old ".repeat(100);
    writeFileAtomically(path, old);
    for (let pages = 0; pages < 10; pages++) {
      fillBut(pages * PAGE);
      expect(refusal(() => writeFileAtomically(path, "x".repeat(11 * PAGE)))).toMatch(
        /result\.json: cannot write: the disk is full\. Free some space, then resume \(\d+ KiB are free there\)$/,
      );
      expect(readFileSync(path, "utf8")).toBe(old);
      expect(readdirSync(disk).sort()).toEqual(["filler", "result.json"]);
    }
    fillBut(20 * PAGE);
    writeFileAtomically(path, "x".repeat(11 * PAGE));
    expect(statSync(path).size).toBe(11 * PAGE);
  });

  it("leaves the last good checkpoint the newest one, wherever in the next it fills up", () => {
    const data = new Float32Array(10_000).fill(1);
    const state = { agent: { weights: data } };
    writeCheckpoint(disk, 1, state);
    let refused = 0;
    for (let pages = 0; listCheckpoints(disk).length === 1; pages++) {
      fillBut(pages * PAGE);
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

  it("leaves a log with whole lines only, and the log goes on once there is room", () => {
    const log = new AppendFile(join(disk, "log"), undefined);
    const line = Buffer.from(`${"x".repeat(999)}\n`);
    fillBut(2 * PAGE);
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

  it("is found before a run begins, and the folder is not left behind", () => {
    const path = join(disk, "run");
    // 256 KiB are fewer than the probe writes, empty or not.
    expect(refusal(() => createRunFolder(path, manifestOf()))).toMatch(/run: cannot write: the disk is full/);
    expect(readdirSync(disk)).toEqual([]);
  });

  it("takes no lock", () => {
    mkdirSync(join(disk, "run"));
    fillBut(0);
    expect(refusal(() => lockRun(join(disk, "run")))).toContain("run.lock: cannot lock: the disk is full");
    expect(readdirSync(join(disk, "run"))).toEqual([]);
  });
});

describe.skipIf(!mounted)("a disk that turns read-only", () => {
  it("is named, and what is there stays", () => {
    const path = join(disk, "file");
    writeFileAtomically(path, "old");
    execFileSync("mount", ["-o", "remount,ro", disk]);
    try {
      expect(refusal(() => writeFileAtomically(path, "new"))).toBe(
        `${path}: cannot write: the disk is read-only. Choose a folder that can be written to`,
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

it("tells of a limit on the size of files in one line, and keeps what was saved before", () => {
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
  expect(stdout).toBe(
    `${join(folder, "checkpoints", "step-2")}: cannot write: the file would be larger than this system allows (see ulimit -f)\n`,
  );
  expect(status).toBe(0);
  expect(readdirSync(join(folder, "checkpoints"))).toEqual(["step-1"]);
});
