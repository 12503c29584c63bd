/**
 * @file A disk that fills up at 200 points of a training: the run ends with one line, what is on disk can be resumed once
 * there is space, and the result has the bits of an undisturbed run. Skipped where no small disk can be mounted.
 */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isTemporaryName } from "../../storage/atomic-file.ts";
import { checkpointReached } from "../cli/interrupted-run.ts";
import { reproducibleParts } from "../cli/reproducible-parts.ts";
import { shortRun, start, steadyarm } from "../cli/steadyarm.ts";
import { mountSmallDisk } from "./small-disk.ts";

const POINTS = 200;
const STEPS = 1000;

const { path: disk, mounted, free, fillExcept } = mountSmallDisk("16m");
const run = join(disk, "run");

it.skipIf(!mounted)(`leaves a run that can be resumed, at ${POINTS} points`, async () => {
  const before = free();
  expect((await steadyarm(shortRun("run", STEPS), disk)).code).toBe(0);
  const size = before - free();
  const expected = reproducibleParts(run);
  let refused = 0;
  for (let point = 0; point < POINTS; point++) {
    rmSync(run, { recursive: true });
    const running = start(shortRun("run", STEPS), disk);
    // Before that, a run is refused for want of space.
    await checkpointReached(run, 0);
    fillExcept(Math.round((size * point) / POINTS));
    const { code, stderr } = await running.finished;
    rmSync(join(disk, "filler"));
    if (code !== 0) {
      refused += 1;
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/^steadyarm: [^\n]*the disk is full[^\n]*\n$/m);
      expect(stderr).not.toContain("    at ");
    }
    const names = readdirSync(run, { recursive: true, withFileTypes: true }).map(({ name }) => name);
    expect(names.filter(isTemporaryName), `point ${point}`).toEqual([]);
    if (!existsSync(join(run, "result.json"))) {
      const resumed = await steadyarm(["train", "--resume", "run"], disk);
      expect(resumed.code, `point ${point}: ${resumed.stderr}`).toBe(0);
    }
    expect(reproducibleParts(run), `point ${point}`).toEqual(expected);
  }
  // With more space, the run is complete before the disk is full.
  expect(refused).toBeGreaterThan(POINTS / 4);
});
