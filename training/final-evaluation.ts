/** @file The last measurements of a run: its final evaluation, and a short test of holding beyond the time limit. */

import type { Ddpg } from "../agent/ddpg.ts";
import { taskFacts } from "../agent/memory.ts";
import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { createInteractiveArm } from "./create-env.ts";
import { type Evaluation, evaluationSeeds, playEpisodes, summarize } from "./evaluate.ts";
import { handled } from "./evaluations.ts";
import { holdPlayer, playHoldTest } from "./hold/hold-player.ts";
import { type HoldSummary, summarizeHold } from "./hold/hold-summary.ts";
import { type PolicySnapshot, takeSnapshot } from "./policy-snapshot.ts";
import type { Workers } from "./workers.ts";

/** Final success rate from which a policy can be expected to hold anything. */
const MIN_SUCCESS = 0.5;

/** Plays the final evaluation, in equal parts in this thread and in each collector. */
export async function finalEvaluation(
  env: GoalEnv,
  { train }: Pick<RunConfig, "train">,
  agent: Ddpg,
  steps: number,
  workers: Workers | undefined,
): Promise<Evaluation> {
  const seeds = evaluationSeeds(train.seed, "final", train.finalEpisodes);
  const collectors = workers?.collectors ?? [];
  const snapshot = takeSnapshot(agent, steps);
  const size = Math.ceil(seeds.length / (collectors.length + 1));
  const partOf = (i: number) => seeds.slice(i * size, (i + 1) * size);
  const parts = collectors.map((collector, i) => handled(collector.playSeeds(snapshot, partOf(i + 1))));
  const own = await playEpisodes(env, agent.act, partOf(0));
  return summarize([...own, ...(await Promise.all(parts)).flat()]);
}

/** The test of holding in result.json. */
export interface FinalHold extends HoldSummary {
  /** Duration of an episode. */
  readonly seconds: number;
  readonly episodes: number;
}

/**
 * Tests whether the final policy holds its goals, in this thread and in all workers.
 *
 * @param interactive creates the arm
 * @returns undefined if `train.holdSeconds` is 0, the environment has no such arm, or the policy rarely succeeds
 */
export async function finalHold(
  env: GoalEnv,
  { agent, train }: RunConfig,
  snapshot: PolicySnapshot,
  successRate: number,
  interactive: EnvModule | undefined,
  workers: Workers | undefined,
): Promise<FinalHold | undefined> {
  const { seed, holdSeconds: seconds, holdEpisodes: count } = train;
  if (seconds === 0 || interactive === undefined || successRate < MIN_SUCCESS) return undefined;
  const test = { seconds, push: 0, goalSpeed: 0, randomPosture: false };
  const arm = await createInteractiveArm(interactive);
  try {
    const own = holdPlayer(arm, { agent }, taskFacts(env).sizes);
    const players = workers === undefined ? [own] : [own, workers.evaluator, ...workers.collectors];
    const seeds = evaluationSeeds(seed, "final", count);
    const played = await playHoldTest(players, snapshot, seeds, test);
    return { seconds, episodes: count, ...summarizeHold(played, test, env.controlTimestep) };
  } finally {
    arm.dispose();
  }
}
