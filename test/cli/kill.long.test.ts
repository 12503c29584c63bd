/** @file kill -9, for as long as it takes: the main job once, and a short run at many moments. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { checkpointReached, essence } from "./run-essence.ts";
import { shortRun, start, steadyarm } from "./steadyarm.ts";

const KILLS = 50;

describe("kill -9 and --resume", () => {
  it("leave the main job as it would have been, killed after step 7,000", async () => {
    const cwd = temporaryFolder();
    await steadyarm(["train", "--out", "whole"], cwd);
    const running = start(["train", "--out", "killed"], cwd);
    await checkpointReached(join(cwd, "killed"), 7000);
    running.child.kill("SIGKILL");
    await running.finished;
    expect(existsSync(join(cwd, "killed", "result.json"))).toBe(false);
    expect((await steadyarm(["train", "--resume", "killed"], cwd)).code).toBe(0);
    expect(essence(join(cwd, "killed"))).toEqual(essence(join(cwd, "whole")));
  });

  it(`lose no run in ${KILLS} kills at random moments, the first milliseconds included`, async () => {
    const cwd = temporaryFolder();
    const whole = start(shortRun("whole", 1500), cwd);
    const begun = performance.now();
    await whole.finished;
    const duration = performance.now() - begun;
    const expected = essence(join(cwd, "whole"));
    const rng = Rng.fromSeed(7);
    let finishedBefore = 0;
    for (let i = 0; i < KILLS; i++) {
      const run = `killed-${i}`;
      const running = start(shortRun(run, 1500), cwd);
      await setTimeout(rng.uniform() * duration);
      running.child.kill("SIGKILL");
      await running.finished;
      if (existsSync(join(cwd, run, "result.json"))) finishedBefore += 1;
      const { code, stderr } = await steadyarm(["train", "--resume", run], cwd);
      if (code !== 0) {
        // Killed before there was anything to go on with: then it can be begun again in the same folder.
        expect(existsSync(join(cwd, run, "checkpoints", "step-0")), stderr).toBe(false);
        expect((await steadyarm(shortRun(run, 1500), cwd)).code, stderr).toBe(0);
      }
      expect(essence(join(cwd, run)), run).toEqual(expected);
    }
    expect(finishedBefore).toBeLessThan(KILLS / 2);
  });
});
