/** @file All that a run's folder says about it, read for a diagnosis: finished, stopped, or still writing. */

import { join } from "node:path";
import type { AgentState } from "../agent/ddpg.ts";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { readManifest } from "../storage/manifest.ts";
import type { MetricRow } from "../storage/metrics.ts";
import { readResult } from "../storage/run-result.ts";
import { statPath } from "../storage/stat-path.ts";
import { loadNewestRunState } from "../training/checkpoint.ts";

export interface RunRecord {
  /** Its folder, as it was named. */
  readonly run: string;
  readonly config: RunConfig;
  /** One row an evaluation, at least one. */
  readonly rows: readonly MetricRow[];
  /** Whether result.json is there. */
  readonly complete: boolean;
  /** The agent of the newest checkpoint; undefined where none could be read. */
  readonly agent: AgentState | undefined;
  /** Why there is no agent, or an older one. */
  readonly remarks: readonly string[];
}

/**
 * Reads a run's folder; writes nothing.
 *
 * @throws InputError of one line if it is not a run, has no evaluation yet, or its metrics are damaged
 */
export function readRunRecord(run: string): RunRecord {
  const stat = statPath(run);
  if (stat?.isDirectory() !== true) {
    throw refuse(run, "the folder of a run", unquoted(stat === undefined ? "nothing there" : "a file"));
  }
  const { config } = readManifest(run);
  const metrics = join(run, JSONL_FILE);
  const logged = statPath(metrics) !== undefined;
  const rows = logged ? readMetricRows(metrics) : [];
  if (rows.length === 0) {
    throw refuse(metrics, "an evaluation", unquoted("none yet"), "Wait for the first one, or train longer");
  }
  const remarks: string[] = [];
  const agent = newestAgent(join(run, "checkpoints"), remarks);
  return { run, config, rows, complete: readResult(run) !== undefined, agent, remarks };
}

/** A run that is still writing may take a checkpoint away while it is read: that is no fault of the run. */
function newestAgent(checkpoints: string, remarks: string[]): AgentState | undefined {
  try {
    return loadNewestRunState(checkpoints, (line) => remarks.push(line)).state.agent;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    remarks.push(error.message);
    return undefined;
  }
}
