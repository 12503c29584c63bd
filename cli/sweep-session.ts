/** @file What runs of sweeps share: flags read, a queue opened, signals caught, progress shown, jobs trained. */

import { availableParallelism } from "node:os";
import { makeEnv } from "../env/registry.ts";
import type { FaultWatch } from "../experiments/queue/fault-watch.ts";
import type { QueueServer } from "../experiments/queue/queue-server.ts";
import { runOnQueue } from "../experiments/queue/run-on-queue.ts";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { planJobs, type SweepJob, shardOf } from "../experiments/sweep/plan.ts";
import { runSweep } from "../experiments/sweep/run-sweep.ts";
import { openSweepFolder, type SweepFolder } from "../experiments/sweep/sweep-folder.ts";
import type { SweepSpec } from "../experiments/sweep/sweep-spec.ts";
import { InputError } from "../shared/errors.ts";
import type { JobState } from "../training/training-pool.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { openQueue, readQueueAddress } from "./queue-input.ts";
import { catchStopSignals, type StopSignals } from "./stop-signals.ts";
import { parseShard } from "./sweep-input.ts";
import { SweepProgress } from "./sweep-progress.ts";

const MOST_JOBS_AT_ONCE = 1024;
const MOST_RETRIES = 1_000_000;

/** Milliseconds between looks whether a stop was asked for. */
const STOP_POLL = 200;

/** The flags of every command that trains a sweep. */
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
  /** Prints a line that stays. */
  say(line: string): void;
  /** Trains what is not complete of a sweep in a folder. */
  train(sweep: SweepSpec, where: string, path: string): Promise<TrainedSweep>;
  /** Leaves the queue, and signals to their defaults. */
  close(): Promise<void>;
}

export interface TrainedSweep {
  readonly folder: SweepFolder;
  readonly states: readonly JobState[];
  /** `12/20 done · 1 failed` */
  readonly summary: string;
}

/**
 * Checks the flags and opens the queue, before anything is made.
 *
 * @param first the sweep that is to be trained first, checked too
 * @throws InputError if a flag, the sweep or the queue's server is wrong
 */
export async function openSweepSession(
  flags: SweepFlags,
  first: { readonly sweep: SweepSpec; readonly where: string },
): Promise<SweepSession> {
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MOST_JOBS_AT_ONCE);
  const retries = integerFlag("--retries", flags.retries ?? "2", 0, MOST_RETRIES);
  const address = flags.queue === undefined ? undefined : readQueueAddress(flags.queue);
  const code = codeVersion();
  await checkEnvironments(chosenJobs(planJobs(first.sweep, first.where, code), flags.shard));
  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  const say = (line: string) => progress.say(line);
  const queue = address === undefined ? undefined : await openQueue(address, code, say);
  const signals = catchStopSignals(
    queue === undefined ? "letting the running jobs save" : "leaving the queue",
  );
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (signals.caught() !== undefined) stop.abort();
  }, STOP_POLL);
  const how = address === undefined ? `${parallel} at a time` : `on ${address.shown}`;

  return {
    stream,
    signals,
    say,
    async train(sweep, where, path) {
      const now = () => new Date().toISOString();
      const otherCode = flags.otherCode === true;
      const folder = openSweepFolder({ path, sweep, where, code, otherCode, now: now() });
      if (queue !== undefined && folder.code !== code) {
        throw new InputError(
          `${path}: it was begun with the code ${folder.code}; workers take only jobs of their own code, here ${code}. Finish it without --queue, or choose another --out`,
        );
      }
      const jobs = chosenJobs(folder.jobs, flags.shard);
      say(`${describeSweep(sweep, jobs)}, ${how} · ${path}`);
      const shared = {
        folder,
        jobs,
        retries,
        retryFailed: flags.retryFailed === true,
        stop: stop.signal,
        now,
      };
      const onChange = (states: readonly JobState[]) => progress.show(states);
      const states = await trainOn(queue, { ...shared, code, parallel, onChange, say });
      progress.close();
      return { folder, states, summary: progress.summary(states) };
    },
    async close() {
      clearInterval(watch);
      signals.release();
      await queue?.server.close();
    },
  };
}

interface Training
  extends Pick<
    Parameters<typeof runOnQueue>[0],
    "folder" | "jobs" | "retries" | "retryFailed" | "stop" | "now" | "onChange" | "say" | "code"
  > {
  readonly parallel: number;
}

/** In children of this process, or on whoever works for the queue. */
function trainOn(
  queue: { readonly server: QueueServer; readonly faults: FaultWatch } | undefined,
  training: Training,
): Promise<readonly JobState[]> {
  if (queue !== undefined) return runOnQueue({ ...training, ...queue });
  return runSweep({
    ...training,
    launch: launchSteadyarm,
    onBlocked: (jobs) =>
      training.say(
        `${jobs.length} of the runs are another process's; waiting for them. If its machine is gone, remove run.lock in ${jobs[0]?.run}`,
      ),
    onFailure: (job, error, again) =>
      training.say(`${again ? "will be tried again" : "failed"}  ${job.name}: ${error.split("\n")[0]}`),
  });
}

/** All jobs, or those of a shard. Throws InputError if there is no such shard. */
export function chosenJobs(jobs: readonly SweepJob[], shard: string | undefined): readonly SweepJob[] {
  if (shard === undefined) return jobs;
  const { part, of } = parseShard(shard);
  return shardOf(jobs, part, of);
}

/** An environment's name is no part of the settings' schema: making one of each finds the misspelt. */
export async function checkEnvironments(jobs: readonly SweepJob[]): Promise<void> {
  const distinct = new Map(jobs.map(({ config }) => [JSON.stringify(config.env), config] as const));
  for (const { env, agent } of distinct.values()) (await makeEnv(env, agent.gamma)).dispose();
}

/** What a sweep is in a line. */
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
