/**
 * @file A disk that fills up at 200 points of a training: the run ends with one line, what is on disk can be resumed once
 * there is space, and the result has the bits of an undisturbed run. Skipped where no small disk can be mounted.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkpointReached } from "../cli/interrupted-run.ts";
import { reproducibleParts } from "../cli/reproducible-parts.ts";
import { shortRun, start, steadyarm } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const POINTS = 200;
const STEPS = 1000;

const disk = mkdtempSync(join(tmpdir(), "steadyarm-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "steadyarm-test", disk]).status === 0;
const filler = join(disk, "filler");

afterAll(() => {
  // Lazy, because a failed test may have left a file open.
  if (mounted) execFileSync("umount", ["-l", disk]);
  rmdirSync(disk);
});

function free(): number {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
}

it.skipIf(!mounted)(`leaves a run that can be resumed, at ${POINTS} points`, async () => {
  const cwd = temporaryFolder();
  expect((await steadyarm(shortRun("undisturbed", STEPS), cwd)).code).toBe(0);
  const expected = reproducibleParts(join(cwd, "undisturbed"));
  const before = free();
  expect((await steadyarm(shortRun("sized", STEPS), disk)).code).toBe(0);
  const size = before - free();
  rmSync(join(disk, "sized"), { recursive: true });
  const codes: (number | null)[] = [];
  for (let point = 0; point < POINTS; point++) {
    const run = join(disk, "run");
    const running = start(shortRun("run", STEPS), disk);
    // Before that, a run is refused for want of space.
    await checkpointReached(run, 0);
    writeFileSync(filler, new Uint8Array(Math.max(0, free() - Math.round((size * point) / POINTS))));
    const { code, stderr } = await running.finished;
    codes.push(code);
    if (code !== 0) {
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/^steadyarm: [^\n]*the disk is full[^\n]*\n$/m);
      expect(stderr).not.toContain("    at ");
    }
    rmSync(filler);
    const leftovers = readdirSync(run).filter((name) => name.includes(".tmp"));
    expect(leftovers, `point ${point}`).toEqual([]);
    if (!existsSync(join(run, "result.json"))) {
      const resumed = await steadyarm(["train", "--resume", "run"], disk);
      expect(resumed.code, `point ${point}: ${resumed.stderr}`).toBe(0);
    }
    expect(reproducibleParts(run), `point ${point}`).toEqual(expected);
    rmSync(run, { recursive: true });
  }
  // Most points are within the run.
  expect(codes.filter((code) => code === 2).length).toBeGreaterThan(POINTS / 4);
});
