/** @file Reading a run's folder for a diagnosis: what is refused, and what is only remarked. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRunRecord } from "../../doctor/run-record.ts";
import { writeManifest } from "../../storage/manifest.ts";
import { manifestOf } from "../storage/run-manifest.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

function runWith(metrics: string | undefined): string {
  const run = temporaryFolder();
  writeManifest(run, manifestOf());
  if (metrics !== undefined) writeFileSync(join(run, "metrics.jsonl"), metrics);
  return run;
}

describe("a run's record", () => {
  it("is refused where there is no run", () => {
    expect(refusal(() => readRunRecord("/nowhere"))).toBe(
      "/nowhere: expected the folder of a run, got nothing there",
    );
    const empty = temporaryFolder();
    expect(refusal(() => readRunRecord(empty))).toContain("manifest.json");
    const file = join(empty, "file");
    writeFileSync(file, "");
    expect(refusal(() => readRunRecord(file))).toContain("expected the folder of a run, got a file");
  });

  it("is refused before the first evaluation, and where metrics are damaged", () => {
    expect(refusal(() => readRunRecord(runWith(undefined)))).toContain(
      "expected an evaluation, got none yet",
    );
    expect(refusal(() => readRunRecord(runWith("")))).toContain("expected an evaluation, got none yet");
    // A line that is still being written is none yet.
    expect(refusal(() => readRunRecord(runWith('{"step":1')))).toContain("none yet");
    expect(refusal(() => readRunRecord(runWith('{"step":"x"}\n')))).toContain("metrics.jsonl:1");
  });

  it("goes without a checkpoint, and says so", () => {
    const run = runWith('{"step":1000,"eval/success_rate":0}\n');
    const record = readRunRecord(run);
    expect(record).toMatchObject({ complete: false, agent: undefined });
    expect(record.remarks).toHaveLength(1);
    const damaged = join(run, "checkpoints", "step-1000");
    mkdirSync(damaged, { recursive: true });
    writeFileSync(join(damaged, "checkpoint.json"), "{}");
    expect(readRunRecord(run).remarks.join("\n")).toContain("Skipping this checkpoint");
  });
});
