/**
 * @file A queue of jobs on a server, Redis or PostgreSQL: BullMQ, and of it only what sweeps need.
 *
 * The packages are optional and loaded when a queue is asked for. A server that goes away is waited for: what was
 * asked of it is asked again.
 */

import type { Job, JobsOptions } from "bullmq";
import { InputError } from "../../shared/errors.ts";
import { openPostgresRunStore } from "./postgres-run-store.ts";
import { openRedisRunStore } from "./redis-run-store.ts";
import type { RunStore } from "./run-store.ts";
import { describeFault, isLostConnection, type QueueAddress, ServerNotThere } from "./server-fault.ts";

/** Milliseconds that a server has to answer at the start. */
const CONNECT_TIMEOUT = 15_000;

/** Milliseconds before a failed job is handed out again; doubled each time. */
const BACKOFF = 1000;

/** Times a job may lose its worker without a word before it is called failed. */
const MOST_STALLS = 5;

/** What of a job is in the queue. */
export interface QueuedJob {
  readonly status: "waiting" | "running" | "done" | "failed";
  /** As its worker told it; not checked. */
  readonly progress: unknown;
  readonly error: string | undefined;
}

/** A job as its worker gets it. */
export interface TakenJob {
  readonly id: string;
  /** Not checked. */
  readonly data: unknown;
  tell(progress: object): Promise<void>;
  /** Puts the job back for another worker, without counting it as failed; what it throws must be thrown on. */
  giveBack(): Promise<Error>;
  /** The error to throw where another attempt would fail too. */
  hopeless(why: string): Error;
}

export interface WorkOptions {
  /** Jobs at a time. */
  readonly parallel: number;
  /** Seconds after which the job of a worker that fell silent is another's. */
  readonly lease: number;
}

export interface QueueServer {
  readonly store: RunStore;
  /** Adds a job, or does nothing where one of its id is there. */
  add(id: string, data: object, attempts: number): Promise<void>;
  look(id: string): Promise<QueuedJob | undefined>;
  /** Removes a job that no worker has at the moment. */
  remove(id: string): Promise<void>;
  /** How many workers are listening. */
  workers(): Promise<number>;
  /** Takes jobs until it is ended; the job is done when the promise is. */
  work(take: (job: TakenJob) => Promise<void>, options: WorkOptions): { end(): Promise<void> };
  close(): Promise<void>;
}

type BullMq = typeof import("bullmq");

/** A processor as BullMQ calls it. */
type Process = (job: Job, token?: string) => Promise<void>;

interface Faulty {
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What the two kinds of server have in common; BullMQ types its queues by their server. */
interface Backend {
  readonly store: RunStore;
  readonly queue: Faulty & {
    add(name: string, data: object, options: JobsOptions): Promise<unknown>;
    getJob(id: string): Promise<Job | undefined>;
    remove(id: string): Promise<number>;
    getWorkersCount(): Promise<number>;
  };
  makeWorker(take: Process, options: WorkOptions): Faulty;
  close(): Promise<void>;
}

/**
 * Connects to a server.
 *
 * @param name  of the queue; jobs of other queues on the same server are not seen
 * @param onFault told what the server or the connection says, again and again while it lasts
 * @throws InputError if the packages are missing, or the server cannot be reached or does not let us in
 */
export async function connectQueue(
  address: QueueAddress,
  name: string,
  onFault: (error: Error) => void,
): Promise<QueueServer> {
  const bullmq = await loadPackage(() => import("bullmq"), "bullmq", address);
  const open = address.kind === "postgres" ? openPostgres : openRedis;
  let backend: Backend;
  try {
    backend = await open(bullmq, address, name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const line = `--queue: ${address.shown} ${describeFault(error)}`;
    throw isLostConnection(error) ? new ServerNotThere(line) : new InputError(line);
  }
  backend.queue.on("error", onFault);
  return {
    store: backend.store,
    async add(id, data, attempts) {
      const backoff = { type: "exponential", delay: BACKOFF };
      await backend.queue.add("train", data, { jobId: id, attempts, backoff });
    },
    async look(id) {
      const job = await backend.queue.getJob(id);
      return job === undefined ? undefined : describeJob(job);
    },
    async remove(id) {
      await backend.queue.remove(id);
    },
    workers: () => backend.queue.getWorkersCount(),
    work(take, options) {
      const worker = backend.makeWorker((job, token) => take(takenJob(job, token, bullmq)), options);
      worker.on("error", onFault);
      return { end: () => worker.close() };
    },
    close: () => backend.close(),
  };
}

async function openPostgres(bullmq: BullMq, { url, kind }: QueueAddress, name: string): Promise<Backend> {
  await loadPackage(() => import("pg"), "pg", { kind });
  const options = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    migrate: true,
  };
  const connection = new bullmq.PostgresConnection(options);
  connection.on("error", () => undefined);
  try {
    await connection.waitUntilReady();
    const store = await openPostgresRunStore(connection.pool);
    const queue = new bullmq.Queue(name, { connection: options }, bullmq.createPostgresBackend);
    return {
      store,
      queue,
      makeWorker: (take, { parallel, lease }) =>
        new bullmq.Worker(
          name,
          take,
          { connection: options, ...workerOptions(parallel, lease) },
          bullmq.createPostgresBackend,
        ),
      async close() {
        await queue.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function openRedis(bullmq: BullMq, { url, kind }: QueueAddress, name: string): Promise<Backend> {
  const { Redis } = await loadPackage(() => import("ioredis"), "ioredis", { kind });
  const first = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  first.on("error", (error) => {
    cause = error;
  });
  try {
    await first.connect();
  } catch (error) {
    // connect() only says that the connection is closed; the event says why.
    throw cause ?? error;
  } finally {
    first.disconnect();
  }
  const connection = { url, maxRetriesPerRequest: null };
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new bullmq.Queue(name, { connection });
  redis.on("error", () => undefined);
  return {
    store: openRedisRunStore(redis),
    queue,
    makeWorker: (take, { parallel, lease }) =>
      new bullmq.Worker(name, take, { connection, ...workerOptions(parallel, lease) }),
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

function workerOptions(parallel: number, lease: number) {
  return {
    concurrency: parallel,
    lockDuration: lease * 1000,
    stalledInterval: lease * 1000,
    maxStalledCount: MOST_STALLS,
  };
}

function describeJob(job: Job): QueuedJob {
  const { progress } = job;
  if (job.finishedOn !== undefined && job.finishedOn !== null) {
    const failed = typeof job.failedReason === "string" && job.failedReason !== "";
    return failed
      ? { status: "failed", progress, error: job.failedReason }
      : { status: "done", progress, error: undefined };
  }
  const begun = job.processedOn !== undefined && job.processedOn !== null;
  return { status: begun ? "running" : "waiting", progress, error: undefined };
}

function takenJob(
  job: Job,
  token: string | undefined,
  { WaitingError, UnrecoverableError }: BullMq,
): TakenJob {
  return {
    id: job.id ?? "",
    data: job.data,
    tell: (progress) => job.updateProgress(progress),
    async giveBack() {
      await job.moveToWait(token);
      return new WaitingError();
    },
    hopeless: (why) => new UnrecoverableError(why),
  };
}

/** Loads an optional package, or says how to get it. */
async function loadPackage<T>(
  load: () => Promise<T>,
  name: string,
  { kind }: Pick<QueueAddress, "kind">,
): Promise<T> {
  try {
    return await load();
  } catch {
    throw new InputError(
      `--queue: a ${kind} queue needs the package ${name}, which is not installed. Install it: npm install ${name}`,
    );
  }
}
