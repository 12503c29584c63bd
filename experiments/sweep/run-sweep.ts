/** @file Runs a sweep's jobs in the pool, and keeps what failed: tried again as often as allowed, over all restarts. */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { type JobState, type Launch, type TrainingJob, trainAll } from "../../training/training-pool.ts";
import { jobName, type SweepJob } from "./plan.ts";
import { jobFolder, noteFailure, readFailures, type SweepFolder } from "./sweep-folder.ts";

export interface SweepRun {
  readonly folder: SweepFolder;
  /** All of the folder's jobs, or a shard of them. */
  readonly jobs: readonly SweepJob[];
  /** Jobs at a time. */
  readonly parallel: number;
  /** Attempts at a job beyond the first. */
  readonly retries: number;
  /** Whether jobs that used up their attempts in earlier sittings are given as many again. */
  readonly retryFailed: boolean;
  readonly launch: Launch;
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  /** Told of each attempt that failed: whether there will be another. */
  readonly onFailure: (job: TrainingJob, error: string, again: boolean) => void;
  /** Told once when other processes have all runs that are left. */
  readonly onBlocked: (jobs: readonly TrainingJob[]) => void;
  /** The time, ISO 8601 in UTC. */
  readonly now: () => string;
}

/** What the pool needs to know of a sweep's job. */
export function trainingJob(sweepPath: string, job: SweepJob): TrainingJob {
  return { name: jobName(job), config: job.config, run: jobFolder(sweepPath, job) };
}

/**
 * Trains what is not complete yet.
 *
 * @returns how each job stands in the end, in the order given
 * @throws InputError if a run folder holds another run than its job's
 */
export async function runSweep(sweep: SweepRun): Promise<readonly JobState[]> {
  const { folder, jobs, retries, retryFailed, now } = sweep;
  mkdirSync(join(folder.path, "runs"), { recursive: true });
  const before = new Map(jobs.map(({ id }) => [id, readFailures(folder.path, id)] as const));
  const usedUp = (job: SweepJob) =>
    !retryFailed &&
    (before.get(job.id)?.length ?? 0) > retries &&
    !existsSync(join(jobFolder(folder.path, job), RESULT_FILE));
  const given = jobs.map((job) => ({ job, training: trainingJob(folder.path, job) }));
  const allowed = given.filter(({ job }) => !usedUp(job));
  const ids = new Map(given.map(({ job, training }) => [training.run, job.id] as const));

  const refused = given.filter(({ job }) => usedUp(job));
  const failed = new Map<string, JobState>(
    refused.map(({ job, training }) => [
      training.run,
      {
        job: training,
        status: "failed",
        steps: 0,
        successRate: undefined,
        result: undefined,
        error: before.get(job.id)?.at(-1)?.error,
      },
    ]),
  );
  /** In the order of the jobs, whoever knows. */
  const all = (states: readonly JobState[]) => {
    const known = new Map(states.map((state) => [state.job.run, state] as const));
    return given.flatMap(({ training: { run } }) => known.get(run) ?? failed.get(run) ?? []);
  };
  const states = await trainAll(
    allowed.map(({ training }) => training),
    {
      parallel: sweep.parallel,
      launch: sweep.launch,
      stop: sweep.stop,
      onChange: (changed) => sweep.onChange(all(changed)),
      onBlocked: sweep.onBlocked,
      retry: (job, error) => {
        const id = ids.get(job.run) ?? "";
        const attempts = noteFailure(folder.path, id, { when: now(), error });
        const forgiven = retryFailed ? (before.get(id)?.length ?? 0) : 0;
        const again = attempts - forgiven <= retries;
        sweep.onFailure(job, error, again);
        return again;
      },
    },
  );
  return all(states);
}
