/** @file The doctor's findings that a page receives about the run it follows. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../../doctor/diagnose.ts";
import { readRunRecord } from "../../../doctor/run-record.ts";
import type { RunFindings } from "../../../shared/protocol-findings.ts";
import { ExaminationQueue } from "../../../viewer/server/examination-queue.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer } from "./page-client.ts";
import { addMetricRows, writeSampleRun } from "./sample-runs.ts";

/** The metrics of an evaluation with a share of saturated actions. */
const row = (step: number, saturation: number) => ({
  step,
  values: { "eval/success_rate": 0, "train/saturation": saturation, "train/action_abs_mean": 0.5 },
});

describe("findings", () => {
  it("are sent with the curves of a followed run, and again after each evaluation", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "runs"));
    const run = join(folder, "runs", "one");
    await writeSampleRun(run, 1, [0]);
    const length = addMetricRows(run, [row(1000, 0)]);
    const examined: string[] = [];
    const examine = async (path: string) => {
      examined.push(path);
      const { verdict, findings } = await diagnose(readRunRecord(path));
      return {
        verdict,
        findings: findings.map(({ set, evidence, ...rest }) => ({
          ...rest,
          set: [...set],
          evidence: [...evidence],
        })),
      };
    };
    const server = await startServer({ folder, examine });
    const page = await PageClient.connect(server);
    page.send({ op: "follow", source: "run:one" });
    expect(await page.untilMessage("findings")).toMatchObject({
      source: "run:one",
      verdict: "unexplained",
      findings: [],
    });
    addMetricRows(run, [row(2000, 1), row(3000, 1), row(4000, 1)], length);
    const { findings } = await page.untilMessage("findings", ({ verdict }) => verdict === "saturated-actor");
    expect(findings[0]).toMatchObject({
      title: "saturated actor",
      evidence: [{ metric: "train/saturation", value: 1 }],
    });
    // A page that subscribes later receives the known findings at once.
    const late = await PageClient.connect(server);
    late.send({ op: "follow", source: "run:one" });
    expect(await late.untilMessage("findings")).toMatchObject({ verdict: "saturated-actor" });
    expect(examined).toEqual([run, run]);
  });

  it("are computed for one run at a time, and once for a run that is queued twice", async () => {
    const started: string[] = [];
    const answers: (() => void)[] = [];
    const healthy: RunFindings = { verdict: "healthy", findings: [] };
    const queue = new ExaminationQueue((run) => {
      started.push(run);
      return new Promise((resolve) => answers.push(() => resolve(healthy)));
    });
    const reported: string[] = [];
    for (const run of ["a", "b", "b", "c"]) queue.add(run, () => reported.push(run));
    for (let i = 0; i < 3; i++) {
      expect(started).toHaveLength(i + 1);
      answers[i]?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reported).toEqual(["a", "b", "c"]);
  });
});
