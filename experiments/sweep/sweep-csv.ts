/** @file Sweep results as CSV, one row per run, for further analysis. */

import type { Outcome } from "./outcome.ts";

const COLUMNS = [
  "job",
  "task",
  "method",
  "seed",
  "status",
  "success_rate",
  "success_once",
  "mean_final_distance",
  "steps",
  "steps_to_95",
  "stopped_early",
  "oscillation",
  "wall_seconds",
  "updates_per_second",
  "env_steps_per_second",
  "failed_attempts",
  "engine",
  "steadyarm",
  "node",
  "commit",
  "processor",
  "error",
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | null | undefined>>;

/** CSV (RFC 4180): a header, then one row per run in the sweep's order; missing values are empty. */
export function sweepCsv(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(rowOf).map((row) => COLUMNS.map((name) => cell(row[name])));
  return `${[COLUMNS, ...rows].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
}

function rowOf({ job, status, result, manifest, oscillation, failures, error }: Outcome): Row {
  const stoppedEarly = result?.stoppedEarly;
  return {
    job: job.id,
    task: job.task,
    method: job.method,
    seed: job.seed,
    status,
    success_rate: result?.successRate,
    success_once: result?.successOnce,
    mean_final_distance: result?.meanFinalDistance,
    steps: result?.steps,
    steps_to_95: result?.stepsTo95,
    stopped_early: typeof stoppedEarly === "string" ? stoppedEarly : undefined,
    oscillation: Number.isNaN(oscillation) ? undefined : oscillation,
    wall_seconds: result?.wallSeconds,
    updates_per_second: result?.updatesPerSecond,
    env_steps_per_second: result?.envStepsPerSecond,
    failed_attempts: failures,
    engine: manifest?.engine,
    steadyarm: manifest?.versions["steadyarm"],
    node: manifest?.versions["node"],
    commit: manifest?.commit?.hash,
    processor: manifest?.machine.cpu,
    error,
  };
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  // Spreadsheets would evaluate text that starts like a formula.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
