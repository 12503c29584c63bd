/** @file The log files of a run: metrics.jsonl, progress.csv and TensorBoard events. */

import { openCsvSink } from "../storage/csv-sink.ts";
import { openJsonlSink } from "../storage/jsonl-sink.ts";
import type { MetricSink } from "../storage/metrics.ts";
import { openTensorboardSink } from "../storage/tensorboard-sink.ts";
import { METRIC_NAMES, termMetric } from "./metric-names.ts";

export class RunLogs {
  readonly #sinks: MetricSink[] = [];

  /**
   * Opens the files, of which those of a resumed run are cut at its checkpoint.
   *
   * @param folder      the run folder
   * @param rewardTerms names of the environment's reward terms
   * @param resumeAt    length of each file at the checkpoint, by the name of its sink; undefined for a new run
   */
  constructor(
    folder: string,
    rewardTerms: readonly string[],
    resumeAt: Readonly<Record<string, number>> | undefined,
  ) {
    const options = (name: string) => ({
      folder,
      resumeAt: resumeAt === undefined ? undefined : (resumeAt[name] ?? 0),
    });
    const columns = [...new Set([...METRIC_NAMES, ...rewardTerms.map(termMetric)])];
    try {
      this.#sinks.push(openJsonlSink(options("jsonl")));
      this.#sinks.push(openCsvSink(options("csv"), columns));
      this.#sinks.push(openTensorboardSink(options("tensorboard"), () => Date.now() / 1000));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Writes a row of metrics. */
  write(step: number, values: Readonly<Record<string, number>>): void {
    for (const sink of this.#sinks) sink.write({ step, values });
  }

  /** Writes all rows to disk. Returns the length of each file, bytes, by the name of its sink. */
  flush(): Record<string, number> {
    return Object.fromEntries(this.#sinks.map((sink) => [sink.name, sink.flush()]));
  }

  close(): void {
    for (const sink of this.#sinks) sink.close();
  }
}
