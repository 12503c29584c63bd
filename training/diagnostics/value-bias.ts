/** @file Bias of the critic: its values beside the returns that the policy earns. */

import type { TaskFacts } from "../../agent/memory.ts";
import type { Policy } from "../../agent/policy.ts";
import type { Episode } from "../../shared/episode.ts";
import { returnBounds } from "../../shared/return-bounds.ts";
import { actionAt, observationAt } from "./episode-views.ts";

/** Tolerance around the possible returns, as a share of their range. */
const SLACK = 0.01;

export interface ValueBias {
  /** Mean of Q − G. */
  readonly mean: number;
  /** Standard deviation of Q − G. */
  readonly std: number;
  /** Share of Q-values outside the possible returns. */
  readonly outOfRange: number;
  /** Mean over states of the critics' std over the size of their mean; 0 for one critic. */
  readonly spread: number;
}

export type RewardFacts = Pick<TaskFacts, "reward" | "rewardRange" | "potentialRange">;

/** What Q-values are in units of: discounted sums of rewards, times a factor. */
export interface ValueUnits {
  readonly gamma: number;
  /** `agent.rewardScale`, times the factor of normalised returns. */
  readonly scale: number;
}

/**
 * Compares Q(s, a) with the discounted return G over the first half of evaluation episodes.
 *
 * REDQ's bias (Chen et al. 2021, arXiv:2101.05982) with one change: a time limit does not end the
 * task, so G bootstraps from the critic at the time limit. Results are in units of the environment's reward.
 */
export class ValueBiasMeter {
  readonly #policy: Policy;
  readonly #gamma: number;
  readonly #scale: number;
  readonly #reward: TaskFacts["reward"];
  readonly #bounds: readonly [low: number, high: number];
  #count = 0;
  #sum = 0;
  #squares = 0;
  #outside = 0;
  #spread = 0;

  constructor(
    policy: Policy,
    { gamma, scale }: ValueUnits,
    { reward, rewardRange, potentialRange }: RewardFacts,
  ) {
    this.#policy = policy;
    this.#gamma = gamma;
    this.#scale = scale;
    this.#reward = reward;
    const [low, high] = returnBounds(rewardRange, gamma, potentialRange);
    const slack = Number.isFinite(high - low) ? SLACK * (high - low) : 0;
    this.#bounds = [low - slack, high + slack];
  }

  observe(episode: Episode): void {
    const { length, sizes, terminated } = episode;
    const criticValues = Array.from({ length: Math.ceil(length / 2) }, (_, step) =>
      this.#policy
        .values(observationAt(episode, step), actionAt(episode, step))
        .map((value) => value / this.#scale),
    );
    const lastAction = new Float32Array(sizes.action);
    const lastObservation = observationAt(episode, length);
    this.#policy.act(lastObservation, lastAction);
    let discountedReturn = terminated ? 0 : this.#policy.value(lastObservation, lastAction) / this.#scale;
    for (let step = length - 1; step >= 0; step--) {
      const { achievedGoal: previous } = observationAt(episode, step);
      const { achievedGoal } = observationAt(episode, step + 1);
      const reward = this.#reward(achievedGoal, episode.desiredGoal, previous) + episode.termSum(step);
      discountedReturn = reward + this.#gamma * discountedReturn;
      const values = criticValues[step];
      if (values !== undefined) this.#compare(values, discountedReturn);
    }
  }

  compute(): ValueBias {
    const mean = this.#sum / this.#count;
    return {
      mean,
      std: Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean)),
      outOfRange: this.#outside / this.#count,
      spread: this.#spread / this.#count,
    };
  }

  #compare(values: readonly number[], discountedReturn: number): void {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    this.#count += 1;
    this.#sum += mean - discountedReturn;
    this.#squares += (mean - discountedReturn) ** 2;
    if (mean < this.#bounds[0] || mean > this.#bounds[1]) this.#outside += 1;
    if (mean !== 0) this.#spread += Math.sqrt(variance) / Math.abs(mean);
  }
}
