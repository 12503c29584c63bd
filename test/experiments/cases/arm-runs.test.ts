/** @file Metrics of runs on disk, and paired comparison of remedies. */

import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OSCILLATION, openArmRuns, STEPS_TO_95, SUCCESS } from "../../../experiments/cases/arm-runs.ts";
import { PLAIN, type Remedy, remedyConfig, remedyRun } from "../../../experiments/cases/remedies.ts";
import { openJsonlSink } from "../../../storage/jsonl-sink.ts";
import { writeManifest } from "../../../storage/manifest.ts";
import { writeResult } from "../../../storage/run-result.ts";
import { manifestOf } from "../../storage/run-manifest.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { resultOf } from "../run-result.ts";

const STEPS = 4000;
const REMEDY: Remedy = { name: "a remedy", settings: { "agent.tau": 0.1 } };

/** Writes a completed run with the given success rates at its four evaluations. */
function writeRun(
  root: string,
  remedy: Remedy,
  seed: number,
  rates: readonly number[],
  success: number,
): void {
  const run = remedyRun(root, remedy, seed);
  mkdirSync(run, { recursive: true });
  writeManifest(run, { ...manifestOf(seed), config: remedyConfig(remedy, seed, STEPS) });
  const sink = openJsonlSink({ folder: run, resumeAt: undefined });
  for (const [i, rate] of rates.entries()) {
    sink.write({ step: 1000 * (i + 1), values: { "eval/success_rate": rate, "train/saturation": i / 10 } });
  }
  sink.close();
  const first = rates.findIndex((rate) => rate >= 0.95);
  const stepsTo95 = first < 0 ? null : 1000 * (first + 1);
  writeResult(run, resultOf({ successRate: success, steps: STEPS, stepsTo95, seed }));
}

describe("openArmRuns", () => {
  it("computes success, steps to 0.95 and oscillation", () => {
    const root = temporaryFolder();
    writeRun(root, PLAIN, 1, [0, 1, 0.4, 0.8], 0.7);
    writeRun(root, PLAIN, 2, [0, 0, 0, 0], 0);
    const [first, second] = openArmRuns(root, [1, 2], STEPS).of(PLAIN);
    expect(first).toMatchObject({ seed: 1, success: 0.7, stepsTo95: 2000 });
    expect(first?.oscillation).toBeCloseTo(0.2, 12);
    expect(second).toMatchObject({ seed: 2, success: 0, stepsTo95: STEPS, oscillation: 0 });
  });

  it("compares remedies on the seeds that both have completed", () => {
    const root = temporaryFolder();
    for (const [seed, success] of [0.2, 0.4, 0.6].entries())
      writeRun(root, PLAIN, seed + 1, [0, 0, 0, 0], success);
    // Seed 2 diverged and has no result.
    writeRun(root, REMEDY, 1, [0, 0, 0, 0], 0.5);
    writeRun(root, REMEDY, 3, [0, 0, 0, 0], 0.9);
    const arm = openArmRuns(root, [1, 2, 3], STEPS);
    const { seeds, difference } = arm.compare(REMEDY, PLAIN, SUCCESS);
    expect(seeds).toBe(2);
    expect(difference.mean).toBeCloseTo(0.3, 12);
    expect(difference.low).toBeCloseTo(0.3, 12);
    expect(arm.compare(REMEDY, PLAIN, STEPS_TO_95).difference.mean).toBe(0);
    expect(arm.compare(REMEDY, PLAIN, OSCILLATION)).toEqual(arm.compare(REMEDY, PLAIN, OSCILLATION));
  });

  it("returns NaN for a remedy without runs", () => {
    const root = temporaryFolder();
    writeRun(root, PLAIN, 1, [0, 0, 0, 0], 0.2);
    const arm = openArmRuns(root, [1], STEPS);
    expect(arm.of(REMEDY)).toEqual([]);
    expect(arm.compare(REMEDY, PLAIN, SUCCESS)).toMatchObject({ seeds: 0, difference: { mean: Number.NaN } });
    expect(arm.late(REMEDY, "train/saturation")).toBeNaN();
  });

  it("averages a metric over the last half of training and over seeds", () => {
    const root = temporaryFolder();
    writeRun(root, PLAIN, 1, [0, 0, 0, 0], 0);
    writeRun(root, PLAIN, 2, [0, 0, 0, 0], 0);
    expect(openArmRuns(root, [1, 2], STEPS).late(PLAIN, "train/saturation")).toBeCloseTo(0.25, 12);
    expect(openArmRuns(root, [1, 2], STEPS).late(PLAIN, "eval/nothing")).toBeNaN();
    expect(openArmRuns(root, [1, 2], STEPS).first(PLAIN, "train/saturation")).toBe(0);
  });
});
