/**
 * @file Trains many runs in child processes, a fixed number in parallel.
 *
 * A job's state is its run folder: complete runs are skipped and incomplete ones resumed. So a pool that
 * was killed can be started again.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { RunConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import { readMetricRows } from "../storage/jsonl-reader.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { MANIFEST_FILE, readManifest } from "../storage/manifest.ts";
import type { MetricRow } from "../storage/metrics.ts";
import { isRunLocked } from "../storage/run-lock.ts";
import { type RunResult, readIntactResult } from "../storage/run-result.ts";

/** Milliseconds between reads of the running jobs' metrics. */
const POLL = 1000;

export interface TrainingJob {
  /** Name for messages; need not be unique. */
  readonly name: string;
  readonly config: RunConfig;
  /** The run folder, unique to this job. */
  readonly run: string;
}

export interface JobState {
  readonly job: TrainingJob;
  /** `stopped` jobs are saved and can be resumed; `failed` ones ended with an error. */
  readonly status: "waiting" | "running" | "done" | "failed" | "stopped";
  /** Environment steps at the last evaluation. */
  readonly steps: number;
  /** Success rate of the last evaluation; undefined before the first. */
  readonly successRate: number | undefined;
  /** Result of a job that is done. */
  readonly result: RunResult | undefined;
  /** Last lines of a failed job's stderr. */
  readonly error: string | undefined;
}

/** Starts `steadyarm <args>` as a child that stops when its parent dies; its stdin and stderr are pipes. */
export type Launch = (args: readonly string[]) => ChildProcess;

export interface PoolOptions {
  /** Number of jobs that run at the same time; each uses about one core. */
  readonly parallel: number;
  readonly launch: Launch;
  /** Aborting it stops the running jobs, which save, and starts no more. */
  readonly stop?: AbortSignal;
  /** Called after each change and about once a second with a new array. */
  readonly onChange?: (states: readonly JobState[]) => void;
  /** Called after each failed attempt; true puts the job at the end of the queue. Without it no job is retried. */
  readonly retry?: (job: TrainingJob, error: string) => boolean;
  /** Called with a line about a run folder that is damaged and will be repaired. */
  readonly onDamage?: (line: string) => void;
  /** Called once if all remaining runs are locked by other processes; the pool waits for them. */
  readonly onBlocked?: (jobs: readonly TrainingJob[]) => void;
}

/** Launches the CLI at `main` in a separate process group, so that Ctrl-C reaches it only through the pool. */
export function startProgram(main: string): Launch {
  return (args) =>
    spawn(process.execPath, [main, ...args], { stdio: ["pipe", "ignore", "pipe", "ipc"], detached: true });
}

/**
 * Trains all jobs that are not complete, in order. Runs locked by another process are checked again
 * later, so several pools can share their folders.
 *
 * @returns the final state of each job, in the given order; failures are states, not exceptions
 * @throws InputError if a run folder has other settings than its job's; then no job has started
 */
export async function trainAll(
  jobs: readonly TrainingJob[],
  options: PoolOptions,
): Promise<readonly JobState[]> {
  const states = jobs.map((job) => stateOnDisk(job, options.onDamage));
  const report = () => options.onChange?.([...states]);
  const waiting = jobs.map((_, i) => i).filter((i) => states[i]?.status === "waiting");
  const running = new Set<number>();
  const poll = setInterval(() => {
    for (const i of running) states[i] = { ...states[i]!, ...lastEvaluation(jobs[i]!.run) };
    report();
  }, POLL);
  report();
  let blocked = false;
  const work = async () => {
    while (waiting.length > 0 && options.stop?.aborted !== true) {
      const unlocked = waiting.findIndex((i) => !isRunLocked(jobs[i]!.run));
      if (unlocked < 0) {
        if (!blocked && running.size === 0) options.onBlocked?.(waiting.map((i) => jobs[i]!));
        blocked ||= running.size === 0;
        await delay(POLL);
        continue;
      }
      const i = waiting.splice(unlocked, 1)[0]!;
      const job = jobs[i]!;
      // Another pool may have finished the run in the meantime.
      const state = stateOnDisk(job);
      if (state.status !== "waiting") {
        states[i] = state;
        report();
        continue;
      }
      running.add(i);
      states[i] = { ...state, status: "running" };
      report();
      const attempt = await trainOne(job, options);
      running.delete(i);
      states[i] = { ...states[i], ...lastEvaluation(job.run), ...attempt };
      const lockedByOther = attempt.status === "failed" && isRunLocked(job.run);
      if (
        lockedByOther ||
        (attempt.status === "failed" && options.retry?.(job, attempt.error ?? "") === true)
      ) {
        states[i] = { ...states[i], status: "waiting" };
        waiting.push(i);
      }
      report();
    }
  };
  try {
    await Promise.all(Array.from({ length: options.parallel }, work));
  } finally {
    clearInterval(poll);
  }
  return states;
}

/** Outcome of one attempt at a job. */
type Attempt = Pick<JobState, "status" | "result" | "error">;

/** Starts or resumes a job's run in a child process; never throws. */
async function trainOne(
  { config, run }: TrainingJob,
  { launch, stop }: Pick<PoolOptions, "launch" | "stop">,
): Promise<Attempt> {
  const resume = existsSync(join(run, MANIFEST_FILE));
  const child = launch(resume ? ["train", "--resume", run] : ["train", "--config", "-", "--out", run]);
  const terminate = () => void child.kill("SIGTERM");
  stop?.addEventListener("abort", terminate);
  try {
    // If the child exits before it has read stdin, its exit status says more than EPIPE.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(resume ? "" : JSON.stringify(config));
    const [errorOutput] = await Promise.all([
      child.stderr === null ? "" : text(child.stderr),
      once(child, "close"),
    ]);
    const result = readIntactResult(run);
    if (result !== undefined) return { status: "done", result, error: undefined };
    if (stop?.aborted === true) return { status: "stopped", result, error: undefined };
    const lines = errorOutput.trim().split("\n").slice(-3).join("\n");
    return { status: "failed", result, error: lines === "" ? describeExit(child) : lines };
  } catch (error) {
    return { status: "failed", result: undefined, error: error instanceof Error ? error.message : "" };
  } finally {
    stop?.removeEventListener("abort", terminate);
  }
}

/** Describes the exit of a child that printed no error. */
function describeExit({ signalCode, exitCode }: ChildProcess): string {
  if (signalCode === "SIGKILL") return "killed (SIGKILL), by a user or because memory ran out";
  if (signalCode === "SIGABRT" || exitCode === 134)
    return "aborted (SIGABRT): memory ran out, or native code failed";
  return `exited with ${signalCode ?? `code ${exitCode}`}`;
}

/**
 * Whether a run has a job's settings. A run also records what its files are, their checksums and an absolute path, and the
 * home that was chosen for an imported arm.
 */
export function isRunOf(job: RunConfig, run: RunConfig): boolean {
  const { env, train } = job;
  const { file, sha256, home } = env.urdf;
  // The same file may have another path on another machine.
  const urdfFile = file === "" || sha256 === "" ? file && resolve(file) : run.env.urdf.file;
  const urdf = {
    ...env.urdf,
    file: urdfFile,
    sha256: sha256 || run.env.urdf.sha256,
    // Affects nothing but pictures.
    packages: run.env.urdf.packages,
    home: file !== "" && home.length === 0 ? run.env.urdf.home : home,
  };
  const demos = { ...train.demos, sha256: train.demos.sha256 || run.train.demos.sha256 };
  return isDeepStrictEqual({ ...job, env: { ...env, urdf }, train: { ...train, demos } }, run);
}

/** Returns a job's state by its run folder. Throws InputError if the folder has other settings. */
function stateOnDisk(job: TrainingJob, onDamage?: PoolOptions["onDamage"]): JobState {
  const untrained = { job, steps: 0, successRate: undefined, result: undefined, error: undefined };
  if (!existsSync(join(job.run, MANIFEST_FILE))) return { ...untrained, status: "waiting" };
  let config: RunConfig;
  try {
    config = readManifest(job.run).config;
  } catch (error) {
    // One damaged folder must not keep the other jobs from being trained.
    if (!(error instanceof InputError)) throw error;
    return {
      ...untrained,
      status: "failed",
      error: `${error.message}. Rename or remove the folder to train the job again`,
    };
  }
  if (!isRunOf(job.config, config)) {
    throw new InputError(
      `${job.run}: expected a run with the settings of ${JSON.stringify(job.name)}, got other settings. Choose another folder or remove it`,
    );
  }
  const result = readIntactResult(job.run, (line) =>
    onDamage?.(`${line}. It is made again from the last checkpoint`),
  );
  return {
    ...untrained,
    ...lastEvaluation(job.run),
    result,
    status: result === undefined ? "waiting" : "done",
  };
}

function lastEvaluation(run: string): Pick<JobState, "steps" | "successRate"> {
  const path = join(run, JSONL_FILE);
  const last = existsSync(path) ? lastIntactRow(path) : undefined;
  return { steps: last?.step ?? 0, successRate: last?.values["eval/success_rate"] };
}

/** Progress only: a damaged log must not stop the other jobs. */
function lastIntactRow(path: string): MetricRow | undefined {
  try {
    return readMetricRows(path).at(-1);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
