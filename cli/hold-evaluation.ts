/** @file Runs a test of holding in worker threads, with progress on stderr. */

import { envModule, interactiveModule } from "../env/registry.ts";
import type { RunConfig } from "../shared/config.ts";
import { playHoldTest } from "../training/hold/hold-player.ts";
import type { HoldTest } from "../training/hold/hold-test.ts";
import type { LongEpisode } from "../training/hold/long-episode.ts";
import type { ActorSnapshot } from "../training/policy-snapshot.ts";
import { formatDuration } from "../training/progress-line.ts";
import { WorkerThread } from "../training/worker-thread.ts";

export interface HoldEvaluation {
  readonly config: RunConfig;
  readonly actor: ActorSnapshot;
  readonly seeds: readonly number[];
  readonly test: HoldTest;
  /** Number of threads; the result does not depend on it. */
  readonly jobs: number;
}

/** Plays an episode of a test for each seed. Throws InputError if the simulation diverges or a thread ends. */
export async function evaluateHolding(evaluation: HoldEvaluation): Promise<LongEpisode[]> {
  const { config, actor, seeds, test } = evaluation;
  const { env, agent } = config;
  const jobs = Math.min(evaluation.jobs, seeds.length);
  const progress = countOnStderr(seeds.length);
  const setup = {
    env: envModule(env, agent.gamma),
    interactive: interactiveModule(env, agent.gamma),
    config,
  };
  const workers = Array.from({ length: jobs }, () => new WorkerThread(setup, "Run the command again"));
  try {
    return await playHoldTest(workers, actor, seeds, test, progress.count);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    progress.close();
  }
}

/** Shows the number of finished episodes in one line on a terminal; prints nothing elsewhere. */
function countOnStderr(total: number) {
  const { stderr } = process;
  const isShown = stderr.isTTY === true && process.env["TERM"] !== "dumb";
  const start = performance.now();
  return {
    count: (finished: number) => {
      const seconds = ((performance.now() - start) / 1000) * (total / finished - 1);
      if (isShown) stderr.write(`\r${finished}/${total} episodes  ${formatDuration(seconds)} left\x1b[K`);
    },
    close: () => {
      if (isShown) stderr.write("\r\x1b[K");
    },
  };
}
