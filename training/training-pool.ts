/**
 * @file Many training runs, each in a child process of its own, a few at a time.
 *
 * A job is its run folder: one that is complete is not trained again, one that was begun is gone on
 * with. So a pool that was killed is simply started again.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { RunConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { MANIFEST_FILE, readManifest } from "../storage/manifest.ts";
import { isRunLocked } from "../storage/run-lock.ts";
import { type RunResult, readResult } from "../storage/run-result.ts";

/** Milliseconds between looks at what running jobs have logged. */
const POLL = 1000;

export interface TrainingJob {
  /** For people; several jobs may share it. */
  readonly name: string;
  readonly config: RunConfig;
  /** Its folder, which no other job has. */
  readonly run: string;
}

export interface JobState {
  readonly job: TrainingJob;
  /** `stopped` jobs are saved and can be gone on with; `failed` ones ended with an error. */
  readonly status: "waiting" | "running" | "done" | "failed" | "stopped";
  /** Environment steps at its last evaluation. */
  readonly steps: number;
  /** Of its last evaluation; undefined before the first. */
  readonly successRate: number | undefined;
  /** Once it is done. */
  readonly result: RunResult | undefined;
  /** The last lines of a failed job's error output. */
  readonly error: string | undefined;
}

/** Starts `steadyarm <words>` as a child that is stopped when its parent dies; its stdin and stderr are pipes. */
export type Launch = (words: readonly string[]) => ChildProcess;

export interface PoolOptions {
  /** Jobs at a time; each keeps one core busy. */
  readonly parallel: number;
  readonly launch: Launch;
  /** Stops the jobs that run, which save, and begins no more. */
  readonly stop?: AbortSignal;
  /** Told after each change and about once a second; the list is the receiver's own. */
  readonly onChange?: (states: readonly JobState[]) => void;
  /** Asked after each attempt that failed; true tries again, later. Without it nothing is tried again. */
  readonly tryAgain?: (job: TrainingJob, error: string) => boolean;
  /** Told once when other processes write all runs that are left: they are waited for. */
  readonly onBlocked?: (jobs: readonly TrainingJob[]) => void;
}

/** Launches the program whose entry point is `main`, in a process group of its own: Ctrl-C reaches it through the pool alone. */
export function startProgram(main: string): Launch {
  return (words) =>
    spawn(process.execPath, [main, ...words], { stdio: ["pipe", "ignore", "pipe", "ipc"], detached: true });
}

/**
 * Trains all jobs that are not complete yet, in their order. A run that another process is writing is left to
 * it and looked at again when the others are done: several pools may share their folders.
 *
 * @returns how each job stands in the end, in the order given; failures are states, not exceptions
 * @throws InputError if a run folder holds another run than its job's, before anything is begun
 */
export async function trainAll(
  jobs: readonly TrainingJob[],
  options: PoolOptions,
): Promise<readonly JobState[]> {
  const states = jobs.map(stateOnDisk);
  const tell = () => options.onChange?.([...states]);
  const waiting = jobs.map((_, i) => i).filter((i) => states[i]?.status === "waiting");
  const running = new Set<number>();
  const poll = setInterval(() => {
    for (const i of running) states[i] = { ...states[i]!, ...lastEvaluation(jobs[i]!.run) };
    tell();
  }, POLL);
  tell();
  let blocked = false;
  const work = async () => {
    while (waiting.length > 0 && options.stop?.aborted !== true) {
      const at = waiting.findIndex((i) => !isRunLocked(jobs[i]!.run));
      if (at < 0) {
        if (!blocked && running.size === 0) options.onBlocked?.(waiting.map((i) => jobs[i]!));
        blocked ||= running.size === 0;
        await delay(POLL);
        continue;
      }
      const [i] = waiting.splice(at, 1);
      const job = jobs[i!]!;
      // Another pool may have finished it meanwhile.
      const now = stateOnDisk(job);
      if (now.status === "waiting") {
        running.add(i!);
        states[i!] = { ...now, status: "running" };
        tell();
        const ended = await trainOne(job, options);
        running.delete(i!);
        states[i!] = { ...states[i!]!, ...lastEvaluation(job.run), ...ended };
        const busy = ended.status === "failed" && isRunLocked(job.run);
        if (busy || (ended.status === "failed" && options.tryAgain?.(job, ended.error ?? "") === true)) {
          states[i!] = { ...states[i!]!, status: "waiting" };
          waiting.push(i!);
        }
      } else states[i!] = now;
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: options.parallel }, work));
  } finally {
    clearInterval(poll);
  }
  return states;
}

/** How an attempt at a job ended. */
export type Attempt = Pick<JobState, "status" | "result" | "error">;

/** Begins a job's run, or goes on with it, in a child process; never throws. */
export async function trainOne(
  { config, run }: TrainingJob,
  { launch, stop }: Pick<PoolOptions, "launch" | "stop">,
): Promise<Attempt> {
  const begun = existsSync(join(run, MANIFEST_FILE));
  const child = launch(begun ? ["train", "--resume", run] : ["train", "--config", "-", "--out", run]);
  const end = () => void child.kill("SIGTERM");
  stop?.addEventListener("abort", end);
  try {
    // A child that ends before it has read all is told by its exit code, not by this.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(begun ? "" : JSON.stringify(config));
    const [complaint] = await Promise.all([
      child.stderr === null ? "" : text(child.stderr),
      once(child, "close"),
    ]);
    const result = readResult(run);
    if (result !== undefined) return { status: "done", result, error: undefined };
    if (stop?.aborted === true) return { status: "stopped", result, error: undefined };
    const lines = complaint.trim().split("\n").slice(-3).join("\n");
    return { status: "failed", result, error: lines === "" ? describeEnd(child) : lines };
  } catch (error) {
    return { status: "failed", result: undefined, error: error instanceof Error ? error.message : "" };
  } finally {
    stop?.removeEventListener("abort", end);
  }
}

/** What a child's end says of its cause, where it said nothing itself. */
function describeEnd({ signalCode, exitCode }: ChildProcess): string {
  if (signalCode === "SIGKILL")
    return "killed (SIGKILL): by somebody, or because the machine ran out of memory";
  if (signalCode === "SIGABRT" || exitCode === 134)
    return "aborted (SIGABRT): it ran out of memory, or native code failed";
  return `ended with ${signalCode ?? `code ${exitCode}`}`;
}

function stateOnDisk(job: TrainingJob): JobState {
  const fresh = { job, steps: 0, successRate: undefined, result: undefined, error: undefined };
  if (!existsSync(join(job.run, MANIFEST_FILE))) return { ...fresh, status: "waiting" };
  const { config } = readManifest(job.run);
  if (!isDeepStrictEqual(config, job.config)) {
    throw new InputError(
      `${job.run}: expected a run with the settings of ${JSON.stringify(job.name)}, got one with others; choose another folder or remove it`,
    );
  }
  const result = readResult(job.run);
  const seen = lastEvaluation(job.run);
  return { ...fresh, ...seen, result, status: result === undefined ? "waiting" : "done" };
}

function lastEvaluation(run: string): Pick<JobState, "steps" | "successRate"> {
  const path = join(run, JSONL_FILE);
  const last = existsSync(path) ? readMetricRows(path).at(-1) : undefined;
  return { steps: last?.step ?? 0, successRate: last?.values["eval/success_rate"] };
}
