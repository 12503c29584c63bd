/**
 * @file Worker of a queue: trains jobs in child processes and saves their runs to the server.
 *
 * Since training runs in children, this process can always renew its lease on a job. Runs are saved at regular
 * intervals, so another machine can resume them.
 */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseConfig } from "../../shared/config.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import { refuseUncheckedPaths } from "../../shared/foreign-paths.ts";
import { MANIFEST_FILE } from "../../storage/manifest.ts";
import { type JobState, type Launch, trainAll } from "../../training/training-pool.ts";
import { jobId } from "../sweep/plan.ts";
import type { ConnectionMonitor } from "./connection-monitor.ts";
import type { ActiveJob, QueueServer, WorkerOptions } from "./queue-server.ts";
import { packRun, unpackRun } from "./run-archive.ts";

export interface QueueWork extends WorkerOptions {
  readonly server: QueueServer;
  readonly connection: ConnectionMonitor;
  /** Folder for running jobs, used by this process only. */
  readonly scratch: string;
  /** The code version; jobs of another version are rejected. */
  readonly code: string;
  /** Seconds between two saves of a run to the server. */
  readonly saveEvery: number;
  readonly launch: Launch;
  /** Stops the worker: running jobs are saved and returned to the queue. */
  readonly stop: AbortSignal;
  readonly log: (line: string) => void;
}

const JobData = z.strictObject({ name: z.string().max(500), config: z.unknown() });

/** Trains jobs until it is stopped and all jobs are returned. */
export async function workOnQueue(work: QueueWork): Promise<void> {
  const { server, stop, parallel, lease } = work;
  const worker = server.startWorker((job) => trainJob(job, work), { parallel, lease });
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  await worker.end();
}

async function trainJob(job: ActiveJob, work: QueueWork): Promise<void> {
  const { server, connection, log } = work;
  const { name, config } = validateJob(job, work.code);
  const claim = await connection.retry(() => server.store.claim(job.id), work.stop);
  if (claim === undefined) throw new Error("the worker was stopped while the server was unreachable");
  if (claim.complete) return;
  const run = join(work.scratch, job.id);
  if (!existsSync(join(run, MANIFEST_FILE))) {
    const packed = await connection.retry(() => server.store.load(job.id), work.stop);
    if (packed !== undefined) await unpackRun(packed, run, `the saved run of ${job.id}`);
  }
  log(`started ${name}`);
  const save = runSaver(job, run, claim.generation, work);
  const ended = new AbortController();
  const end = () => ended.abort();
  work.stop.addEventListener("abort", end);
  if (work.stop.aborted) end();
  const timer = setInterval(() => {
    void save(false).then((outcome) => {
      if (outcome === "superseded") end();
    }, connection.report);
  }, work.saveEvery * 1000);
  try {
    const states = await trainAll([{ name, config, run }], {
      parallel: 1,
      launch: work.launch,
      stop: ended.signal,
      onChange: ([state]) => {
        if (state !== undefined) void job.reportProgress(progressOf(state)).catch(connection.report);
      },
    });
    clearInterval(timer);
    await concludeJob(job, states[0]!, run, save, work);
  } finally {
    clearInterval(timer);
    work.stop.removeEventListener("abort", end);
  }
}

/** Saves a job's run and ends the job in BullMQ's terms: by returning, or by the error it throws. */
async function concludeJob(
  job: ActiveJob,
  { status, error, result, job: { name } }: JobState,
  run: string,
  save: SaveRun,
  { log, stop }: QueueWork,
): Promise<void> {
  const outcome = await save(status === "done");
  if (outcome === "superseded") {
    log(`superseded: another worker has taken over ${name}`);
    throw new Error("another worker has taken over the job");
  }
  if (status === "done") {
    if (outcome !== "saved") throw new Error("the worker was stopped before the result was saved");
    rmSync(run, { recursive: true, force: true });
    log(`done ${name}: success ${result?.successRate.toFixed(2)}`);
    return;
  }
  if (status === "failed") {
    log(`failed ${name}: ${error?.split("\n")[0] ?? ""}`);
    throw new Error(error ?? "no error message");
  }
  if (stop.aborted) {
    const released = await job.release();
    log(`returned ${name} to the queue`);
    throw released;
  }
  throw new Error("the training was stopped");
}

/** Saves a run to the server: `superseded` if another worker has claimed it, `skipped` if nothing was saved. */
type SaveRun = (complete: boolean) => Promise<"saved" | "superseded" | "skipped">;

/** Returns a function that saves a run to the server, one save at a time. */
function runSaver(
  job: ActiveJob,
  run: string,
  generation: number,
  { server, connection, stop }: QueueWork,
): SaveRun {
  let previous: Promise<unknown> = Promise.resolve();
  let busy = false;
  return (complete) => {
    // A periodic save is redundant while another one is in progress.
    if (busy && !complete && !stop.aborted) return Promise.resolve("skipped");
    const current = previous.then(async () => {
      busy = true;
      try {
        const packed = existsSync(join(run, MANIFEST_FILE)) ? packRun(run) : undefined;
        if (packed === undefined) return "skipped";
        const saved = await connection.retry(
          () => server.store.save(job.id, generation, packed, complete),
          stop,
        );
        if (saved === undefined) return "skipped";
        return saved ? "saved" : "superseded";
      } finally {
        busy = false;
      }
    });
    previous = current.catch(() => undefined);
    return current;
  };
}

/** Validates a job, since anyone with access to the server can add jobs. Rejects settings of another code version. */
function validateJob(job: ActiveJob, code: string) {
  const where = `job ${job.id}`;
  try {
    const data = JobData.safeParse(job.data);
    if (!data.success) throw refuse(where, "a name and a config", unquoted("other data"));
    const config = parseConfig(data.data.config, where);
    refuseUncheckedPaths(config, where);
    const expectedId = jobId(config, code);
    if (expectedId !== job.id) {
      throw refuse(where, `id ${expectedId} for its settings and code version ${code}`, unquoted(job.id));
    }
    return { name: data.data.name.replaceAll(/\p{C}/gu, "?"), config };
  } catch (error) {
    throw job.unrecoverable(error instanceof Error ? error.message : String(error));
  }
}

function progressOf({ steps, successRate }: JobState) {
  return { steps, successRate: successRate ?? null };
}
