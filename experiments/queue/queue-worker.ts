/**
 * @file A machine's share of a sweep's work: takes jobs off a queue and trains them in children.
 *
 * The training is a child's, so this process is always free to renew its hold on the job. What the child saves is
 * kept on the server now and then, so another machine can go on from there.
 */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseConfig } from "../../shared/config.ts";
import { InputError } from "../../shared/errors.ts";
import { MANIFEST_FILE } from "../../storage/manifest.ts";
import { type JobState, type Launch, trainAll } from "../../training/training-pool.ts";
import { jobId } from "../sweep/plan.ts";
import type { FaultWatch } from "./fault-watch.ts";
import type { QueueServer, TakenJob, WorkOptions } from "./queue-server.ts";
import { packRun, unpackRun } from "./run-archive.ts";

export interface QueueWork extends WorkOptions {
  readonly server: QueueServer;
  readonly faults: FaultWatch;
  /** A folder of this process alone, for the runs under way. */
  readonly scratch: string;
  /** The code's version: jobs of another are not ours. */
  readonly code: string;
  /** Seconds between two times that a run is kept on the server. */
  readonly saveEvery: number;
  readonly launch: Launch;
  /** Ends the work: running jobs save and are given back. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

/** What a job in the queue is made of. */
const Data = z.strictObject({ name: z.string().max(500), config: z.unknown() });

/** Works until it is stopped and all is given back. */
export async function workOnQueue(work: QueueWork): Promise<void> {
  const { server, stop, parallel, lease } = work;
  const working = server.work((job) => takeJob(job, work), { parallel, lease });
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  await working.end();
}

async function takeJob(job: TakenJob, work: QueueWork): Promise<void> {
  const { server, faults, say } = work;
  const { name, config } = checkJob(job, work.code);
  const claim = await faults.ask(() => server.store.claim(job.id), work.stop);
  if (claim === undefined) throw new Error("the worker was stopped while the server was gone");
  if (claim.complete) return;
  const run = join(work.scratch, job.id);
  if (!existsSync(join(run, MANIFEST_FILE))) {
    const packed = await faults.ask(() => server.store.load(job.id), work.stop);
    if (packed !== undefined) unpackRun(packed, run, `the run kept of ${job.id}`);
  }
  say(`took ${name}`);
  const keep = keeper(job, run, claim.generation, work);
  const ended = new AbortController();
  const end = () => ended.abort();
  work.stop.addEventListener("abort", end);
  if (work.stop.aborted) end();
  const timer = setInterval(() => {
    // Whoever lost the job to another need not train on.
    void keep(false).then((kept) => (kept === "lost" ? end() : undefined), faults.hear);
  }, work.saveEvery * 1000);
  try {
    const states = await trainAll([{ name, config, run }], {
      parallel: 1,
      launch: work.launch,
      stop: ended.signal,
      onChange: ([state]) => {
        if (state !== undefined) void job.tell(progressOf(state)).catch(faults.hear);
      },
    });
    clearInterval(timer);
    await conclude(job, states[0]!, run, keep, work);
  } finally {
    clearInterval(timer);
    work.stop.removeEventListener("abort", end);
  }
}

/** Keeps what came of a job and ends it in the queue's terms: by returning, or by what is thrown. */
async function conclude(
  job: TakenJob,
  { status, error, result, job: { name } }: JobState,
  run: string,
  keep: Keep,
  { say, stop }: QueueWork,
): Promise<void> {
  const kept = await keep(status === "done");
  if (kept === "lost") {
    say(`another worker has ${name} now`);
    throw new Error("the job was given to another worker");
  }
  if (status === "done") {
    if (kept !== "kept") throw new Error("the result could not be kept before the worker was stopped");
    rmSync(run, { recursive: true, force: true });
    say(`done ${name}: success ${result?.successRate.toFixed(2)}`);
    return;
  }
  if (status === "failed") {
    say(`failed ${name}: ${error?.split("\n")[0] ?? ""}`);
    throw new Error(error ?? "no reason was given");
  }
  if (stop.aborted) {
    const back = await job.giveBack();
    say(`gave back ${name}`);
    throw back;
  }
  throw new Error("the training was stopped");
}

type Keep = (complete: boolean) => Promise<"kept" | "lost" | "nothing">;

/** Keeps a run on the server, one time after the other. */
function keeper(job: TakenJob, run: string, generation: number, { server, faults, stop }: QueueWork): Keep {
  let before: Promise<unknown> = Promise.resolve();
  let busy = false;
  return (complete) => {
    // The next one will have what this one would.
    if (busy && !complete && !stop.aborted) return Promise.resolve("nothing");
    const turn = before.then(async () => {
      busy = true;
      try {
        const packed = existsSync(join(run, MANIFEST_FILE)) ? packRun(run) : undefined;
        if (packed === undefined) return "nothing";
        const kept = await faults.ask(() => server.store.save(job.id, generation, packed, complete), stop);
        return kept === undefined ? "nothing" : kept ? "kept" : "lost";
      } finally {
        busy = false;
      }
    });
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** What comes off a queue may be anybody's: it must be settings, and of this code. */
function checkJob(job: TakenJob, code: string) {
  try {
    const data = Data.parse(job.data);
    const config = parseConfig(data.config, `job ${job.id}`);
    if (jobId(config, code) !== job.id) {
      throw new InputError(`job ${job.id}: its id is not that of its settings and the code ${code}`);
    }
    return { name: data.name.replaceAll(/\p{C}/gu, "?"), config };
  } catch (error) {
    const why =
      error instanceof InputError ? error.message : `job ${job.id}: this is not a training's settings`;
    throw job.hopeless(why);
  }
}

function progressOf({ steps, successRate }: JobState) {
  return { steps, successRate: successRate ?? null };
}
