/** @file Reads the folder of a complete, stopped or running run for a diagnosis. */

import { join } from "node:path";
import type { AgentState } from "../agent/ddpg.ts";
import type { LookAhead } from "../agent/learner.ts";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { describeVersions } from "../storage/machine.ts";
import { readManifest } from "../storage/manifest.ts";
import type { MetricRow } from "../storage/metrics.ts";
import { readIntactResult } from "../storage/run-result.ts";
import { statPath } from "../storage/stat-path.ts";
import { loadNewestRunState, type RunState } from "../training/checkpoint.ts";

export interface RunRecord {
  /** The run folder as the user gave it. */
  readonly run: string;
  readonly config: RunConfig;
  /** One row per evaluation, at least one. */
  readonly rows: readonly MetricRow[];
  /** Whether there is an intact result.json. */
  readonly complete: boolean;
  /** The agent of the newest valid checkpoint; undefined if there is none. */
  readonly agent: AgentState | undefined;
  /** What one more update of it did; undefined if that was not saved. */
  readonly ahead: LookAhead | undefined;
  /** Why this version does not repeat the run's steps exactly; undefined if it does. */
  readonly unrepeatable: string | undefined;
  /** Why the agent is missing or not from the newest checkpoint. */
  readonly remarks: readonly string[];
}

/**
 * Reads a run folder; writes no file.
 *
 * @throws InputError if it is not a run folder, has no evaluation yet, or its metrics are damaged
 */
export function readRunRecord(run: string): RunRecord {
  const stat = statPath(run);
  if (stat?.isDirectory() !== true) {
    throw refuse(run, "a run folder", unquoted(stat === undefined ? "no such folder" : "a file"));
  }
  const { config, versions } = readManifest(run);
  const metrics = join(run, JSONL_FILE);
  const rows = statPath(metrics) === undefined ? [] : readMetricRows(metrics);
  if (rows.length === 0) {
    throw refuse(
      metrics,
      "at least one evaluation",
      unquoted("none"),
      "Wait for the first one, or train longer",
    );
  }
  const remarks: string[] = [];
  const complete = readIntactResult(run, (line) => remarks.push(line)) !== undefined;
  const saved = newestState(join(run, "checkpoints"), remarks);
  const unrepeatable = differenceOf(versions);
  return { run, config, rows, complete, agent: saved?.agent, ahead: saved?.ahead, unrepeatable, remarks };
}

/** The first package whose version is another one now. */
function differenceOf(versions: Readonly<Record<string, string>>): string | undefined {
  const now = describeVersions();
  const changed = Object.keys(versions).find(
    // Node computes the same, and a library that is missing now was not used.
    (name) => name !== "node" && now[name] !== undefined && now[name] !== versions[name],
  );
  return changed === undefined
    ? undefined
    : `the run is of ${changed} ${versions[changed]}, this is ${now[changed]}`;
}

/** Returns the newest state, or undefined with a remark: a running run may remove a checkpoint during the read. */
function newestState(checkpoints: string, remarks: string[]): RunState | undefined {
  try {
    return loadNewestRunState(checkpoints, (line) => remarks.push(line)).state;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    remarks.push(error.message);
    return undefined;
  }
}
