/**
 * @file Runs a sweep on a queue: adds its jobs, watches them, and downloads their runs.
 *
 * The sweep's folder is authoritative: jobs with a result there are not added, and jobs that the server has lost are
 * added again.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { refuse, unquoted } from "../../shared/errors.ts";
import { readManifest } from "../../storage/manifest.ts";
import { readIntactResult, readResult } from "../../storage/run-result.ts";
import { isRunOf, type JobState } from "../../training/training-pool.ts";
import { jobName, type SweepJob } from "../sweep/plan.ts";
import { trainingJob } from "../sweep/run-sweep.ts";
import { readFailures, recordFailure, type SweepFolder } from "../sweep/sweep-folder.ts";
import type { ConnectionMonitor } from "./connection-monitor.ts";
import type { QueuedJob, QueueServer } from "./queue-server.ts";
import { unpackRun } from "./run-archive.ts";

/** Milliseconds between two polls of the queue. */
const POLL = 1000;

/** Milliseconds without a worker until a warning is logged. */
const NO_WORKER_WARNING = 5000;

/** Concurrent requests. */
const BATCH = 16;

export interface QueueRun {
  readonly server: QueueServer;
  readonly connection: ConnectionMonitor;
  readonly folder: SweepFolder;
  /** The current code version, which the workers must have as well. */
  readonly code: string;
  /** All of the folder's jobs, or one shard of them. */
  readonly jobs: readonly SweepJob[];
  /** Attempts per job beyond the first. */
  readonly retries: number;
  /** Ignore attempts that failed before this start, so that failed jobs run again. */
  readonly retryFailed: boolean;
  /** Stops watching; the jobs stay in the queue. */
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  readonly log: (line: string) => void;
  /** Returns the current time, ISO 8601 in UTC. */
  readonly now: () => string;
}

const Progress = z.object({ steps: z.number().nonnegative(), successRate: z.number().nullable() });

/**
 * Adds the incomplete jobs to the queue and waits for them.
 *
 * @returns the final state of each job, in the given order
 * @throws InputError if a downloaded run has other settings than its job
 */
export async function runOnQueue(sweep: QueueRun): Promise<readonly JobState[]> {
  const { folder, jobs, stop } = sweep;
  mkdirSync(join(folder.path, "runs"), { recursive: true });
  const states = jobs.map((job) => stateOnDisk(sweep, job));
  const openJobs = () =>
    [...states.keys()].filter((i) => states[i]!.status !== "done" && states[i]!.status !== "failed");
  const update = (i: number, change: Partial<JobState>) => {
    states[i] = { ...states[i]!, ...change };
  };
  const publish = () => sweep.onChange([...states]);

  publish();
  await inBatches(openJobs(), stop, async (i) => update(i, await submit(sweep, jobs[i]!)));
  const checkWorkers = workerCheck(sweep);
  while (openJobs().length > 0 && !stop.aborted) {
    await inBatches(openJobs(), stop, async (i) => update(i, await poll(sweep, jobs[i]!, states[i]!)));
    publish();
    await checkWorkers();
    if (openJobs().length > 0) await delay(POLL, undefined, { signal: stop }).catch(() => undefined);
  }
  publish();
  return states;
}

function stateOnDisk({ folder, retryFailed, retries, log }: QueueRun, job: SweepJob): JobState {
  const training = trainingJob(folder.path, job);
  const result = readIntactResult(training.run, (line) => log(`${line}. The job is queued again`));
  const failures = readFailures(folder.path, job.id);
  const exhausted = result === undefined && !retryFailed && failures.length > retries;
  return {
    job: training,
    status: result !== undefined ? "done" : exhausted ? "failed" : "waiting",
    steps: result?.steps ?? 0,
    successRate: result?.successRate,
    result,
    error: exhausted ? failures.at(-1)?.error : undefined,
  };
}

/** Adds a job to the queue, replacing an earlier failed one if it may be retried. Returns the change of its state. */
async function submit(sweep: QueueRun, job: SweepJob): Promise<Partial<JobState>> {
  const { server, connection, stop, retries } = sweep;
  const queued = await connection.retry(() => server.get(job.id), stop);
  if (queued?.status === "failed") {
    if (!sweep.retryFailed && readFailures(sweep.folder.path, job.id).length > 0) {
      return { status: "failed", error: queued.error };
    }
    await connection.retry(() => server.remove(job.id), stop);
  }
  const data = { name: jobName(job), config: job.config };
  await connection.retry(() => server.add(job.id, data, retries + 1), stop);
  return {};
}

/** Polls a job and downloads its run once it is done. Returns the change of its state. */
async function poll(sweep: QueueRun, job: SweepJob, state: JobState): Promise<Partial<JobState>> {
  const { server, connection, stop, folder } = sweep;
  // The object distinguishes a job that is not in the queue from a request that was stopped.
  const response = await connection.retry(async () => ({ queued: await server.get(job.id) }), stop);
  if (response === undefined) return {};
  const { queued } = response;
  if (queued === undefined || (queued.status === "done" && !(await fetchRun(sweep, job, state)))) {
    if (stop.aborted) return {};
    // The server has lost the job or its run, for instance by a restart without its data.
    if (queued !== undefined) await connection.retry(() => server.remove(job.id), stop);
    await submit(sweep, job);
    return { status: "waiting" };
  }
  if (queued.status === "done") {
    const result = readResult(state.job.run);
    await connection.retry(() => server.store.remove(job.id), stop);
    await connection.retry(() => server.remove(job.id), stop);
    return { status: "done", result, steps: result?.steps ?? 0, successRate: result?.successRate };
  }
  if (queued.status === "failed") {
    recordFailure(folder.path, job.id, { when: sweep.now(), error: queued.error ?? "" });
    sweep.log(`failed  ${jobName(job)}: ${queued.error?.split("\n")[0] ?? ""}`);
    return { status: "failed", error: queued.error };
  }
  return { status: queued.status, ...progressOf(queued) };
}

function progressOf({ progress }: QueuedJob): Partial<JobState> {
  const { data } = Progress.safeParse(progress);
  return data === undefined ? {} : { steps: data.steps, successRate: data.successRate ?? undefined };
}

/** Downloads a complete run into the sweep's folder. Returns false if the server does not have it. */
async function fetchRun(
  { server, connection, stop }: QueueRun,
  job: SweepJob,
  state: JobState,
): Promise<boolean> {
  const { run } = state.job;
  if (readIntactResult(run) !== undefined) return true;
  const packed = await connection.retry(() => server.store.load(job.id), stop);
  if (packed === undefined) return false;
  await unpackRun(packed, run, `the run of ${job.id} on the server`);
  if (!isRunOf(job.config, readManifest(run).config)) {
    throw refuse(run, `a run with the settings of ${job.id}`, unquoted("a run with other settings"));
  }
  return readResult(run) !== undefined;
}

/** Returns a check that logs a warning if no worker has been connected for a while. */
function workerCheck({ server, connection, stop, code, log }: QueueRun): () => Promise<void> {
  let missingSince: number | undefined = performance.now();
  let warned = false;
  return async () => {
    const count = await connection.retry(() => server.workerCount(), stop);
    if (count !== 0) {
      missingSince = undefined;
      warned = false;
      return;
    }
    missingSince ??= performance.now();
    if (warned || performance.now() - missingSince <= NO_WORKER_WARNING) return;
    warned = true;
    log(
      `no worker with code version ${code} is connected. Start one with: steadyarm bench worker --queue <the same URL>`,
    );
  };
}

async function inBatches(
  items: readonly number[],
  stop: AbortSignal,
  act: (item: number) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < items.length && !stop.aborted; i += BATCH) {
    await Promise.all(items.slice(i, i + BATCH).map(act));
  }
}
