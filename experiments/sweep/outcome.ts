/** @file How each job of a sweep stands, read from its run folder: what tables, figures and warnings are made of. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { standardDeviation } from "../../shared/statistics.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE, type Manifest, readManifest } from "../../storage/manifest.ts";
import { type RunResult, readResult } from "../../storage/run-result.ts";
import type { SweepJob } from "./plan.ts";
import { jobFolder, readFailures, type SweepFolder } from "./sweep-folder.ts";

/** One evaluation during training. */
export interface CurvePoint {
  readonly step: number;
  readonly successRate: number;
}

export interface Outcome {
  readonly job: SweepJob;
  /** `unfinished` was begun, `missing` was not; `failed` has no result and an error. */
  readonly status: "done" | "failed" | "unfinished" | "missing";
  /** Its run folder, whether or not it is there. */
  readonly run: string;
  /** Once it is done. */
  readonly result: RunResult | undefined;
  /** Once it was begun: versions, machine, commit. */
  readonly manifest: Manifest | undefined;
  readonly curve: readonly CurvePoint[];
  /** Standard deviation of the evaluations in the last half of training; NaN until it is done. */
  readonly oscillation: number;
  /** Attempts that ended with an error. */
  readonly failures: number;
  /** Of the last of them. */
  readonly error: string | undefined;
}

/** Every job of a sweep, in the sweep's order. Throws InputError if a file of a run is damaged. */
export function readOutcomes(folder: SweepFolder): readonly Outcome[] {
  return folder.jobs.map((job) => readOutcome(folder.path, job));
}

function readOutcome(sweepPath: string, job: SweepJob): Outcome {
  const run = jobFolder(sweepPath, job);
  const failures = readFailures(sweepPath, job.id);
  const begun = existsSync(join(run, MANIFEST_FILE));
  const manifest = begun ? readManifest(run) : undefined;
  const result = begun ? readResult(run) : undefined;
  const curve = readCurve(join(run, JSONL_FILE));
  const halfway = (result?.steps ?? 0) / 2;
  const late = curve.filter(({ step }) => step > halfway).map(({ successRate }) => successRate);
  return {
    job,
    status: result !== undefined ? "done" : failures.length > 0 ? "failed" : begun ? "unfinished" : "missing",
    run,
    result,
    manifest,
    curve,
    oscillation: result === undefined ? Number.NaN : standardDeviation(late),
    failures: failures.length,
    error: failures.at(-1)?.error,
  };
}

function readCurve(path: string): CurvePoint[] {
  if (!existsSync(path)) return [];
  return readMetricRows(path).flatMap(({ step, values }) => {
    const successRate = values["eval/success_rate"];
    return successRate === undefined ? [] : [{ step, successRate }];
  });
}
