/** @file Kills training with SIGKILL: the default run once, and a short run at many random times. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { interruptedRun } from "./interrupted-run.ts";
import { reproducibleParts } from "./reproducible-parts.ts";
import { shortRun, start, steadyarm } from "./steadyarm.ts";

const KILLS = 50;

describe("kill -9 and --resume", () => {
  it("give the same bits for the default run, killed after step 7,000", async () => {
    const cwd = temporaryFolder();
    await steadyarm(["train", "--out", "uninterrupted"], cwd);
    const args = ["train", "--out", "killed"];
    await interruptedRun(args, cwd, { run: "killed", step: 7000, signal: "SIGKILL" });
    expect((await steadyarm(["train", "--resume", "killed"], cwd)).code).toBe(0);
    expect(reproducibleParts(join(cwd, "killed"))).toEqual(reproducibleParts(join(cwd, "uninterrupted")));
  });

  it(`give the same bits in ${KILLS} runs killed at random times, including during startup`, async () => {
    const cwd = temporaryFolder();
    const uninterrupted = start(shortRun("uninterrupted", 1500), cwd);
    const startTime = performance.now();
    await uninterrupted.finished;
    let duration = performance.now() - startTime;
    const expected = reproducibleParts(join(cwd, "uninterrupted"));
    const rng = Rng.fromSeed(7);
    for (let kills = 0; kills < KILLS; ) {
      const run = `killed-${kills}`;
      const running = start(shortRun(run, 1500), cwd);
      const wait = rng.uniform() * duration;
      await setTimeout(wait);
      running.child.kill("SIGKILL");
      await running.finished;
      if (existsSync(join(cwd, run, "result.json"))) {
        // Completed before the kill: does not count.
        duration = wait;
        rmSync(join(cwd, run), { recursive: true });
        continue;
      }
      kills += 1;
      const { code, stderr } = await steadyarm(["train", "--resume", run], cwd);
      if (code !== 0) {
        // Killed before the first checkpoint: the same command can start it again.
        expect(existsSync(join(cwd, run, "checkpoints", "step-0")), stderr).toBe(false);
        expect((await steadyarm(shortRun(run, 1500), cwd)).code, stderr).toBe(0);
      }
      expect(reproducibleParts(join(cwd, run)), run).toEqual(expected);
    }
  });
});
