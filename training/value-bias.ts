/** @file How far the critic is from what its policy really earns. */

import type { TaskFacts } from "../agent/memory.ts";
import type { Policy } from "../agent/policy.ts";
import type { Episode } from "../shared/episode.ts";
import { returnBounds } from "../shared/return-bounds.ts";

/** Share of the range by which a value may miss it: a good critic hovers about its ends. */
const SLACK = 0.01;

/** Moments of what was measured on some states. */
export interface ValueBias {
  /** Mean of Q − return. */
  readonly mean: number;
  /** Its standard deviation. */
  readonly deviation: number;
  /** Share of Q-values that no policy could earn. */
  readonly outOfRange: number;
  /** Mean over states of the deviation of the critics over the size of their mean; 0 for one critic. */
  readonly spread: number;
}

/** What it must know of how the task pays. */
export type RewardFacts = Pick<TaskFacts, "reward" | "rewardRange" | "potentialRange">;

/**
 * Collects Q(s, a) − G over the first half of evaluation episodes.
 *
 * As REDQ's bias (Chen et al. 2021, arXiv:2101.05982), with one change: since a time limit does not
 * end the task, the return G is closed with the critic's own value at the limit, discounted as far.
 */
export class ValueBiasMeter {
  readonly #policy: Policy;
  readonly #gamma: number;
  readonly #reward: TaskFacts["reward"];
  readonly #bounds: readonly [low: number, high: number];
  #count = 0;
  #sum = 0;
  #squares = 0;
  #outside = 0;
  #spread = 0;

  constructor(policy: Policy, gamma: number, { reward, rewardRange, potentialRange }: RewardFacts) {
    this.#policy = policy;
    this.#gamma = gamma;
    this.#reward = reward;
    const [low, high] = returnBounds(rewardRange, gamma, potentialRange);
    const slack = Number.isFinite(high - low) ? SLACK * (high - low) : 0;
    this.#bounds = [low - slack, high + slack];
  }

  observe(episode: Episode): void {
    const { length, sizes, terminated } = episode;
    const values = Array.from({ length: Math.ceil(length / 2) }, (_, step) =>
      this.#policy.values(seenAt(episode, step), actionAt(episode, step)),
    );
    const last = new Float32Array(sizes.action);
    const end = seenAt(episode, length);
    this.#policy.act(end, last);
    let earned = terminated ? 0 : this.#policy.value(end, last);
    for (let step = length - 1; step >= 0; step--) {
      const [before, after] = [seenAt(episode, step), seenAt(episode, step + 1)];
      const paid = this.#reward(after.achievedGoal, episode.desiredGoal, before.achievedGoal);
      earned = paid + episode.termsOf(step) + this.#gamma * earned;
      const said = values[step];
      if (said !== undefined) this.#compare(said, earned);
    }
  }

  read(): ValueBias {
    const mean = this.#sum / this.#count;
    return {
      mean,
      deviation: Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean)),
      outOfRange: this.#outside / this.#count,
      spread: this.#spread / this.#count,
    };
  }

  #compare(values: readonly number[], earned: number): void {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    this.#count += 1;
    this.#sum += mean - earned;
    this.#squares += (mean - earned) ** 2;
    if (mean < this.#bounds[0] || mean > this.#bounds[1]) this.#outside += 1;
    if (mean !== 0) this.#spread += Math.sqrt(variance) / Math.abs(mean);
  }
}

/** What was seen at a moment of an episode: views. */
export function seenAt({ observations, achievedGoals, desiredGoal, sizes }: Episode, moment: number) {
  const { observation, goal } = sizes;
  return {
    observation: observations.subarray(moment * observation, (moment + 1) * observation),
    achievedGoal: achievedGoals.subarray(moment * goal, (moment + 1) * goal),
    desiredGoal,
  };
}

/** The action of a step: a view. */
export function actionAt({ actions, sizes }: Episode, step: number): Float32Array {
  return actions.subarray(step * sizes.action, (step + 1) * sizes.action);
}
