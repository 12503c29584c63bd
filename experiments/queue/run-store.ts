/**
 * @file Where runs are kept between workers: beside the queue, on the same server.
 *
 * A queue hands a job out at least once. Whoever takes it claims its run and gets a number that is greater than
 * all before; only the newest claim may save. So a worker that was given up for dead cannot overwrite what its
 * successor did, and results are there once.
 */

/** A claim on a job's run. */
export interface Claim {
  /** Greater than that of all earlier claims on the job. */
  readonly generation: number;
  /** Whether the run that is kept has its result. */
  readonly complete: boolean;
}

export interface RunStore {
  /** Takes the right to save a job's run from whoever had it. */
  claim(job: string): Promise<Claim>;
  /** The packed run as it was saved last. */
  load(job: string): Promise<Uint8Array | undefined>;
  /** Keeps a packed run; false if another claim is newer, or the job is done with and forgotten. */
  save(job: string, generation: number, packed: Uint8Array, complete: boolean): Promise<boolean>;
  /** Removes all that is kept of a job. */
  forget(job: string): Promise<void>;
}
