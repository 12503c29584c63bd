/** @file Claims of the vanishing-gradient case and their verdicts. */

import { fixed, significant } from "../report/number-text.ts";
import type { Verdict, VerdictBox } from "../report/page.ts";
import { type ArmRuns, FIRST_GRADIENT_NORM, STEPS_TO_95 } from "./arm-runs.ts";
import { DEFAULT_BOUND } from "./miniature-actor.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import {
  EARLIER_UPDATES,
  FRESH_ADAM,
  MAX_UPDATES,
  type Recovery,
  USED_ADAM,
  type VanishingMiniature,
} from "./vanishing-miniature.ts";
import { SATURATED, SATURATED_EXPLORING, SATURATED_GRADIENT, TINY_START } from "./vanishing-variants.ts";
import { type ArmClaim, armVerdicts, numberBox } from "./verdict-rules.ts";

/** A clearly saturated pre-activation at which float32 still has a gradient. */
const SATURATED_Z = 5;

const BOUNDS = { confirmed: 100, refuted: 2 };

/** Claims about the miniature. */
export function miniatureClaims(miniature: VanishingMiniature) {
  const { bounds, depths } = miniature;
  const tiny = bounds[0]!;
  const normal = bounds.find(({ bound }) => bound === DEFAULT_BOUND) ?? tiny;
  const unsaturated = depths[0]!;
  const saturated = depths.find(({ z }) => z === SATURATED_Z) ?? unsaturated;
  const zeroGradient = depths.find(({ byWeights }) => byWeights === 0);
  const lossRatio = normal.loss / tiny.loss;
  const gradientRatio = normal.byWeights / tiny.byWeights;
  return {
    smallLoss: numberBox(
      "Small actions make the actor's loss small.",
      "|L| with initial weights ± 0.125, divided by that with ± 0.0001,",
      lossRatio,
      BOUNDS,
      `|a| falls from ${significant(normal.action)} to ${significant(tiny.action)}, and |L| falls ${significant(lossRatio)}-fold.`,
    ),
    smallGradient: numberBox(
      "A small loss makes the gradient vanish.",
      "‖∇L‖ with initial weights ± 0.125, divided by that with ± 0.0001,",
      gradientRatio,
      BOUNDS,
      `While the loss falls ${significant(lossRatio)}-fold, ‖∇L‖ falls ${significant(gradientRatio)}-fold. |∂L/∂a| stays the same (${significant(normal.byAction)} and ${significant(tiny.byAction)}), because it is the slope of the critic and does not depend on the action. Only the gradient of the hidden layer shrinks, ${significant(normal.byHidden / tiny.byHidden)}-fold: that layer learns once the output weights have grown.`,
    ),
    saturation: numberBox(
      "A saturated tanh makes the gradient vanish.",
      `‖∇L‖ at z = 0, divided by that at z = ${SATURATED_Z},`,
      unsaturated.byWeights / saturated.byWeights,
      BOUNDS,
      `‖∇L‖ is ${significant(unsaturated.byWeights)} at z = 0 and ${significant(saturated.byWeights)} at z = ${SATURATED_Z}, in proportion to 1 − tanh² z.${zeroGradient === undefined ? "" : ` From z = ${zeroGradient.z} on it is exactly 0 in float32.`}`,
    ),
    stopped: recoveryBox(miniature),
  };
}

function recoveryBox({ depths, waysBack }: VanishingMiniature): VerdictBox {
  const gradientAt = (z: number) => depths.find((each) => each.z === z)?.byWeights ?? Number.NaN;
  const updatesOf = (method: string) => waysBack.find(({ name }) => name === method)?.updates ?? [];
  const vanished = updatesOf(USED_ADAM).filter(({ z }) => gradientAt(z) < 0.01 * depths[0]!.byWeights);
  const recovered = vanished.filter(({ updates }) => updates !== null);
  const times = (way: Recovery["updates"]) =>
    recovered.map(({ z }) => fixed(way.find((each) => each.z === z)?.updates ?? Number.NaN)).join(", ");
  let verdict: Verdict = "half-true";
  if (vanished.length === 0) verdict = "undecided";
  else if (recovered.length === 0) verdict = "confirmed";
  else if (recovered.length === vanished.length) verdict = "refuted";
  return {
    claim: "An actor whose gradient has vanished cannot recover.",
    verdict,
    because: `‖∇L‖ is below 1 % of that at z = 0 at z = ${vanished.map(({ z }) => z).join(", ")}. An actor that has made ${fixed(EARLIER_UPDATES)} ordinary updates recovers from z = ${recovered.map(({ z }) => z).join(", ")}, after ${times(updatesOf(USED_ADAM))} updates. An actor that starts there needs ${times(updatesOf(FRESH_ADAM))}. Adam divides the gradient by the magnitude of earlier ones, so a small gradient does not stop it, but delays it until they are forgotten. Only a gradient of exactly 0 stops it.`,
    rule: `over the depths z at which ‖∇L‖ is below 1 % of that at z = 0: confirmed if Adam in a run recovers from none within ${fixed(MAX_UPDATES)} updates, refuted if from all, half-true if from some; deeper starts than the first without recovery are not tried`,
  };
}

const later = (claim: string, remedies: readonly Remedy[]): ArmClaim => ({
  claim,
  remedies,
  base: PLAIN,
  metric: STEPS_TO_95,
  side: "more",
});
const sooner = (claim: string, remedies: readonly Remedy[], base: Remedy): ArmClaim => ({
  claim,
  remedies,
  base,
  metric: STEPS_TO_95,
  side: "less",
});
const nameOf = ({ name }: Remedy) => name.replace(`${SATURATED.name}, `, "");

/** Steps to 0.95 also measure whether it learns at all, since a failure counts as all steps. */
const ARM = {
  tiny: later("An actor with tiny initial actions learns later, or not at all.", [TINY_START]),
  saturated: later("An initially saturated actor learns later, or not at all.", [SATURATED]),
  gradient: {
    claim: "The gradient of an initially saturated actor has vanished.",
    remedies: [SATURATED],
    base: PLAIN,
    metric: FIRST_GRADIENT_NORM,
    side: "less",
  },
  exploring: sooner(
    "Exploration, by Ornstein–Uhlenbeck noise or epsilon-greedy, fixes a saturated start.",
    SATURATED_EXPLORING,
    SATURATED,
  ),
  gradients: SATURATED_GRADIENT.map((remedy) =>
    sooner(`A saturated start is fixed by: ${nameOf(remedy)}.`, [remedy], SATURATED),
  ),
  none: later("Without exploration the actor learns later, or not at all.", [REMEDIES.noExploration]),
  better: sooner(
    "Ornstein–Uhlenbeck noise or epsilon-greedy explores better than independent Gaussian noise.",
    [REMEDIES.ouAlone, REMEDIES.greedyAlone],
    REMEDIES.gaussianAlone,
  ),
} as const satisfies Readonly<Record<string, ArmClaim | readonly ArmClaim[]>>;

/** Claims about the arm. */
export function armClaims(arm: ArmRuns) {
  const verdict = armVerdicts(arm, Object.values(ARM).flat());
  return {
    tiny: verdict(ARM.tiny),
    saturated: verdict(ARM.saturated),
    gradient: verdict(ARM.gradient),
    exploring: verdict(ARM.exploring),
    gradients: ARM.gradients.map(verdict),
    none: verdict(ARM.none),
    better: verdict(ARM.better),
  };
}
