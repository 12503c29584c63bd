/** @file Claims of the sparse-reward case and their verdicts. */

import { fixed, significant } from "../report/number-text.ts";
import { type ArmRuns, STEPS_TO_95, SUCCESS } from "./arm-runs.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import type { CreditCurve, SparseMiniature } from "./sparse-miniature.ts";
import {
  NO_HER,
  NO_HER_DENSE,
  NO_HER_EXPLORING,
  NO_HER_LONGER_RETURNS,
  NO_HER_POTENTIAL,
  NO_HER_PRIORITIZED,
  NO_HER_REWARDING,
} from "./sparse-variants.ts";
import { type ArmClaim, armVerdicts, numberBox } from "./verdict-rules.ts";

/** Distance from the reward, in steps, at which credit is compared. */
const FAR = 40;

const updatesFar = (curve: CreditCurve | undefined) => curve?.updates[FAR] ?? Number.NaN;

/** Claims about the miniature. */
export function miniatureClaims({ logarithm, credit }: SparseMiniature) {
  const updates = (tau: number, nStep: number) =>
    updatesFar(credit.find((curve) => curve.tau === tau && curve.nStep === nStep));
  const fullReturn = updatesFar(credit.find((curve) => curve.nStep === curve.updates.length));
  const [instant, slow] = [updates(1, 1), updates(0.02, 1)];
  return {
    logarithm: numberBox(
      "The logarithm of the actor's tanh output can serve as a log-probability.",
      "the share of actors whose first loss is NaN",
      logarithm.brokenAtFirst,
      { confirmed: 0, refuted: 0.05 },
      `Of ${logarithm.seeds} initial actors, ${fixed(100 * logarithm.brokenAtFirst)} % have a negative action, whose logarithm is NaN. After ten updates ${fixed(100 * logarithm.brokenAtLast)} % of the actors are unusable, because NaN weights stay NaN. A deterministic actor has no log-probability; DDPG ascends the critic instead.`,
    ),
    noUpdate: numberBox(
      "In steps without reward the advantage is zero, so there is no update.",
      "the share of the weights' total displacement that is made in steps without reward",
      logarithm.unpaidWay,
      { confirmed: 0.05, refuted: 0.5 },
      `Without reward the advantage is minus the baseline: its median magnitude is ${significant(logarithm.unpaidAdvantage)}, not 0. ‖∇L‖ is ${significant(logarithm.unpaidGradient)} in these steps and ${significant(logarithm.paidGradient)} at the reward. With Adam, ${fixed(100 * logarithm.unpaidWay)} % of the displacement is made in the nine steps without reward. With a reward of −1 per step, no step is without reward.`,
    ),
    targets: numberBox(
      "Credit for a single final reward reaches earlier steps only as fast as the target network moves.",
      `the number of updates with τ = 0.02, divided by that with τ = 1, until half of the value ${FAR} steps before the reward is learned,`,
      slow / instant,
      { confirmed: 10, refuted: 2 },
      `Half of the value ${FAR} steps before the reward is learned after ${fixed(instant)} updates with τ = 1, ${fixed(updates(0.1, 1))} with τ = 0.1 and ${fixed(slow)} with τ = 0.02. With τ = 0.02 and returns over 3 and 10 steps it takes ${fixed(updates(0.02, 3))} and ${fixed(updates(0.02, 10))} updates.`,
    ),
    bootstrap: numberBox(
      "Bootstrapping from the value function (temporal differences) speeds up credit assignment.",
      "the number of updates with one-step targets, divided by that with full returns,",
      slow / fullReturn,
      { confirmed: 0.5, refuted: 2 },
      `At ${FAR} steps before the reward, one-step targets need ${fixed(slow)} updates and full returns ${fixed(fullReturn)}. This chain cannot show the other benefits of bootstrapping, which are combining parts of different episodes and learning off-policy; the arm below can.`,
    ),
  };
}

const helps = (claim: string, remedies: readonly Remedy[]): ArmClaim => ({
  claim,
  remedies,
  base: NO_HER,
  metric: SUCCESS,
  side: "more",
});

const HINDSIGHT = helps(
  "Hindsight (HER), which rewards goals that were reached by accident, makes the sparse reward learnable.",
  [PLAIN],
);
const OTHERS = [
  helps("A dense reward, the negative distance, makes the task learnable.", [NO_HER_DENSE]),
  helps("Potential-based shaping, which preserves the optimal policy, makes the task learnable.", [
    NO_HER_POTENTIAL,
  ]),
  helps("More exploration makes the task learnable.", [NO_HER_EXPLORING]),
  helps("Replay that favours rewarding episodes makes the task learnable.", [NO_HER_REWARDING]),
  helps("Replay prioritised by TD error makes the task learnable.", [NO_HER_PRIORITIZED]),
  helps(
    "Longer returns, which carry credit further per update, make the task learnable.",
    NO_HER_LONGER_RETURNS,
  ),
];
const BOOTSTRAP: ArmClaim = {
  claim:
    "Bootstrapping speeds up learning: with Monte-Carlo returns instead, HER learns later or not at all.",
  remedies: [REMEDIES.monteCarlo],
  base: PLAIN,
  metric: STEPS_TO_95,
  side: "more",
};

/** Claims about the arm. */
export function armClaims(arm: ArmRuns) {
  const verdict = armVerdicts(arm, [HINDSIGHT, ...OTHERS, BOOTSTRAP]);
  return { hindsight: verdict(HINDSIGHT), others: OTHERS.map(verdict), bootstrap: verdict(BOOTSTRAP) };
}
