/** @file Do Q-values agree with the returns of the newest episodes, in order and in scale? */

import { mean } from "../../shared/statistics.ts";
import { type ExaminedRun, storedObservation } from "../examined-run.ts";
import { bellmanFit } from "./bellman-fit.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";

/** Newest episodes, played by policies close to the saved one. */
const EPISODES = 20;

/** Steps before the end of an episode that are left out: their returns are mostly the bootstrapped value. */
const TAIL = 10;

/**
 * Q(s, a) of played actions beside their discounted returns, completed after the last step by Q of the policy's action,
 * since a time limit does not end the task. `exam/value_order`: Spearman's rank correlation. `exam/value_scale`: mean Q
 * over mean return, without a unit. `exam/terms_share`: mean size of the reward terms over that of the goal's reward. `exam/bellman_fit`: share of the variance of Q that the right side of the Bellman
 * equation, r + γ Q(s′, μ(s′)), accounts for on stored transitions; negative if Q follows another target.
 */
export function examineValues(run: ExaminedRun): Figures | string {
  const { policy, replay, config, intact, sizes, learner } = run;
  if (learner.updates === 0) return "there were no updates";
  if (intact === undefined) return NO_ENVIRONMENT;
  const { env } = intact;
  const { gamma, rewardScale } = config.agent;
  const values: number[] = [];
  const returns: number[] = [];
  const terms: number[] = [];
  const rewards: number[] = [];
  const action = new Float32Array(sizes.action);
  const count = Math.min(EPISODES, replay.episodes - replay.demonstrations);
  for (let age = 0; age < count; age++) {
    const slot = replay.slotByAge(age);
    const length = replay.lengthOf(slot);
    const moments = Array.from({ length: length + 1 }, (_, moment) =>
      storedObservation(replay, slot, moment),
    );
    const last = moments[length]!;
    policy.act(last, action);
    let discounted = replay.isTerminated(slot) ? 0 : policy.value(last, action);
    for (let step = length - 1; step >= 0; step--) {
      const [state, next] = [moments[step]!, moments[step + 1]!];
      const reward = env.computeReward(next.achievedGoal, next.desiredGoal, state.achievedGoal);
      discounted = rewardScale * (reward + replay.termsOf(slot, step)) + gamma * discounted;
      terms.push(Math.abs(replay.termsOf(slot, step)));
      rewards.push(Math.abs(reward));
      if (step > length - TAIL) continue;
      replay.readAction(slot, step, action, 0);
      values.push(policy.value(state, action));
      returns.push(discounted);
    }
  }
  return {
    "exam/terms_share": mean(terms) / mean(rewards),
    "exam/value_order": pearson(ranks(values), ranks(returns)),
    "exam/value_scale": config.agent.normalizeReturns ? Number.NaN : mean(values) / mean(returns),
    "exam/bellman_fit": config.agent.normalizeReturns ? Number.NaN : bellmanFit(run, policy, env),
  };
}

/** Ranks from 0; equal values get their mean rank. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const ranked = new Array<number>(values.length).fill(0);
  for (let first = 0; first < order.length; ) {
    let end = first;
    while (end < order.length && order[end]!.value === order[first]!.value) end += 1;
    for (let k = first; k < end; k++) ranked[order[k]!.i] = (first + end - 1) / 2;
    first = end;
  }
  return ranked;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i]!;
    covariance += (x - meanA) * (y - meanB);
    varianceA += (x - meanA) ** 2;
    varianceB += (y - meanB) ** 2;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}
