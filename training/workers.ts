/** @file The worker threads of a training run. */

import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { refuse } from "../shared/errors.ts";
import { WorkerThread } from "./worker-thread.ts";

export interface Workers {
  /** Evaluates snapshots. */
  readonly evaluator: WorkerThread;
  /** Play training episodes; at least one. */
  readonly collectors: readonly WorkerThread[];
  /** Ends all threads at once. */
  close(): Promise<void>;
}

/**
 * Starts the threads that `train.collectors` requires; undefined for none.
 *
 * @throws InputError if they cannot create the environment
 */
export function startWorkers(
  envId: string,
  { envModule, interactive }: { readonly envModule?: EnvModule; readonly interactive?: EnvModule },
  config: RunConfig,
): Workers | undefined {
  const { collectors: count } = config.train;
  if (count === 0) return undefined;
  if (envModule === undefined) {
    throw refuse(
      "train.collectors",
      `0 for ${envId}, which worker threads cannot create`,
      count,
      "Set train.collectors=0, or give runTraining an envModule (docs/own-task.md)",
    );
  }
  const start = () => new WorkerThread({ env: envModule, interactive, config });
  const evaluator = start();
  const collectors = Array.from({ length: count }, start);
  return {
    evaluator,
    collectors,
    close: async () => {
      await Promise.all([evaluator, ...collectors].map((worker) => worker.close()));
    },
  };
}
