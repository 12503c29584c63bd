/** @file Faults injected into short real runs, diagnosed from what those leave on disk. The whole table is bench/doctor.ts. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CASES, type Place } from "../../bench/faults/cases.ts";
import { trainCase } from "../../bench/faults/train-case.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Enough steps for the faults that show at once; too few to learn. */
const SHORT: Place = {
  "train.steps": 600,
  "train.evaluateEvery": 200,
  "train.evaluationEpisodes": 5,
  "train.finalEpisodes": 5,
  "agent.warmupSteps": 200,
  "agent.batchSize": 64,
};

async function diagnosisOf(name: string) {
  const found = CASES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no case is called ${name}`);
  const run = join(temporaryFolder(), "run");
  await trainCase(found, "planar2-reach", 1, run, SHORT);
  return diagnose(readRunRecord(run));
}

describe("a fault that is injected", () => {
  it.each([
    "saturated-start",
    "reward-sign-flipped",
    "hindsight-pays-stale-goal",
    "inputs-times-100",
    "dead-actor",
    "dead-critic",
  ])("%s is named after 600 steps", async (name) => {
    const { verdict, findings } = await diagnosisOf(name);
    expect(verdict).toBe(CASES.find((each) => each.name === name)?.cause);
    for (const { metric, value } of findings[0]?.evidence ?? []) expect(value, metric).not.toBeNaN();
  });

  it("is not seen where there is none: a run that was only short is called that", async () => {
    const { verdict, findings, unknown } = await diagnosisOf("steady");
    expect(verdict).toBe("under-trained");
    expect(findings[0]?.confidence).toBeLessThan(0.5);
    expect(unknown.join()).toContain("oscillates");
  });
});
