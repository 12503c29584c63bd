/**
 * @file Fills batches: which transitions, under which goal, paid over how many steps.
 *
 * n-step returns under hindsight are paid again step by step for the goal that was chosen, and are
 * cut at the moment which that goal is from: what the arm did afterwards was not in its pursuit.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import type { Batch } from "./batch.ts";
import { Hindsight } from "./her.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import { ReplayChoice } from "./replay-choice.ts";

export type SamplerConfig = Pick<AgentConfig, "gamma" | "nStep" | "her" | "replay">;

/** How a sampler pays. */
export interface Payment {
  /** Gets views, must not keep them. */
  readonly reward: GoalEnv["computeReward"];
  readonly isAchieved: GoalEnv["isAchieved"];
}

export class TransitionSampler {
  readonly choice: ReplayChoice;
  readonly #config: SamplerConfig;
  readonly #replay: ReplayBuffer;
  readonly #reward: GoalEnv["computeReward"];
  readonly #hindsight: Hindsight;
  /** What was achieved after a step, and before it: they change places along n steps. */
  #achieved: Float32Array;
  #previous: Float32Array;
  readonly #goal: Float32Array;

  constructor(config: SamplerConfig, replay: ReplayBuffer, { reward, isAchieved }: Payment) {
    this.#config = config;
    this.#replay = replay;
    this.#reward = reward;
    this.choice = new ReplayChoice(config.replay, replay);
    this.#hindsight = new Hindsight(config.her, isAchieved, replay.sizes.goal);
    this.#achieved = new Float32Array(replay.sizes.goal);
    this.#previous = new Float32Array(replay.sizes.goal);
    this.#goal = new Float32Array(replay.sizes.goal);
  }

  /**
   * Fills a batch, with replacement.
   *
   * @param updates updates done so far, for schedules
   * @throws InputError if nothing is stored yet
   */
  sample(batch: Batch, updates: number, rng: Rng): void {
    const { observation, goal, action, maxSteps } = this.#replay.sizes;
    for (let row = 0; row < batch.size; row++) {
      const place = this.choice.pick(row, batch.size, rng);
      batch.places[row] = place;
      const slot = Math.floor(place / maxSteps);
      const step = place - slot * maxSteps;
      const from = this.#hindsight.choose(this.#replay, slot, step, this.#goal, rng);
      const next = this.#payInto(batch, row, slot, step, from);
      this.#replay.readObservation(slot, step, batch.observations, row * observation);
      this.#replay.readObservation(slot, next, batch.nextObservations, row * observation);
      this.#replay.readAction(slot, step, batch.actions, row * action);
      batch.goals.set(this.#goal, row * goal);
    }
    this.choice.weigh(batch, updates);
  }

  /** Sums the rewards of up to n steps; returns the moment to bootstrap from. */
  #payInto(batch: Batch, row: number, slot: number, step: number, from: number): number {
    const length = this.#replay.lengthOf(slot);
    const horizon = from > step ? from : length;
    const last = Math.min(step + this.#config.nStep, length, horizon);
    let sum = 0;
    let discount = 1;
    this.#replay.readAchievedGoal(slot, step, this.#achieved, 0);
    for (let moment = step + 1; moment <= last; moment++) {
      if (moment > step + 1) discount *= this.#config.gamma;
      const previous = this.#achieved;
      this.#achieved = this.#previous;
      this.#previous = previous;
      this.#replay.readAchievedGoal(slot, moment, this.#achieved, 0);
      const paid = this.#reward(this.#achieved, this.#goal, this.#previous);
      // Terms do not depend on the goal: hindsight pays the goal's part anew and leaves them as they were.
      sum += discount * (paid + this.#replay.termsOf(slot, moment - 1));
    }
    batch.rewards[row] = sum;
    batch.continues[row] = last === length && this.#replay.isTerminated(slot) ? 0 : discount;
    return last;
  }
}
