/** @file What the numbers of the sparse reward say to each claim. */

import { fixed, significant } from "../report/number-text.ts";
import type { VerdictBox } from "../report/page.ts";
import { type ArmRuns, STEPS_TO_95, SUCCESS } from "./arm-runs.ts";
import { PLAIN, REMEDIES } from "./remedies.ts";
import type { CreditCurve, SparseMiniature } from "./sparse-miniature.ts";
import {
  STARVED,
  STARVED_DENSE,
  STARVED_EXPLORING,
  STARVED_POTENTIAL,
  STARVED_PRIORITIZED,
  STARVED_RETURNS,
  STARVED_REWARDING,
} from "./sparse-variants.ts";
import { armBox, numberBox } from "./verdict-rules.ts";

/** Far enough from the reward that its credit has a way to go. */
const FAR = 40;

const updatesFar = (curve: CreditCurve | undefined) => curve?.updates[FAR] ?? Number.NaN;

/** On the miniature. */
export function miniatureClaims({ logarithm, credit }: SparseMiniature) {
  const at = (tau: number, nStep: number) =>
    updatesFar(credit.find((curve) => curve.tau === tau && curve.nStep === nStep));
  const whole = credit.find(({ updates, nStep }) => nStep === updates.length);
  const [fast, slow, returns] = [at(1, 1), at(0.02, 1), updatesFar(whole)];
  return {
    logarithm: numberBox(
      "The logarithm of the actor's tanh can stand for a log-probability.",
      "the share of actors whose first loss is no number",
      logarithm.brokenAtFirst,
      { confirmed: 0, refuted: 0.05 },
      `Of ${logarithm.seeds} first actors ${fixed(100 * logarithm.brokenAtFirst)} % have a negative action, whose logarithm is no number; after ten updates ${fixed(100 * logarithm.brokenAtLast)} % are lost for good, since weights that are no numbers stay so. A deterministic actor has no log-probability: DDPG climbs the critic instead.`,
    ),
    noUpdate: numberBox(
      "Where nothing is paid the advantage is zero, and so is the update.",
      "the share of the weights' way that is made where nothing is paid",
      logarithm.unpaidWay,
      { confirmed: 0.05, refuted: 0.5 },
      `Without a reward the advantage is minus the baseline, ${significant(logarithm.unpaidAdvantage)} in the median and not 0: ‖∇L‖ is ${significant(logarithm.unpaidGradient)} there and ${significant(logarithm.paidGradient)} at the reward, and under Adam ${fixed(100 * logarithm.unpaidWay)} % of the way is made in the nine unpaid updates. With a reward of −1 a step nothing is unpaid at all.`,
    ),
    targets: numberBox(
      "A single reward at the end reaches earlier steps only as fast as the targets move.",
      `the updates until half the value is known ${FAR} steps away, with τ = 0.02, over those with τ = 1`,
      slow / fast,
      { confirmed: 10, refuted: 2 },
      `Half of the value is known ${FAR} steps before the reward after ${fixed(fast)} updates with τ = 1, ${fixed(at(0.1, 1))} with 0.1 and ${fixed(slow)} with 0.02; with sums of 3 and 10 rewards, ${fixed(at(0.02, 3))} and ${fixed(at(0.02, 10))}.`,
    ),
    bootstrap: numberBox(
      "Temporal differences, bootstrapping from the value function, speed up credit.",
      "the updates with one-step targets over those with whole returns",
      slow / returns,
      { confirmed: 0.5, refuted: 2 },
      `${FAR} steps away it takes ${fixed(slow)} updates by one-step targets and ${fixed(returns)} by whole returns. What bootstrapping gives besides, joining parts of different episodes and learning from an older policy's, this chain cannot show; the arm below can.`,
    ),
  };
}

/** On the arm. */
export function armClaims(arm: ArmRuns) {
  const helps = (claim: string, remedies: Parameters<typeof armBox>[1]["remedies"]): VerdictBox =>
    armBox(arm, { claim, remedies, base: STARVED, figure: SUCCESS, side: "more" });
  return {
    starved: helps(
      "Hindsight, which is paid for goals that were reached by accident, cures the sparse reward.",
      [PLAIN],
    ),
    others: [
      helps("A dense reward, paying for the distance, cures it.", [STARVED_DENSE]),
      helps("Shaping by a potential, which leaves the best policy what it was, cures it.", [
        STARVED_POTENTIAL,
      ]),
      helps("More exploration cures it.", [STARVED_EXPLORING]),
      helps("Replay that prefers rewarding episodes cures it.", [STARVED_REWARDING]),
      helps("Replay prioritised by TD error cures it.", [STARVED_PRIORITIZED]),
      helps("Longer returns, which carry credit further at once, cure it.", STARVED_RETURNS),
    ],
    bootstrap: armBox(arm, {
      claim:
        "Bootstrapping speeds up learning: with whole returns instead, hindsight learns later or not at all.",
      remedies: [REMEDIES.monteCarlo],
      base: PLAIN,
      figure: STEPS_TO_95,
      side: "more",
    }),
  };
}
