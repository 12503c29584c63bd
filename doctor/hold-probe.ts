/** @file The long roll-out of a policy that succeeds within its time limit: does it stay at its goal, and where does it go if not? */

import type { ArmModel } from "../env/arm/arm-model.ts";
import { definitionOf, isOwn, makeInteractive } from "../env/registry.ts";
import { InputError } from "../shared/errors.ts";
import { mean } from "../shared/statistics.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";
import { evaluationSeeds } from "../training/evaluate.ts";
import { type HoldSummary, summarizeHold } from "../training/hold/hold-summary.ts";
import type { HoldTest } from "../training/hold/hold-test.ts";
import { type LongEpisode, playLongEpisode } from "../training/hold/long-episode.ts";

/** 10,000 steps of the Panda, about three seconds of one core. */
const TEST: HoldTest = { seconds: 20, push: 0, goalSpeed: 0, randomPosture: false };
const EPISODES = 20;

/** Share of a joint's range next to a limit that counts as at the limit, as in `diagnostics/joint_limit_time`. */
const LIMIT_MARGIN = 0.02;

/** The result of the roll-out. */
export interface HoldProbe extends Pick<HoldSummary, "holdRate" | "holdCurve" | "held"> {
  /** Duration of an episode. */
  readonly seconds: number;
  readonly episodes: number;
  /** Episodes away from their goal at the end. */
  readonly lost: number;
  /** Share of those with a joint at its limit at the end; NaN without any. */
  readonly lostAtLimit: number;
  /** Mean speed of the fastest joint at the end of those, rad/s; NaN without any. */
  readonly lostSpeed: number;
  /** Joints at their limit at the end of those, with the number of episodes, most first. */
  readonly jointsAtLimit: readonly { readonly joint: string; readonly episodes: number }[];
}

/**
 * Plays 20 episodes of 20 s with a run's policy.
 *
 * @returns undefined if the task is not to reach; a text instead if there is no valid policy or the simulation diverges
 */
export async function probeHolding(run: string): Promise<HoldProbe | string | undefined> {
  try {
    const { policy, config } = readPolicy(chosenPolicy(run));
    if (isOwn(config.env) || definitionOf(config.env).task !== "reach") return undefined;
    const arm = await makeInteractive(config.env, config.agent.gamma);
    try {
      const played: LongEpisode[] = [];
      const ends: { atLimit: readonly string[]; speed: number }[] = [];
      for (const seed of evaluationSeeds(config.train.seed, "final", EPISODES)) {
        const episode = playLongEpisode(arm, policy.act, seed, TEST);
        played.push(episode);
        if (episode.achieved.at(-1) === 1) continue;
        ends.push({
          atLimit: jointsAtLimit(arm.model, arm.angles),
          speed: Math.max(...arm.speeds.map(Math.abs)),
        });
      }
      const { holdRate, holdCurve, held } = summarizeHold(
        played,
        TEST,
        arm.timing.physicsTimestep * arm.timing.substeps,
      );
      return {
        seconds: TEST.seconds,
        episodes: EPISODES,
        holdRate,
        holdCurve,
        held,
        lost: ends.length,
        lostAtLimit: mean(ends.map(({ atLimit }) => (atLimit.length > 0 ? 1 : 0))),
        lostSpeed: mean(ends.map(({ speed }) => speed)),
        jointsAtLimit: counted(ends.flatMap(({ atLimit }) => atLimit)),
      };
    } finally {
      arm.dispose();
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `holding beyond the time limit: ${error.message}`;
  }
}

function jointsAtLimit({ links }: ArmModel, angles: Float64Array): string[] {
  return links.flatMap(({ joint, limits }, i) => {
    if (limits === null) return [];
    const margin = LIMIT_MARGIN * (limits[1] - limits[0]);
    const angle = angles[i]!;
    return angle < limits[0] + margin || angle > limits[1] - margin ? [joint] : [];
  });
}

function counted(joints: readonly string[]): { joint: string; episodes: number }[] {
  return [...new Set(joints)]
    .map((joint) => ({ joint, episodes: joints.filter((each) => each === joint).length }))
    .sort((a, b) => b.episodes - a.episodes);
}
