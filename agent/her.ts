/**
 * @file Hindsight experience replay: transitions relabelled with goals that their own episode achieved.
 *
 * Andrychowicz et al. 2017 (arXiv:1707.01495, §3.3 and §4.5), with two options for tasks in which the
 * object seldom moves: skipping goals that were achieved already, and noise on relabelled goals.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";

export type HindsightConfig = AgentConfig["her"];

/**
 * Draws the moment whose achieved goal a transition is relabelled with.
 *
 * `future` includes the transition's own outcome, so the last step can be relabelled too.
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

/** Probability of relabelling a transition, for k relabelled transitions to each original one. */
export function hindsightProbability(k: number): number {
  return k / (k + 1);
}

/** Chooses goals for replayed transitions. */
export class Hindsight {
  readonly #config: HindsightConfig;
  readonly #probability: number;
  readonly #isAchieved: GoalEnv["isAchieved"];
  readonly #achieved: Float32Array;
  readonly #noisyGoal: Float32Array;

  constructor(config: HindsightConfig, isAchieved: GoalEnv["isAchieved"], goalSize: number) {
    this.#config = config;
    this.#probability = hindsightProbability(config.k);
    this.#isAchieved = isAchieved;
    this.#achieved = new Float32Array(goalSize);
    this.#noisyGoal = new Float32Array(goalSize);
  }

  /**
   * Writes the episode's own or a relabelled goal into `goal`.
   *
   * @returns the moment at which the relabelled goal was achieved; Infinity for the episode's own goal
   */
  chooseGoal(replay: ReplayBuffer, slot: number, step: number, goal: Float32Array, rng: Rng): number {
    if (this.#probability > 0 && rng.uniform() < this.#probability) {
      const moment = hindsightMoment(this.#config.strategy, step, replay.lengthOf(slot), rng);
      replay.readAchievedGoal(slot, moment, goal, 0);
      if (this.#config.goalDither > 0) this.#addNoise(replay, slot, moment, goal, rng);
      if (!this.#config.skipTrivial || !this.#isTrivial(replay, slot, step, goal)) return moment;
    }
    replay.readDesiredGoal(slot, goal, 0);
    return Number.POSITIVE_INFINITY;
  }

  /** Whether a goal was achieved already before the transition: it teaches only to stay still. */
  #isTrivial(replay: ReplayBuffer, slot: number, step: number, goal: Float32Array): boolean {
    replay.readAchievedGoal(slot, step, this.#achieved, 0);
    return this.#isAchieved(this.#achieved, goal);
  }

  /** Moves a goal uniformly within a ball, unless its own moment would then not achieve it. */
  #addNoise(replay: ReplayBuffer, slot: number, moment: number, goal: Float32Array, rng: Rng): void {
    const noisy = this.#noisyGoal;
    let square = 0;
    for (let i = 0; i < noisy.length; i++) {
      noisy[i] = rng.normal();
      square += noisy[i]! ** 2;
    }
    const radius = this.#config.goalDither * rng.uniform() ** (1 / noisy.length);
    const scale = square > 0 ? radius / Math.sqrt(square) : 0;
    for (let i = 0; i < noisy.length; i++) noisy[i] = goal[i]! + noisy[i]! * scale;
    replay.readAchievedGoal(slot, moment, this.#achieved, 0);
    if (this.#isAchieved(this.#achieved, noisy)) goal.set(noisy);
  }
}
