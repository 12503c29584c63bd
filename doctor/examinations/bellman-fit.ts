/** @file How well Q-values follow the Bellman equation. */

import type { Policy } from "../../agent/policy.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { standardDeviation } from "../../shared/statistics.ts";
import { type ExaminedRun, storedObservation } from "../examined-run.ts";

/** Bound of the fit, for values that are beyond float32. */
const LOWEST = -1e9;

/** Transitions that are examined. */
const TRANSITIONS = 512;

/**
 * Share of the variance of Q(s, a) that r + γ Q(s′, μ(s′)) accounts for, on stored transitions with their own goals;
 * negative if Q follows another target.
 *
 * @param policy of the networks that are examined
 * @param env    whose rewards count
 */
export function bellmanFit(
  { replay, config, sizes, rng }: ExaminedRun,
  policy: Policy,
  env: GoalEnv,
): number {
  const { gamma, rewardScale } = config.agent;
  const draws = rng().fork("bellman");
  const action = new Float32Array(sizes.action);
  const values: number[] = [];
  let squares = 0;
  for (let i = 0; i < TRANSITIONS; i++) {
    const index = replay.draw(draws);
    const [slot, step] = [replay.slotOf(index), replay.stepOf(index)];
    const [state, next] = [storedObservation(replay, slot, step), storedObservation(replay, slot, step + 1)];
    replay.readAction(slot, step, action, 0);
    const value = policy.value(state, action);
    const reward = env.computeReward(next.achievedGoal, next.desiredGoal, state.achievedGoal);
    policy.act(next, action);
    const isLast = step + 1 === replay.lengthOf(slot) && replay.isTerminated(slot);
    const target =
      rewardScale * (reward + replay.termsOf(slot, step)) + (isLast ? 0 : gamma * policy.value(next, action));
    values.push(value);
    squares += (value - target) ** 2;
  }
  const fit = 1 - squares / TRANSITIONS / standardDeviation(values) ** 2;
  return Math.max(fit, LOWEST);
}
