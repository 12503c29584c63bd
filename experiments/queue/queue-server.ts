/**
 * @file Client for a job queue on Redis or PostgreSQL: the subset of BullMQ that sweeps need.
 *
 * The packages are optional and loaded when a queue is opened. Requests wait for a server that is not available.
 */

import type { Job, JobsOptions } from "bullmq";
import { InputError } from "../../shared/errors.ts";
import { openPostgresRunStore } from "./postgres-run-store.ts";
import type { QueueAddress } from "./queue-address.ts";
import { openRedisRunStore } from "./redis-run-store.ts";
import type { RunStore } from "./run-store.ts";
import { describeServerError, isLostConnection, ServerUnreachable } from "./server-error.ts";

/** Milliseconds to wait for the first response of a server. */
const CONNECT_TIMEOUT = 15_000;

/** Milliseconds before a failed job is delivered again; doubled each time. */
const BACKOFF = 1000;

/** Number of times that a job may lose its worker before it counts as failed. */
const MAX_STALLS = 5;

/** Maximum number of seconds between two requests of an idle worker for a job. */
const MAX_BLOCK = 10;

/** State of a job in the queue. */
export interface QueuedJob {
  readonly status: "waiting" | "running" | "done" | "failed";
  /** As reported by the worker; not validated. */
  readonly progress: unknown;
  readonly error: string | undefined;
}

/** A job delivered to a worker. */
export interface ActiveJob {
  readonly id: string;
  /** Not validated. */
  readonly data: unknown;
  reportProgress(progress: object): Promise<void>;
  /** Returns the job to the queue without counting a failure. The handler must throw the returned error. */
  release(): Promise<Error>;
  /** An error that prevents further attempts at the job when thrown by the handler. */
  unrecoverable(message: string): Error;
}

export interface WorkerOptions {
  /** Concurrent jobs. */
  readonly parallel: number;
  /** Seconds after which the job of an unresponsive worker is delivered to another. */
  readonly lease: number;
}

export interface QueueServer {
  readonly store: RunStore;
  /** Adds a job; does nothing if the id is already in the queue. */
  add(id: string, data: object, attempts: number): Promise<void>;
  /** The state of a job; undefined if it is not in the queue. */
  get(id: string): Promise<QueuedJob | undefined>;
  /** Removes a job that is not running. */
  remove(id: string): Promise<void>;
  /** Number of connected workers. */
  workerCount(): Promise<number>;
  /** Calls the handler for each job until `end` is called. A job is done when the handler's promise resolves. */
  startWorker(handle: (job: ActiveJob) => Promise<void>, options: WorkerOptions): { end(): Promise<void> };
  close(): Promise<void>;
}

type BullMq = typeof import("bullmq");

/** BullMQ's signature of a handler. */
type Processor = (job: Job, token?: string) => Promise<void>;

interface ErrorEmitter {
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** Common interface of both kinds of servers; BullMQ's own types depend on the server. */
interface Backend {
  readonly store: RunStore;
  readonly queue: ErrorEmitter & {
    add(name: string, data: object, options: JobsOptions): Promise<unknown>;
    getJob(id: string): Promise<Job | undefined>;
    remove(id: string): Promise<number>;
    getWorkersCount(): Promise<number>;
  };
  makeWorker(processor: Processor, options: WorkerOptions): ErrorEmitter;
  close(): Promise<void>;
}

/**
 * Connects to a queue.
 *
 * @param name    name of the queue; other queues on the same server are independent
 * @param onError called with each error of the server or the connection
 * @throws InputError if a package is not installed, the server is unreachable, or it rejects the connection
 */
export async function connectQueue(
  address: QueueAddress,
  name: string,
  onError: (error: Error) => void,
): Promise<QueueServer> {
  const bullmq = await loadPackage(() => import("bullmq"), "bullmq", address);
  const open = address.kind === "postgres" ? openPostgres : openRedis;
  let backend: Backend;
  try {
    backend = await open(bullmq, address, name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = `--queue: ${address.label} ${describeServerError(error)}`;
    throw isLostConnection(error) ? new ServerUnreachable(message) : new InputError(message);
  }
  backend.queue.on("error", onError);
  return {
    store: backend.store,
    async add(id, data, attempts) {
      const backoff = { type: "exponential", delay: BACKOFF };
      await backend.queue.add("train", data, { jobId: id, attempts, backoff });
    },
    async get(id) {
      const job = await backend.queue.getJob(id);
      return job === undefined ? undefined : describeJob(job);
    },
    async remove(id) {
      await backend.queue.remove(id);
    },
    workerCount: () => backend.queue.getWorkersCount(),
    startWorker(handle, options) {
      const worker = backend.makeWorker((job, token) => handle(activeJob(job, token, bullmq)), options);
      worker.on("error", onError);
      return { end: () => worker.close() };
    },
    close: () => backend.close(),
  };
}

async function openPostgres(bullmq: BullMq, { url, kind }: QueueAddress, name: string): Promise<Backend> {
  const { default: pg } = await loadPackage(() => import("pg"), "pg", { kind });
  // BullMQ examines its tables with a client that nobody listens to: a server that stops meanwhile would end the process.
  class Client extends pg.Client {
    constructor(config?: ConstructorParameters<typeof pg.Client>[0]) {
      super(config);
      // The query that it was doing fails, which is reported.
      this.on("error", () => undefined);
    }
  }
  const options = {
    Client,
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
      makeWorker: (processor, { parallel, lease }) =>
        new bullmq.Worker(
          name,
          processor,
          { connection: options, ...workerOptions(parallel, lease) },
          pollingBackend(bullmq),
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

/**
 * Limits how long a worker waits for a notification. BullMQ waits up to an hour on PostgreSQL, so a notification that is
 * lost while the server restarts would leave a job without a worker.
 */
function pollingBackend({ createPostgresBackend }: BullMq): BullMq["createPostgresBackend"] {
  return (...args) =>
    Object.defineProperty(createPostgresBackend(...args), "maximumBlockTimeout", { value: MAX_BLOCK });
}

async function openRedis(bullmq: BullMq, { url, kind }: QueueAddress, name: string): Promise<Backend> {
  const { Redis } = await loadPackage(() => import("ioredis"), "ioredis", { kind });
  const probe = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  probe.on("error", (error) => {
    cause = error;
  });
  try {
    await probe.connect();
  } catch (error) {
    // connect() only reports a closed connection; the event has the cause.
    throw cause ?? error;
  } finally {
    probe.disconnect();
  }
  const connection = { url, maxRetriesPerRequest: null };
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new bullmq.Queue(name, { connection });
  redis.on("error", () => undefined);
  return {
    store: openRedisRunStore(redis),
    queue,
    makeWorker: (processor, { parallel, lease }) =>
      new bullmq.Worker(name, processor, { connection, ...workerOptions(parallel, lease) }),
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
    maxStalledCount: MAX_STALLS,
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
  const started = job.processedOn !== undefined && job.processedOn !== null;
  return { status: started ? "running" : "waiting", progress, error: undefined };
}

function activeJob(
  job: Job,
  token: string | undefined,
  { WaitingError, UnrecoverableError }: BullMq,
): ActiveJob {
  return {
    id: job.id ?? "",
    data: job.data,
    reportProgress: (progress) => job.updateProgress(progress),
    async release() {
      await job.moveToWait(token);
      return new WaitingError();
    },
    unrecoverable: (message) => new UnrecoverableError(message),
  };
}

/** Loads an optional package. Throws InputError with the command that installs it. */
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
