/**
 * @file Running standard deviation of discounted returns, for reward normalisation.
 *
 * As in Stable-Baselines3's VecNormalize: statistics of R ← γ R + r along each episode, with the
 * episode's own rewards.
 */

import type { Episode } from "../shared/episode.ts";
import type { RewardFunction } from "../shared/goal-env.ts";
import { Normalizer, type NormalizerState } from "./normalizer.ts";

export class ReturnScale {
  readonly #gamma: number;
  readonly #reward: RewardFunction;
  readonly #statistics = new Normalizer(1, Number.POSITIVE_INFINITY);

  constructor(gamma: number, reward: RewardFunction) {
    this.#gamma = gamma;
    this.#reward = reward;
  }

  /** The factor by which rewards are multiplied: 1 / standard deviation. */
  get factor(): number {
    return 1 / this.#statistics.std(0);
  }

  /** Adds an episode's returns to the statistics. */
  observe(episode: Episode): void {
    const { length, sizes, achievedGoals, desiredGoal } = episode;
    const achievedAt = (moment: number) =>
      achievedGoals.subarray(moment * sizes.goal, (moment + 1) * sizes.goal);
    const returns = new Float32Array(length);
    let sum = 0;
    for (let step = 0; step < length; step++) {
      const reward = this.#reward(achievedAt(step + 1), desiredGoal, achievedAt(step));
      sum = this.#gamma * sum + (reward + episode.termSum(step));
      returns[step] = sum;
    }
    this.#statistics.observe(returns, length);
  }

  getState(): NormalizerState {
    return this.#statistics.getState();
  }

  /** Restores saved statistics. Throws InputError as Normalizer.setState does. */
  setState(state: NormalizerState, where: string): void {
    this.#statistics.setState(state, where);
  }
}
