/** @file Tables of a sweep's report. */

import { fixed } from "../report/number-text.ts";
import type { Block } from "../report/page.ts";
import type { Cell, Comparison } from "./comparison.ts";
import type { Outcome } from "./outcome.ts";
import type { Estimate } from "./rliable.ts";

/** `0.98 [0.95, 1.00]` */
export function estimateText({ value, low, high }: Estimate): string {
  return `${fixed(value, 2)} [${fixed(low, 2)}, ${fixed(high, 2)}]`;
}

/** Each method over all tasks. */
export function aggregateTable({ aggregates, tasks }: Comparison): Block {
  const hasFailures = aggregates.some(({ ifFailedAreZero }) => ifFailedAreZero !== undefined);
  return {
    kind: "table",
    caption: `Final success rate on ${tasks.length === 1 ? tasks[0] : `${tasks.length} tasks`}: estimate and 95 % interval.`,
    columns: [
      { name: "method" },
      { name: "interquartile mean", numeric: true },
      { name: "mean", numeric: true },
      { name: "optimality gap", numeric: true },
      { name: "runs", numeric: true },
      ...(hasFailures ? [{ name: "failures as 0", numeric: true }] : []),
    ],
    rows: aggregates.map((each) => [
      each.method,
      estimateText(each.interquartileMean),
      estimateText(each.mean),
      estimateText(each.optimalityGap),
      `${each.runs}/${each.planned}`,
      ...(hasFailures ? [fixed(each.ifFailedAreZero ?? each.interquartileMean.value, 2)] : []),
    ]),
  };
}

/** Every pair of methods. */
export function improvementTable({ improvements }: Comparison): Block {
  return {
    kind: "table",
    caption:
      "Probability that a run of the first method beats a run of the second: estimate and 95 % interval.",
    columns: [{ name: "first" }, { name: "second" }, { name: "probability", numeric: true }],
    rows: improvements.map(({ first, second, probability }) => [first, second, estimateText(probability)]),
  };
}

/** Every method on one task. */
export function taskTable({ cells }: Comparison, task: string): Block {
  return {
    kind: "table",
    caption: `${task}: success is the interquartile mean of the final success rate with its 95 % interval.`,
    columns: [
      { name: "method" },
      { name: "success", numeric: true },
      { name: "success once", numeric: true },
      { name: "steps to 0.95", numeric: true },
      { name: "seeds at 0.95", numeric: true },
      { name: "oscillation", numeric: true },
      { name: "seconds per run", numeric: true },
      { name: "runs", numeric: true },
    ],
    rows: cells.filter((cell) => cell.task === task).map(taskRow),
  };
}

function taskRow(cell: Cell): string[] {
  const failed = cell.outcomes.filter(({ status }) => status === "failed").length;
  return [
    cell.method,
    cell.success === undefined ? "no run yet" : estimateText(cell.success),
    fixed(cell.successOnce, 2),
    cell.done === 0 ? "–" : stepText(cell.stepsTo95),
    `${cell.solved}/${cell.done}`,
    fixed(cell.oscillation, 2),
    fixed(cell.seconds),
    `${cell.done}/${cell.outcomes.length}${failed > 0 ? `, ${failed} failed` : ""}`,
  ];
}

/** Each run. */
export function runTable(outcomes: readonly Outcome[]): Block {
  return {
    kind: "table",
    caption: "One row per run. Run folders end with the job id.",
    columns: [
      { name: "task" },
      { name: "method" },
      { name: "seed", numeric: true },
      { name: "success", numeric: true },
      { name: "success once", numeric: true },
      { name: "steps to 0.95", numeric: true },
      { name: "oscillation", numeric: true },
      { name: "seconds", numeric: true },
      { name: "status" },
    ],
    rows: outcomes.map(({ job, result, oscillation, status, failures, error }) => [
      job.task,
      job.method,
      `${job.seed}`,
      fixed(result?.successRate ?? Number.NaN, 2),
      fixed(result?.successOnce ?? Number.NaN, 2),
      result === undefined ? "–" : stepText(result.stepsTo95 ?? Number.POSITIVE_INFINITY),
      fixed(oscillation, 2),
      fixed(result?.wallSeconds ?? Number.NaN),
      statusText(status, failures, error, result?.stoppedEarly),
    ]),
  };
}

function statusText(
  status: Outcome["status"],
  failures: number,
  error: string | undefined,
  stoppedEarly: unknown,
): string {
  if (status === "failed") return `failed: ${error?.split("\n")[0] ?? "no error message"}`;
  const early = typeof stoppedEarly === "string" ? `, stopped early as ${stoppedEarly}` : "";
  return `${status}${early}${failures > 0 ? `, after ${failures} failed attempts` : ""}`;
}

function stepText(step: number): string {
  return Number.isFinite(step) ? fixed(step) : "never";
}
