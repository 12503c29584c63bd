/** @file The runs that a cure plans, and the comparison of their results. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareCure, planCure } from "../../doctor/cure.ts";
import { rank } from "../../doctor/rank.ts";
import type { RunRecord } from "../../doctor/run-record.ts";
import { parseConfig } from "../../shared/config.ts";
import { writeResult } from "../../storage/run-result.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { healthyMetrics } from "./healthy-metrics.ts";

const CONFIG = parseConfig({ agent: { her: { k: 0 } }, train: { seed: 3 } }, "test");
const STARVED = rank(healthyMetrics({ "doctor/batches_paid": 0.001 }), CONFIG)[0]!;

function recordIn(run: string): RunRecord {
  return {
    run,
    config: CONFIG,
    rows: [],
    complete: true,
    agent: undefined,
    ahead: undefined,
    unrepeatable: undefined,
    remarks: [],
  };
}

/** Writes a complete run with this final success rate and these evaluations. */
function writeRun(run: string, successRate: number, rates: readonly number[], held?: number): void {
  mkdirSync(run, { recursive: true });
  writeResult(run, {
    successRate,
    successOnce: 1,
    meanFinalDistance: 0,
    episodes: 100,
    steps: 1000,
    stepsTo95: null,
    wallSeconds: 1,
    updatesPerSecond: 1,
    envStepsPerSecond: 1,
    engine: "onnx",
    env: "panda-reach",
    reward: "sparse",
    seed: 3,
    ...(held === undefined
      ? {}
      : { hold: { seconds: 20, episodes: 10, holdRate: {}, holdCurve: [held], held } }),
  });
  const rows = rates.map((rate, i) => JSON.stringify({ step: i, "eval/success_rate": rate }));
  writeFileSync(join(run, "metrics.jsonl"), `${rows.join("\n")}\n`);
}

describe("a cure", () => {
  it("plans each seed with and without the remedy, in separate folders", () => {
    const run = temporaryFolder();
    const pairs = planCure(recordIn(run), STARVED, 2);
    expect(pairs.map(({ seed }) => seed)).toEqual([3, 4]);
    expect(pairs[0]?.before).toMatchObject({ run: join(run, "cure", "as-it-was", "s3"), config: CONFIG });
    expect(pairs[1]?.after.run).toBe(join(run, "cure", "credit-starvation", "s4"));
    expect(pairs[1]?.after.config.agent).toMatchObject({ her: { k: 4 }, replay: { rewardingShare: 0.25 } });
    expect(pairs[1]?.after.config.train).toEqual({ ...CONFIG.train, seed: 4 });
    expect(new Set(pairs.flatMap(({ before, after }) => [before.run, after.run])).size).toBe(4);
  });

  it("uses a complete run as its own seed's run", () => {
    const run = temporaryFolder();
    writeRun(run, 0, [0]);
    expect(planCure(recordIn(run), STARVED, 1)[0]?.before.run).toBe(run);
  });

  it("is rejected if no setting fixes the finding", () => {
    const flipped = rank(healthyMetrics({ "doctor/success_paid": -1 }), CONFIG)[0]!;
    expect(refusal(() => planCure(recordIn("x"), flipped, 1))).toContain("wrong-reward-sign");
  });

  it("compares the seeds for which both runs are complete", () => {
    const run = temporaryFolder();
    const pairs = planCure(recordIn(run), STARVED, 3);
    expect(compareCure(pairs, STARVED)).toBeUndefined();
    for (const [i, { before, after }] of pairs.entries()) {
      writeRun(before.run, 0.1 * i, [0, 0, 0, 1]);
      if (i < 2) writeRun(after.run, 0.9 + 0.1 * i, [0, 0, 1, 1]);
    }
    const outcome = compareCure(pairs, STARVED);
    expect(outcome?.seeds).toEqual([3, 4]);
    expect(outcome?.success.before).toBeCloseTo(0.05, 9);
    expect(outcome?.success.after).toBeCloseTo(0.95, 9);
    expect(outcome?.success.difference.mean).toBeCloseTo(0.9, 9);
    expect(outcome?.success.difference.low).toBeCloseTo(0.9, 9);
    expect(outcome?.oscillation.difference.mean).toBeCloseTo(-0.5, 9);
    expect(outcome?.held).toBeUndefined();
  });

  it("compares how many goals are held, none by a policy that was not tested", () => {
    const run = temporaryFolder();
    const pairs = planCure(recordIn(run), STARVED, 2);
    for (const [i, { before, after }] of pairs.entries()) {
      writeRun(before.run, 0.4, [0, 0]);
      writeRun(after.run, 1, [1, 1], 0.8 + 0.2 * i);
    }
    expect(compareCure(pairs, STARVED)?.held).toMatchObject({ before: 0, after: 0.9 });
  });

  it("tests holding if the finding is about it, and trains again without a test in the run's result", () => {
    const run = temporaryFolder();
    const untested = parseConfig({ train: { holdSeconds: 0 } }, "test");
    const [finding] = rank(healthyMetrics({ "doctor/held": 0.2 }), untested);
    const planned = { ...finding!, set: ["agent.gamma=0.9"] };
    writeRun(run, 1, [1]);
    const [pair] = planCure({ ...recordIn(run), config: untested }, planned, 1);
    expect(pair?.before.run).not.toBe(run);
    expect([pair?.before.config.train.holdSeconds, pair?.after.config.train.holdSeconds]).toEqual([20, 20]);
    expect(pair?.after.config.agent.gamma).toBe(0.9);
    writeRun(run, 1, [1], 0.2);
    expect(planCure({ ...recordIn(run), config: CONFIG }, planned, 1)[0]?.before.run).toBe(run);
  });
});
