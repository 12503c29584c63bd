/** @file The last measurement of a run: a short test of holding beyond the time limit. */

import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { taskFacts } from "../agent/memory.ts";
import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { createInteractiveArm } from "./create-env.ts";
import { evaluationSeeds } from "./evaluate.ts";
import { holdPlayer, playHoldTest } from "./hold/hold-player.ts";
import { type HoldSummary, summarizeHold } from "./hold/hold-summary.ts";
import type { HoldTest } from "./hold/hold-test.ts";
import type { LongEpisode } from "./hold/long-episode.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import { unlessStopped } from "./unless-stopped.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Final success rate from which a policy can be expected to hold anything. */
const MIN_SUCCESS = 0.5;

/** The test of holding in result.json. */
export interface FinalHold extends HoldSummary {
  /** Duration of an episode. */
  readonly seconds: number;
  readonly episodes: number;
}

/** The parts of a run that the test depends on. */
export interface HoldTestRun {
  readonly env: GoalEnv;
  readonly config: RunConfig;
  /** Creates the arm. */
  readonly interactive?: EnvModule;
  readonly stopRequested: () => boolean;
}

/**
 * Tests whether the final policy holds its goals, in all workers, or in this thread without any.
 *
 * @returns undefined if `train.holdSeconds` is 0, the environment has no such arm, the policy rarely succeeds, or a stop
 *   is requested meanwhile
 */
export async function finalHold(
  { env, config, interactive, stopRequested }: HoldTestRun,
  snapshot: PolicySnapshot,
  successRate: number,
  workers: WorkerPool | undefined,
): Promise<FinalHold | undefined> {
  const { seed, holdSeconds: seconds, holdEpisodes: episodes } = config.train;
  if (seconds === 0 || interactive === undefined || successRate < MIN_SUCCESS) return undefined;
  const test = { seconds, push: 0, goalSpeed: 0, randomPosture: false };
  const seeds = evaluationSeeds(seed, "final", episodes);
  const played =
    workers === undefined
      ? await playInThread(interactive, config, taskFacts(env).sizes, snapshot, seeds, test, stopRequested)
      : await unlessStopped(
          playHoldTest(new Array<WorkerPool>(workers.size).fill(workers), snapshot, seeds, test),
          stopRequested,
        );
  if (played === undefined || stopRequested()) return undefined;
  return { seconds, episodes, ...summarizeHold(played, test, env.controlTimestep) };
}

/** Returns undefined if a stop is requested meanwhile. */
async function playInThread(
  interactive: EnvModule,
  config: RunConfig,
  sizes: EpisodeSizes,
  snapshot: PolicySnapshot,
  seeds: readonly number[],
  test: HoldTest,
  stopRequested: () => boolean,
): Promise<LongEpisode[] | undefined> {
  const arm = await createInteractiveArm(interactive);
  try {
    const player = holdPlayer(arm, config, sizes);
    const played: LongEpisode[] = [];
    for (const seed of seeds) {
      // Signals are delivered between turns of the event loop, and an episode takes none.
      await eventLoopTurn();
      if (stopRequested()) return undefined;
      played.push(await player.hold(snapshot, seed, test));
    }
    return played;
  } finally {
    arm.dispose();
  }
}
