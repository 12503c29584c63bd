/** @file Metric rows, and the interface of the files that they are written to. */

/** The metrics of one evaluation. */
export interface MetricRow {
  /** Environment steps so far. */
  readonly step: number;
  /** Values by Stable-Baselines3's names: `rollout/success_rate`, `train/critic_loss`. */
  readonly values: Readonly<Record<string, number>>;
}

/** A file of metric rows, in order of steps. */
export interface MetricSink {
  /** Fixed, such as `jsonl`; checkpoints save the file's length under it. */
  readonly name: string;
  /** Appends a row, which other processes can read at once. Throws InputError if the disk refuses. */
  write(row: MetricRow): void;
  /** Flushes to the disk and returns the file's length in bytes, at which a resumed run continues. */
  flush(): number;
  /** Flushes and closes; a second call does nothing. */
  close(): void;
}

/** Where a sink writes. */
export interface SinkLocation {
  /** The run folder. */
  readonly folder: string;
  /**
   * Bytes to keep of an existing file, as `flush` returned them; 0 for a run that was killed before its
   * first checkpoint; undefined for a new run.
   */
  readonly resumeAt?: number | undefined;
}
