/**
 * @file A sweep on other machines: its jobs are put into a queue, watched, and their runs fetched.
 *
 * The sweep's folder stays the truth: what has its result there is not asked for again, and what the server
 * forgot is put into the queue anew.
 */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { InputError } from "../../shared/errors.ts";
import { readManifest } from "../../storage/manifest.ts";
import { RESULT_FILE, readResult } from "../../storage/run-result.ts";
import type { JobState } from "../../training/training-pool.ts";
import { jobName, type SweepJob } from "../sweep/plan.ts";
import { trainingJob } from "../sweep/run-sweep.ts";
import { readFailures, recordFailure, type SweepFolder } from "../sweep/sweep-folder.ts";
import type { FaultWatch } from "./fault-watch.ts";
import type { QueuedJob, QueueServer } from "./queue-server.ts";
import { unpackRun } from "./run-archive.ts";

/** Milliseconds between two looks at the queue. */
const POLL = 1000;

/** Milliseconds without any worker after which that is said. */
const LONELY = 5000;

/** Jobs put in or looked at together. */
const TOGETHER = 16;

export interface QueueRun {
  readonly server: QueueServer;
  readonly faults: FaultWatch;
  readonly folder: SweepFolder;
  /** The code's version now, which workers must have too. */
  readonly code: string;
  /** All of the folder's jobs, or a shard of them. */
  readonly jobs: readonly SweepJob[];
  /** Attempts at a job beyond the first. */
  readonly retries: number;
  /** Whether jobs that failed in earlier sittings are put in again. */
  readonly retryFailed: boolean;
  /** Ends the watching; the jobs stay in the queue. */
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  readonly say: (line: string) => void;
  /** The time, ISO 8601 in UTC. */
  readonly now: () => string;
}

const Progress = z.object({ steps: z.number().nonnegative(), successRate: z.number().nullable() });

/**
 * Puts in what is not complete, and waits for it.
 *
 * @returns how each job stands in the end, in the order given
 * @throws InputError if a fetched run is not the one that was asked for
 */
export async function runOnQueue(sweep: QueueRun): Promise<readonly JobState[]> {
  const { folder, jobs, stop } = sweep;
  mkdirSync(join(folder.path, "runs"), { recursive: true });
  const states = jobs.map((job) => stateOnDisk(sweep, job));
  const tell = () => sweep.onChange([...states]);
  const open = new Set(jobs.map((_, i) => i).filter((i) => states[i]?.status === "waiting"));
  tell();
  await inGroups([...open], stop, async (i) => {
    const error = await put(sweep, jobs[i]!);
    if (error !== undefined) close(i, { status: "failed", error });
  });
  function close(i: number, ended: Partial<JobState>): void {
    states[i] = { ...states[i]!, ...ended };
    open.delete(i);
  }
  let lonelySince: number | undefined = performance.now();
  let toldLonely = false;
  while (open.size > 0 && !stop.aborted) {
    await inGroups([...open], stop, async (i) => {
      const ended = await look(sweep, jobs[i]!, states[i]!);
      if (ended.status === "done" || ended.status === "failed") close(i, ended);
      else states[i] = { ...states[i]!, ...ended };
    });
    tell();
    const workers = await sweep.faults.ask(() => sweep.server.workers(), stop);
    if (workers !== 0) {
      lonelySince = undefined;
      toldLonely = false;
    } else lonelySince ??= performance.now();
    if (!toldLonely && lonelySince !== undefined && performance.now() - lonelySince > LONELY) {
      toldLonely = true;
      sweep.say(
        `no worker with this code (${sweep.code}) is listening yet: start some with steadyarm bench worker --queue <the same URL>`,
      );
    }
    if (open.size > 0) await delay(POLL, undefined, { signal: stop }).catch(() => undefined);
  }
  tell();
  return states;
}

function stateOnDisk({ folder, retryFailed, retries }: QueueRun, job: SweepJob): JobState {
  const training = trainingJob(folder.path, job);
  const result = existsSync(join(training.run, RESULT_FILE)) ? readResult(training.run) : undefined;
  const failures = readFailures(folder.path, job.id);
  const usedUp = result === undefined && !retryFailed && failures.length > retries;
  return {
    job: training,
    status: result !== undefined ? "done" : usedUp ? "failed" : "waiting",
    steps: result?.steps ?? 0,
    successRate: result?.successRate,
    result,
    error: usedUp ? failures.at(-1)?.error : undefined,
  };
}

/** Puts a job in; one that failed there before goes in anew. Returns why it stays failed, if it does. */
async function put(sweep: QueueRun, job: SweepJob): Promise<string | undefined> {
  const { server, faults, stop, retries } = sweep;
  const there = await faults.ask(() => server.look(job.id), stop);
  if (there?.status === "failed") {
    if (!sweep.retryFailed && readFailures(sweep.folder.path, job.id).length > 0) return there.error;
    await faults.ask(() => server.remove(job.id), stop);
  }
  const data = { name: jobName(job), config: job.config };
  await faults.ask(() => server.add(job.id, data, retries + 1), stop);
  return undefined;
}

async function look(sweep: QueueRun, job: SweepJob, state: JobState): Promise<Partial<JobState>> {
  const { server, faults, stop, folder } = sweep;
  // One answer for all that could be lost: a job that is not there must not be taken for one that was not asked about.
  const answer = await faults.ask(async () => ({ there: await server.look(job.id) }), stop);
  if (answer === undefined) return {};
  const { there } = answer;
  if (there === undefined || (there.status === "done" && !(await fetchRun(sweep, job, state)))) {
    if (stop.aborted) return {};
    // The server lost it, or lost its run: it was restarted without its data.
    if (there !== undefined) await faults.ask(() => server.remove(job.id), stop);
    await put(sweep, job);
    return { status: "waiting" };
  }
  if (there.status === "done") {
    const result = readResult(state.job.run);
    await faults.ask(() => server.store.forget(job.id), stop);
    await faults.ask(() => server.remove(job.id), stop);
    return { status: "done", result, steps: result?.steps ?? 0, successRate: result?.successRate };
  }
  if (there.status === "failed") {
    recordFailure(folder.path, job.id, { when: sweep.now(), error: there.error ?? "" });
    sweep.say(`failed  ${jobName(job)}: ${there.error?.split("\n")[0] ?? ""}`);
    return { status: "failed", error: there.error };
  }
  return { status: there.status, ...progressOf(there) };
}

function progressOf({ progress }: QueuedJob): Partial<JobState> {
  const { data } = Progress.safeParse(progress);
  return data === undefined ? {} : { steps: data.steps, successRate: data.successRate ?? undefined };
}

/** Puts a complete run into the sweep's folder; false if the server does not have it. */
async function fetchRun(
  { server, faults, stop }: QueueRun,
  job: SweepJob,
  state: JobState,
): Promise<boolean> {
  const { run } = state.job;
  if (existsSync(join(run, RESULT_FILE))) return true;
  const packed = await faults.ask(() => server.store.load(job.id), stop);
  if (packed === undefined) return false;
  unpackRun(packed, run, `the run of ${job.id} on the server`);
  if (!isDeepStrictEqual(readManifest(run).config, job.config)) {
    throw new InputError(`${run}: the server had a run with other settings under ${job.id}`);
  }
  return readResult(run) !== undefined;
}

async function inGroups(
  items: readonly number[],
  stop: AbortSignal,
  act: (item: number) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < items.length && !stop.aborted; i += TOGETHER) {
    await Promise.all(items.slice(i, i + TOGETHER).map(act));
  }
}
