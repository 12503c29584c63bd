/** @file Prints the progress of a sweep: on a terminal a few lines redrawn in place, otherwise a line per completed run. */

import { printable } from "../shared/errors.ts";
import { mean } from "../shared/statistics.ts";
import { formatDuration } from "../training/progress-line.ts";
import type { JobState } from "../training/training-pool.ts";

/** Maximum number of running jobs that are listed. */
const MAX_LISTED = 16;

const DEFAULT_COLUMNS = 80;

/** The part of process.stdout that is used. */
export interface SweepStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export class SweepProgress {
  readonly #stream: SweepStream;
  readonly #now: () => number;
  readonly #live: boolean;
  readonly #reported = new Set<string>();
  #start: { readonly time: number; readonly steps: number } | undefined;
  #lines = 0;

  /** @param now a monotonic clock in seconds */
  constructor(stream: SweepStream, now: () => number, env: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.#now = now;
    this.#live = stream.isTTY === true && env["TERM"] !== "dumb" && (env["CI"] ?? "") === "";
  }

  /** Prints the status of all jobs. */
  show(states: readonly JobState[]): void {
    const steps = stepsDone(states);
    const first = this.#start === undefined;
    this.#start ??= { time: this.#now(), steps };
    const ended = states.filter(
      ({ job, status }) => (status === "done" || status === "failed") && !this.#reported.has(job.run),
    );
    for (const { job } of ended) this.#reported.add(job.run);
    // Runs that ended in an earlier session are counted but not listed.
    if (first && ended.length > 0) this.print(this.summary(states));
    else if (!this.#live) {
      for (const state of ended)
        this.#stream.write(`${printable(`${endLine(state)}  ${this.summary(states)}`)}\n`);
    }
    if (this.#live) this.#redraw(states);
  }

  /** Prints a line above the redrawn lines. */
  print(line: string): void {
    this.#erase();
    this.#stream.write(`${printable(line)}\n`);
  }

  /** Returns `12/20 done · 1 failed · 2 running · 3:10 left · mean success 0.84`. */
  summary(states: readonly JobState[]): string {
    const count = (status: JobState["status"]) => states.filter((state) => state.status === status).length;
    const rates = states.flatMap(({ result }) => (result === undefined ? [] : [result.successRate]));
    const parts = [`${count("done")}/${states.length} done`];
    if (count("failed") > 0) parts.push(`${count("failed")} failed`);
    if (count("running") > 0) parts.push(`${count("running")} running`);
    const left = this.#secondsLeft(states);
    if (left !== undefined && count("running") > 0) parts.push(`${formatDuration(left)} left`);
    if (rates.length > 0) parts.push(`mean success ${mean(rates).toFixed(2)}`);
    return parts.join(" · ");
  }

  /** Stops redrawing; the last lines remain. */
  close(): void {
    this.#lines = 0;
  }

  #redraw(states: readonly JobState[]): void {
    const width = (this.#stream.columns || DEFAULT_COLUMNS) - 1;
    const running = states.filter(({ status }) => status === "running").slice(0, MAX_LISTED);
    const lines = [this.summary(states), ...running.map(runningLine)].map((line) =>
      printable(line).slice(0, width),
    );
    this.#erase();
    this.#stream.write(`${lines.join("\n")}\n`);
    this.#lines = lines.length;
  }

  #erase(): void {
    if (this.#lines > 0) this.#stream.write(`\x1b[${this.#lines}A\x1b[J`);
    this.#lines = 0;
  }

  /** Estimated from steps, since jobs differ in length; undefined before the first step. */
  #secondsLeft(states: readonly JobState[]): number | undefined {
    if (this.#start === undefined) return undefined;
    const steps = stepsDone(states) - this.#start.steps;
    const seconds = this.#now() - this.#start.time;
    const total = states
      .filter(({ status }) => status !== "failed")
      .reduce((sum, { job }) => sum + job.config.train.steps, 0);
    return steps > 0 ? (seconds / steps) * Math.max(0, total - stepsDone(states)) : undefined;
  }
}

function stepsDone(states: readonly JobState[]): number {
  return states
    .filter(({ status }) => status !== "failed")
    .reduce((sum, { status, steps, job }) => sum + (status === "done" ? job.config.train.steps : steps), 0);
}

function runningLine({ job, steps, successRate }: JobState): string {
  const share = Math.floor((100 * steps) / job.config.train.steps);
  return `  ${String(share).padStart(3)} %  success ${successRate?.toFixed(2) ?? "-   "}  ${job.name}`;
}

function endLine({ job, status, result, error }: JobState): string {
  if (status === "failed") return `failed  ${job.name}: ${error?.split("\n")[0] ?? ""}`;
  return `done  success ${result?.successRate.toFixed(2) ?? "-"}  ${job.name}`;
}
