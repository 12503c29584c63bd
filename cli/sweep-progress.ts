/**
 * @file How a sweep is getting on: on a terminal a few lines redrawn in place, elsewhere a line for each run
 * that ended.
 */

import { mean } from "../shared/statistics.ts";
import { formatDuration } from "../training/progress-line.ts";
import type { JobState } from "../training/training-pool.ts";

/** Runs shown one by one; a pool rarely has more at a time. */
const SHOWN = 16;

const USUAL_COLUMNS = 80;

/** What is needed of process.stdout. */
export interface SweepStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export class SweepProgress {
  readonly #stream: SweepStream;
  readonly #now: () => number;
  readonly #live: boolean;
  readonly #told = new Set<string>();
  #begun: { readonly time: number; readonly steps: number } | undefined;
  #lines = 0;

  /** @param now a clock in seconds that never goes back */
  constructor(stream: SweepStream, now: () => number, env: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.#now = now;
    this.#live = stream.isTTY === true && env["TERM"] !== "dumb" && (env["CI"] ?? "") === "";
  }

  /** Shows how all jobs stand. */
  show(states: readonly JobState[]): void {
    const steps = stepsDone(states);
    const first = this.#begun === undefined;
    this.#begun ??= { time: this.#now(), steps };
    const ended = states.filter(
      ({ job, status }) => (status === "done" || status === "failed") && !this.#told.has(job.run),
    );
    for (const { job } of ended) this.#told.add(job.run);
    // What had ended before is counted in the summary alone.
    if (first && ended.length > 0) this.say(this.summary(states));
    else if (!this.#live) {
      for (const state of ended) this.#stream.write(`${endLine(state)}  ${this.summary(states)}\n`);
    }
    if (this.#live) this.#redraw(states);
  }

  /** Prints a line that stays. */
  say(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
  }

  /** `12/20 done · 1 failed · 2 running · 3:10 left · success 0.84 so far` */
  summary(states: readonly JobState[]): string {
    const count = (status: JobState["status"]) => states.filter((state) => state.status === status).length;
    const rates = states.flatMap(({ result }) => (result === undefined ? [] : [result.successRate]));
    const parts = [`${count("done")}/${states.length} done`];
    if (count("failed") > 0) parts.push(`${count("failed")} failed`);
    if (count("running") > 0) parts.push(`${count("running")} running`);
    const left = this.#secondsLeft(states);
    if (left !== undefined && count("running") > 0) parts.push(`${formatDuration(left)} left`);
    if (rates.length > 0) parts.push(`success ${mean(rates).toFixed(2)} so far`);
    return parts.join(" · ");
  }

  /** Leaves the last picture standing. */
  close(): void {
    this.#lines = 0;
  }

  #redraw(states: readonly JobState[]): void {
    const width = (this.#stream.columns || USUAL_COLUMNS) - 1;
    const running = states.filter(({ status }) => status === "running").slice(0, SHOWN);
    const lines = [this.summary(states), ...running.map(runningLine)].map((line) => line.slice(0, width));
    this.#erase();
    this.#stream.write(`${lines.join("\n")}\n`);
    this.#lines = lines.length;
  }

  #erase(): void {
    if (this.#lines > 0) this.#stream.write(`\x1b[${this.#lines}A\x1b[J`);
    this.#lines = 0;
  }

  /** By steps, since jobs differ in length; undefined until something has moved. */
  #secondsLeft(states: readonly JobState[]): number | undefined {
    if (this.#begun === undefined) return undefined;
    const made = stepsDone(states) - this.#begun.steps;
    const seconds = this.#now() - this.#begun.time;
    const total = states
      .filter(({ status }) => status !== "failed")
      .reduce((sum, { job }) => sum + job.config.train.steps, 0);
    return made > 0 ? (seconds / made) * Math.max(0, total - stepsDone(states)) : undefined;
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
