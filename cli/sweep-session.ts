/** @file Trains sweeps for `steadyarm bench run` and `tune`: flags, queue, signals and progress. */

import { availableParallelism } from "node:os";
import { makeEnv } from "../env/registry.ts";
import type { ConnectionMonitor } from "../experiments/queue/connection-monitor.ts";
import type { QueueServer } from "../experiments/queue/queue-server.ts";
import { runOnQueue } from "../experiments/queue/run-on-queue.ts";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { planJobs, type SweepJob, shardOf } from "../experiments/sweep/plan.ts";
import { runSweep } from "../experiments/sweep/run-sweep.ts";
import { openSweepFolder, type SweepFolder } from "../experiments/sweep/sweep-folder.ts";
import type { SweepSpec } from "../experiments/sweep/sweep-spec.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import type { JobState } from "../training/training-pool.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { keepNotesIn } from "./output.ts";
import { openQueue, readQueueAddress } from "./queue-input.ts";
import { catchStopSignals, type StopSignals } from "./stop-signals.ts";
import { parseShard } from "./sweep-input.ts";
import { SweepProgress } from "./sweep-progress.ts";

const MAX_JOBS = 1024;
const MAX_RETRIES = 1_000_000;

/** Flags of the commands that train sweeps. */
export interface SweepFlags {
  readonly shard?: string | undefined;
  readonly jobs?: string | undefined;
  readonly retries?: string;
  readonly retryFailed?: boolean;
  readonly otherCode?: boolean;
  readonly json?: boolean;
  readonly queue?: string | true | undefined;
}

export interface SweepSession {
  readonly stream: NodeJS.WritableStream;
  readonly signals: StopSignals;
  /** Prints a line above the progress. */
  print(line: string): void;
  /** Trains the incomplete jobs of a sweep in the folder `path`. */
  train(sweep: SweepSpec, where: string, path: string): Promise<TrainedSweep>;
  /** Disconnects from the queue and restores the default signal handlers. */
  close(): Promise<void>;
}

export interface TrainedSweep {
  readonly folder: SweepFolder;
  readonly states: readonly JobState[];
  /** `12/20 done · 1 failed` */
  readonly summary: string;
}

/**
 * Validates the flags and opens the queue. Creates no files.
 *
 * @param first the sweep to be trained first, which is validated too
 * @throws InputError if a flag or the sweep is invalid, or the queue's server cannot be reached
 */
export async function openSweepSession(
  flags: SweepFlags,
  first: { readonly sweep: SweepSpec; readonly where: string },
): Promise<SweepSession> {
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MAX_JOBS);
  const retries = integerFlag("--retries", flags.retries ?? "2", 0, MAX_RETRIES);
  const address = flags.queue === undefined ? undefined : readQueueAddress(flags.queue);
  const code = codeVersion();
  await checkEnvironments(chosenJobs(planJobs(first.sweep, first.where, code), flags.shard));
  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  const print = (line: string) => progress.print(line);
  const queue = address === undefined ? undefined : await openQueue(address, code, print);
  const signals = catchStopSignals(
    queue === undefined ? "saving the running jobs" : "disconnecting from the queue",
  );
  const how = address === undefined ? `${parallel} at a time` : `on ${address.label}`;

  return {
    stream,
    signals,
    print,
    async train(sweep, where, path) {
      const now = () => new Date().toISOString();
      const otherCode = flags.otherCode === true;
      const folder = openSweepFolder({ path, sweep, where, code, otherCode, now: now() });
      if (queue !== undefined && folder.code !== code) {
        throw refuse(
          path,
          `a sweep of this version of the code, ${code}, since workers train no other`,
          unquoted(folder.code),
          "Finish it without --queue, or choose another --out",
        );
      }
      keepNotesIn(path);
      const jobs = chosenJobs(folder.jobs, flags.shard);
      print(`${describeSweep(sweep, jobs)}, ${how} · ${path}`);
      const shared = {
        folder,
        jobs,
        retries,
        retryFailed: flags.retryFailed === true,
        stop: signals.stop,
        now,
      };
      const onChange = (states: readonly JobState[]) => progress.show(states);
      const states = await trainOn(queue, { ...shared, code, parallel, onChange, log: print });
      progress.close();
      return { folder, states, summary: progress.summary(states) };
    },
    async close() {
      signals.release();
      await queue?.server.close();
    },
  };
}

interface Training
  extends Pick<
    Parameters<typeof runOnQueue>[0],
    "folder" | "jobs" | "retries" | "retryFailed" | "stop" | "now" | "onChange" | "log" | "code"
  > {
  readonly parallel: number;
}

/** Trains in child processes, or on the workers of a queue. */
function trainOn(
  queue: { readonly server: QueueServer; readonly connection: ConnectionMonitor } | undefined,
  training: Training,
): Promise<readonly JobState[]> {
  if (queue !== undefined) return runOnQueue({ ...training, ...queue });
  return runSweep({
    ...training,
    launch: launchSteadyarm,
    onDamage: training.log,
    onBlocked: (jobs) =>
      training.log(
        `waiting for ${jobs.length} runs that another process is training. If its machine is gone, remove run.lock in ${jobs[0]?.run}`,
      ),
    onFailure: (job, error, retrying) =>
      training.log(`${retrying ? "will be retried" : "failed"}  ${job.name}: ${error.split("\n")[0]}`),
  });
}

/** Returns all jobs, or those of a shard. Throws InputError if the shard is invalid. */
export function chosenJobs(jobs: readonly SweepJob[], shard: string | undefined): readonly SweepJob[] {
  if (shard === undefined) return jobs;
  const { part, of } = parseShard(shard);
  return shardOf(jobs, part, of);
}

/** Creates each environment once, since the schema of the settings does not check names. Throws InputError. */
export async function checkEnvironments(jobs: readonly SweepJob[]): Promise<void> {
  const distinct = new Map(jobs.map(({ config }) => [JSON.stringify(config.env), config] as const));
  for (const { env, agent } of distinct.values()) (await makeEnv(env, agent.gamma)).dispose();
}

/** Returns `quick: 20 jobs (1 task × 2 methods × 10 seeds), 400,000 steps`. */
export function describeSweep(sweep: SweepSpec, jobs: readonly SweepJob[]): string {
  const count = (of: (job: SweepJob) => unknown, what: string) => {
    const n = new Set(jobs.map(of)).size;
    return `${n} ${what}${n === 1 ? "" : "s"}`;
  };
  const steps = jobs.reduce((sum, { config }) => sum + config.train.steps, 0);
  const parts = [
    count(({ task }) => task, "task"),
    count(({ method }) => method, "method"),
    count(({ seed }) => seed, "seed"),
  ];
  return `${sweep.name}: ${jobs.length} jobs (${parts.join(" × ")}), ${steps.toLocaleString("en")} steps`;
}
