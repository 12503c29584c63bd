/** @file Runs a sweep's jobs in the local training pool; records failed attempts, limited over all restarts. */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { type JobState, type Launch, type TrainingJob, trainAll } from "../../training/training-pool.ts";
import { jobName, type SweepJob } from "./plan.ts";
import { jobFolder, readFailures, recordFailure, type SweepFolder } from "./sweep-folder.ts";

export interface SweepRun {
  readonly folder: SweepFolder;
  /** All of the folder's jobs, or one shard of them. */
  readonly jobs: readonly SweepJob[];
  /** Concurrent jobs. */
  readonly parallel: number;
  /** Attempts per job beyond the first. */
  readonly retries: number;
  /** Ignore attempts that failed before this start, so that failed jobs run again. */
  readonly retryFailed: boolean;
  readonly launch: Launch;
  readonly stop: AbortSignal;
  readonly onChange: (states: readonly JobState[]) => void;
  /** Called after each failed attempt; `retrying` is false for the last one. */
  readonly onFailure: (job: TrainingJob, error: string, retrying: boolean) => void;
  /** Called with a line about a run folder that is damaged and will be repaired. */
  readonly onDamage: (line: string) => void;
  /** Called once if all remaining runs are locked by other processes. */
  readonly onBlocked: (jobs: readonly TrainingJob[]) => void;
  /** Returns the current time, ISO 8601 in UTC. */
  readonly now: () => string;
}

/** The pool's job for a job of the sweep. */
export function trainingJob(sweepPath: string, job: SweepJob): TrainingJob {
  return { name: jobName(job), config: job.config, run: jobFolder(sweepPath, job) };
}

/**
 * Trains the jobs that have no result yet.
 *
 * @returns the final state of each job, in the given order
 * @throws InputError if a run folder holds a run with other settings
 */
export async function runSweep(sweep: SweepRun): Promise<readonly JobState[]> {
  const { folder, jobs, retries, retryFailed, now } = sweep;
  mkdirSync(join(folder.path, "runs"), { recursive: true });
  const entries = jobs.map((job) => {
    const training = trainingJob(folder.path, job);
    const earlierFailures = readFailures(folder.path, job.id);
    const exhausted =
      !retryFailed && earlierFailures.length > retries && !existsSync(join(training.run, RESULT_FILE));
    return { job, training, earlierFailures, exhausted };
  });
  const byRun = new Map(entries.map((entry) => [entry.training.run, entry] as const));
  const exhaustedStates = new Map(
    entries
      .filter(({ exhausted }) => exhausted)
      .map(
        ({ training, earlierFailures }) => [training.run, failedState(training, earlierFailures)] as const,
      ),
  );
  /** Pool states and exhausted jobs together, in the order of the jobs. */
  const merge = (states: readonly JobState[]) => {
    const poolStates = new Map(states.map((state) => [state.job.run, state] as const));
    return entries.flatMap(({ training: { run } }) => poolStates.get(run) ?? exhaustedStates.get(run) ?? []);
  };
  const states = await trainAll(
    entries.filter(({ exhausted }) => !exhausted).map(({ training }) => training),
    {
      parallel: sweep.parallel,
      launch: sweep.launch,
      stop: sweep.stop,
      onChange: (changed) => sweep.onChange(merge(changed)),
      onBlocked: sweep.onBlocked,
      onDamage: sweep.onDamage,
      retry: (training, error) => {
        const { job, earlierFailures } = byRun.get(training.run)!;
        const attempts = recordFailure(folder.path, job.id, { when: now(), error });
        const ignored = retryFailed ? earlierFailures.length : 0;
        const retrying = attempts - ignored <= retries;
        sweep.onFailure(training, error, retrying);
        return retrying;
      },
    },
  );
  return merge(states);
}

function failedState(job: TrainingJob, failures: readonly { readonly error: string }[]): JobState {
  const error = failures.at(-1)?.error;
  return { job, status: "failed", steps: 0, successRate: undefined, result: undefined, error };
}
