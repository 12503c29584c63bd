/** @file What a run reports about itself, and what everything that takes reports has in common. */

/** The figures known at one environment step. */
export interface MetricRow {
  /** Environment steps taken so far. */
  readonly step: number;
  /** Figures by name, as Stable-Baselines3 names them: `rollout/success_rate`, `train/critic_loss`. */
  readonly values: Readonly<Record<string, number>>;
}

/** A file that rows are added to. Rows come with growing steps. */
export interface MetricSink {
  /** Short and fixed, such as `jsonl`: what a checkpoint keeps the file's length under. */
  readonly name: string;
  /** Adds a row, at once visible to other processes. Throws InputError if the disk does not take it. */
  write(row: MetricRow): void;
  /** Makes all rows outlive a power cut, and returns the file's length in bytes: where a resumed run goes on. */
  flush(): number;
  /** Flushes and closes the file; a second call does nothing. */
  close(): void;
}

/** Where a sink's file is, and where in it to go on. */
export interface SinkPlace {
  /** The run's folder. */
  readonly folder: string;
  /**
   * Bytes to keep of the file that is there, as `flush` returned them; 0 for a run that was killed
   * before its first checkpoint; undefined for a new run.
   */
  readonly resumeAt?: number | undefined;
}
