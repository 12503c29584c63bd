/**
 * @file Hindsight: a transition is given a goal that its own episode achieved.
 *
 * Hindsight Experience Replay (Andrychowicz et al. 2017, arXiv:1707.01495, §3.3 and §4.5), and two
 * remedies for tasks in which the goal-thing seldom moves.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";

export type HindsightConfig = AgentConfig["her"];

/**
 * Picks the moment whose achieved goal a transition is replayed with.
 *
 * "Later" includes what the transition itself led to, so the last step can be replayed too.
 *
 * @param step   index of the transition, 0 ≤ step < length
 * @param length steps in the episode
 * @returns an index into the episode's length + 1 achieved goals, never 0
 */
export function hindsightMoment(
  strategy: HindsightConfig["strategy"],
  step: number,
  length: number,
  rng: Rng,
): number {
  if (strategy === "final") return length;
  if (strategy === "episode") return 1 + rng.integer(length);
  return step + 1 + rng.integer(length - step);
}

/** Chance that a sampled transition gets a hindsight goal, for k of them to each real one. */
export function hindsightShare(k: number): number {
  return k / (k + 1);
}

/** Gives goals from hindsight. */
export class Hindsight {
  readonly #config: HindsightConfig;
  readonly #share: number;
  readonly #isAchieved: GoalEnv["isAchieved"];
  readonly #achieved: Float32Array;
  readonly #moved: Float32Array;

  constructor(config: HindsightConfig, isAchieved: GoalEnv["isAchieved"], goalSize: number) {
    this.#config = config;
    this.#share = hindsightShare(config.k);
    this.#isAchieved = isAchieved;
    this.#achieved = new Float32Array(goalSize);
    this.#moved = new Float32Array(goalSize);
  }

  /**
   * Writes the goal to replay a transition with, its own or one from hindsight, into `goal`.
   *
   * @returns the moment that a hindsight goal is from, or Infinity for the episode's own goal
   */
  choose(replay: ReplayBuffer, slot: number, step: number, goal: Float32Array, rng: Rng): number {
    if (this.#share > 0 && rng.uniform() < this.#share) {
      const moment = hindsightMoment(this.#config.strategy, step, replay.lengthOf(slot), rng);
      replay.readAchievedGoal(slot, moment, goal, 0);
      if (this.#config.goalDither > 0) this.#dither(replay, slot, moment, goal, rng);
      if (!this.#config.skipTrivial || !this.#isTrivial(replay, slot, step, goal)) return moment;
    }
    replay.readDesiredGoal(slot, goal, 0);
    return Number.POSITIVE_INFINITY;
  }

  /** Whether a goal was achieved already before the transition: it teaches only to keep still. */
  #isTrivial(replay: ReplayBuffer, slot: number, step: number, goal: Float32Array): boolean {
    replay.readAchievedGoal(slot, step, this.#achieved, 0);
    return this.#isAchieved(this.#achieved, goal);
  }

  /** Moves a goal evenly within a ball, if its own moment would still have achieved it. */
  #dither(replay: ReplayBuffer, slot: number, moment: number, goal: Float32Array, rng: Rng): void {
    const moved = this.#moved;
    let square = 0;
    for (let i = 0; i < moved.length; i++) {
      moved[i] = rng.normal();
      square += moved[i]! ** 2;
    }
    const radius = this.#config.goalDither * rng.uniform() ** (1 / moved.length);
    const stretch = square > 0 ? radius / Math.sqrt(square) : 0;
    for (let i = 0; i < moved.length; i++) moved[i] = goal[i]! + moved[i]! * stretch;
    replay.readAchievedGoal(slot, moment, this.#achieved, 0);
    if (this.#isAchieved(this.#achieved, moved)) goal.set(moved);
  }
}
