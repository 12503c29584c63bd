/** @file A damaged file of one run leaves the other runs of a sweep reported and trained. */

import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readOutcomes } from "../../../experiments/sweep/outcome.ts";
import { trainingJob } from "../../../experiments/sweep/run-sweep.ts";
import { openSweepFolder } from "../../../experiments/sweep/sweep-folder.ts";
import { parseSweep } from "../../../experiments/sweep/sweep-spec.ts";
import { createManifest, writeManifest } from "../../../storage/manifest.ts";
import { writeResult } from "../../../storage/run-result.ts";
import { trainAll } from "../../../training/training-pool.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { resultOf } from "../run-result.ts";

it("a torn result or manifest counts as missing, and stops neither the report nor the sweep", async () => {
  const path = join(temporaryFolder(), "sweep");
  const sweep = parseSweep({ seeds: "1-3", settings: { env: { id: "planar2-reach" } } }, "test", "sweep");
  const now = "2026-01-01T00:00:00.000Z";
  const folder = openSweepFolder({ path, sweep, where: "test", code: "abc", otherCode: false, now });
  const jobs = folder.jobs.map((job) => trainingJob(path, job));
  for (const { run, config } of jobs) {
    mkdirSync(run, { recursive: true });
    writeManifest(run, createManifest(config, { name: "onnx", libraries: {} }));
    writeResult(run, resultOf());
  }
  truncateSync(join(jobs[0]!.run, "result.json"), 50);
  writeFileSync(join(jobs[1]!.run, "manifest.json"), "{");

  const outcomes = readOutcomes(folder);
  expect(outcomes.map(({ status }) => status)).toEqual(["unfinished", "done", "done"]);
  expect(outcomes[0]!.damage).toContain("result.json: expected JSON");
  expect(outcomes[1]!.damage).toContain("manifest.json: expected JSON");
  expect(outcomes[2]!.damage).toBeUndefined();

  const lines: string[] = [];
  const states = await trainAll(jobs, {
    parallel: 1,
    // Stopped before it starts a training.
    stop: AbortSignal.abort(),
    launch: () => {
      throw new Error("nothing to train");
    },
    onDamage: (line) => lines.push(line),
  });
  expect(states.map(({ status }) => status)).toEqual(["waiting", "failed", "done"]);
  expect(states[1]!.error).toContain("Rename or remove the folder");
  expect(lines).toEqual([expect.stringMatching(/result\.json: .*made again from the last checkpoint$/)]);
});
