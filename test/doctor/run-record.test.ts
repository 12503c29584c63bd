/** @file Reading a run folder for a diagnosis: errors and remarks. */

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

describe("readRunRecord", () => {
  it("rejects a path without a run", () => {
    expect(refusal(() => readRunRecord("/nowhere"))).toMatch(/^\/nowhere: expected .*run/);
    const empty = temporaryFolder();
    expect(refusal(() => readRunRecord(empty))).toContain("manifest.json");
    const file = join(empty, "file");
    writeFileSync(file, "");
    expect(refusal(() => readRunRecord(file))).toMatch(/expected .*run.*, got a file/);
  });

  it("rejects a run without an evaluation or with damaged metrics", () => {
    // The last one is a line that is still being written.
    for (const metrics of [undefined, "", '{"step":1']) {
      const message = refusal(() => readRunRecord(runWith(metrics)));
      expect(message).toMatch(/metrics\.jsonl: expected .*evaluation, got none/);
    }
    expect(refusal(() => readRunRecord(runWith('{"step":"x"}\n')))).toContain("metrics.jsonl:1");
  });

  it("reads a run without a valid checkpoint, with a remark", () => {
    const run = runWith('{"step":1000,"eval/success_rate":0}\n');
    const record = readRunRecord(run);
    expect(record).toMatchObject({ complete: false, agent: undefined });
    expect(record.remarks).toHaveLength(1);
    const damaged = join(run, "checkpoints", "step-1000");
    mkdirSync(damaged, { recursive: true });
    writeFileSync(join(damaged, "checkpoint.json"), "{}");
    expect(readRunRecord(run).remarks.join("\n")).toContain("Skipping this checkpoint");
  });

  it("tells whether this version would repeat the run's steps", () => {
    const run = runWith('{"step":1000,"eval/success_rate":0}\n');
    expect(readRunRecord(run).unrepeatable).toBeUndefined();
    const manifest = manifestOf();
    const versions = { ...manifest.versions, "@dimforge/rapier3d-compat": "0.1.0", node: "1.0.0" };
    writeManifest(run, { ...manifest, versions });
    expect(readRunRecord(run).unrepeatable).toContain("rapier3d-compat 0.1.0");
  });
});
