/**
 * @file Interface of the store for unfinished and completed runs, on the same server as the queue.
 *
 * A queue delivers a job at least once. Each delivery claims the job's run and gets a generation number greater than
 * all earlier ones; only the newest claim may save. So a worker that was presumed dead cannot overwrite the run of its
 * successor, and each job has one result.
 */

/** A claim on a job's run. */
export interface Claim {
  /** Greater than that of all earlier claims on the job. */
  readonly generation: number;
  /** Whether the saved run has its result. */
  readonly complete: boolean;
}

export interface RunStore {
  /** Takes over the right to save a job's run. */
  claim(job: string): Promise<Claim>;
  /** The packed run as last saved; undefined if none is saved. */
  load(job: string): Promise<Uint8Array | undefined>;
  /** Saves a packed run. Returns false if a newer claim exists or the job was removed. */
  save(job: string, generation: number, packed: Uint8Array, complete: boolean): Promise<boolean>;
  /** Deletes everything saved for a job. */
  remove(job: string): Promise<void>;
}
