/** @file What the numbers of the vanishing gradient say to each claim. */

import { fixed, significant } from "../report/number-text.ts";
import type { VerdictBox } from "../report/page.ts";
import { type ArmRuns, GRADIENT_NORM, STEPS_TO_95 } from "./arm-runs.ts";
import { USUAL_BOUND } from "./article-actor.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import type { VanishingMiniature } from "./vanishing-miniature.ts";
import { EXPLORING_CURES, GRADIENT_CURES, SATURATED, STARTS } from "./vanishing-variants.ts";
import { armBox, numberBox } from "./verdict-rules.ts";

/** Deep enough that few would call the gradient alive, and shallow enough that float32 still has one. */
const DEEP = 5;

/** On the miniature. */
export function miniatureClaims({ bounds, depths, waysBack }: VanishingMiniature) {
  const tiny = bounds[0]!;
  const usual = bounds.find(({ bound }) => bound === USUAL_BOUND) ?? tiny;
  const [alive, deep] = [depths[0]!, depths.find(({ z }) => z === DEEP) ?? depths[0]!];
  const gone = depths.find(({ byWeights }) => byWeights === 0);
  const adam = waysBack.find(({ name }) => name.startsWith("Adam, rate"))?.updates ?? [];
  const faint = adam.filter(({ z }) => {
    const look = depths.find((each) => each.z === z);
    return look !== undefined && look.byWeights < 0.01 * alive.byWeights;
  });
  const returned = faint.filter(({ updates }) => updates !== null);
  const deepest = returned.at(-1);
  const lossFalls = usual.loss / tiny.loss;
  const gradientFalls = usual.byWeights / tiny.byWeights;
  const bounds100 = { confirmed: 100, refuted: 2 };
  return {
    smallLoss: numberBox(
      "Small actions make the actor's loss small.",
      "the loss at ± 0.125 over that at ± 0.0001",
      lossFalls,
      bounds100,
      `|a| falls from ${significant(usual.action)} to ${significant(tiny.action)}, and |L| with it, ${significant(lossFalls)}-fold.`,
    ),
    smallGradient: numberBox(
      "A small loss makes the gradient vanish.",
      "‖∇L‖ at ± 0.125 over that at ± 0.0001",
      gradientFalls,
      bounds100,
      `While the loss falls ${significant(lossFalls)}-fold, ‖∇L‖ falls ${significant(gradientFalls)}-fold, and |∂L/∂a| not at all (${significant(usual.byAction)} and ${significant(tiny.byAction)}): it is the critic's slope, whatever the action. What does shrink is the hidden layer's share, ${significant(usual.byHidden / tiny.byHidden)}-fold: that layer waits until the last one has grown.`,
    ),
    saturation: numberBox(
      "A saturated tanh makes the gradient vanish.",
      `‖∇L‖ at z = 0 over that at z = ${DEEP}`,
      alive.byWeights / deep.byWeights,
      bounds100,
      `‖∇L‖ is ${significant(alive.byWeights)} at z = 0 and ${significant(deep.byWeights)} at z = ${DEEP}, as 1 − tanh² z says.${gone === undefined ? "" : ` From z = ${gone.z} on it is exactly 0 in float32.`}`,
    ),
    stopped: {
      claim: "An actor whose gradient has vanished cannot come back.",
      verdict:
        faint.length === 0
          ? ("undecided" as const)
          : returned.length === 0
            ? ("confirmed" as const)
            : returned.length === faint.length
              ? ("refuted" as const)
              : ("half-true" as const),
      because: `Of ${faint.length} depths whose gradient is below a hundredth, Adam comes back from ${returned.length}${deepest === undefined ? "" : `, the deepest z = ${deepest.z} in ${fixed(deepest.updates ?? Number.NaN)} updates`}. It scales its steps to the gradient's size: small is no obstacle, exactly 0 is final.`,
      rule: "over the depths whose ‖∇L‖ is below 1 % of that at z = 0: confirmed if plain Adam comes back from none of them, refuted if from all, half-true if from some",
    },
  };
}

/** On the arm: whether it learns at all shows in when it does, since what never does counts as the whole run. */
export function armClaims(arm: ArmRuns) {
  const later = (claim: string, remedies: readonly Remedy[]): VerdictBox =>
    armBox(arm, { claim, remedies, base: PLAIN, figure: STEPS_TO_95, side: "more" });
  const sooner = (claim: string, remedies: readonly Remedy[], base: Remedy): VerdictBox =>
    armBox(arm, { claim, remedies, base, figure: STEPS_TO_95, side: "less" });
  const nameOf = ({ name }: Remedy) => name.replace(`${SATURATED.name}, `, "");
  return {
    tiny: later("An actor that begins with tiny actions learns later, or not at all.", STARTS.slice(0, 1)),
    saturated: later("An actor that begins saturated learns later, or not at all.", [SATURATED]),
    gradient: armBox(arm, {
      claim: "The gradient of an actor that begins saturated has vanished.",
      remedies: [SATURATED],
      base: PLAIN,
      figure: GRADIENT_NORM,
      side: "less",
    }),
    exploring: sooner(
      "Exploration, by Ornstein–Uhlenbeck noise or epsilon-greedy, cures a saturated start.",
      EXPLORING_CURES,
      SATURATED,
    ),
    gradients: GRADIENT_CURES.map((remedy) =>
      sooner(`A saturated start is cured by: ${nameOf(remedy)}.`, [remedy], SATURATED),
    ),
    none: later("Without exploration the actor learns later, or not at all.", [REMEDIES.noExploration]),
    better: sooner(
      "Ornstein–Uhlenbeck noise or epsilon-greedy explores better than independent Gaussian noise.",
      [REMEDIES.ouAlone, REMEDIES.greedyAlone],
      REMEDIES.gaussianAlone,
    ),
  };
}
