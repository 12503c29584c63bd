/** @file State and results of each job of a sweep, read from its run folder. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../shared/errors.ts";
import { standardDeviation } from "../../shared/statistics.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE, type Manifest, readManifest } from "../../storage/manifest.ts";
import { type RunResult, readIntactResult } from "../../storage/run-result.ts";
import type { SweepJob } from "./plan.ts";
import { jobFolder, readFailures, type SweepFolder } from "./sweep-folder.ts";

/** An evaluation during training. */
export interface CurvePoint {
  readonly step: number;
  readonly successRate: number;
}

export interface Outcome {
  readonly job: SweepJob;
  /** `unfinished`: started. `missing`: not started. `failed`: no result and at least one failed attempt. */
  readonly status: "done" | "failed" | "unfinished" | "missing";
  /** The run folder, which may not exist yet. */
  readonly run: string;
  /** Defined once the run is complete. */
  readonly result: RunResult | undefined;
  /** Defined once the run is started: versions, machine, commit. */
  readonly manifest: Manifest | undefined;
  readonly curve: readonly CurvePoint[];
  /** Standard deviation of the evaluations in the last half of training; NaN until the run is complete. */
  readonly oscillation: number;
  /** Number of failed attempts. */
  readonly failures: number;
  /** The error of the last failed attempt. */
  readonly error: string | undefined;
  /** The first damaged file of the run, in one line; its contents count as missing. */
  readonly damage?: string | undefined;
}

/** Reads the outcomes of all jobs, in the sweep's order. Damaged files count as missing. */
export function readOutcomes(folder: SweepFolder): readonly Outcome[] {
  return folder.jobs.map((job) => readOutcome(folder.path, job));
}

function readOutcome(sweepPath: string, job: SweepJob): Outcome {
  const run = jobFolder(sweepPath, job);
  const failures = readFailures(sweepPath, job.id);
  const started = existsSync(join(run, MANIFEST_FILE));
  let damage: string | undefined;
  const onDamage = (line: string) => {
    damage ??= line;
  };
  const manifest = started ? intact(() => readManifest(run), onDamage) : undefined;
  const result = started ? readIntactResult(run, onDamage) : undefined;
  const curve = intact(() => readCurve(join(run, JSONL_FILE)), onDamage) ?? [];
  const halfway = (result?.steps ?? 0) / 2;
  const late = curve.filter(({ step }) => step > halfway).map(({ successRate }) => successRate);
  return {
    job,
    status:
      result !== undefined ? "done" : failures.length > 0 ? "failed" : started ? "unfinished" : "missing",
    run,
    result,
    manifest,
    curve,
    oscillation: result === undefined ? Number.NaN : standardDeviation(late),
    failures: failures.length,
    error: failures.at(-1)?.error,
    damage,
  };
}

/** Returns what a file of the run has; undefined if it is damaged, so that the other runs are still reported. */
function intact<T>(read: () => T, onDamage: (line: string) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onDamage(error.message);
    return undefined;
  }
}

function readCurve(path: string): CurvePoint[] {
  if (!existsSync(path)) return [];
  return readMetricRows(path).flatMap(({ step, values }) => {
    const successRate = values["eval/success_rate"];
    return successRate === undefined ? [] : [{ step, successRate }];
  });
}
