/** @file What the numbers of the noisy critic say to each claim. */

import { fixed, significant } from "../report/number-text.ts";
import type { VerdictBox } from "../report/page.ts";
import { type ArmRuns, GRADIENT_COSINE, OSCILLATION } from "./arm-runs.ts";
import { PLAIN, REMEDIES } from "./remedies.ts";
import type { Averaging, VarianceMiniature, Walk } from "./variance-miniature.ts";
import { armBox, judgeNumber, numberBox, steadies, together } from "./verdict-rules.ts";

const end = (walk: Walk) => walk.distance.at(-1) ?? Number.NaN;

function walkOf(walks: readonly Walk[], name: string, factor = 1): Walk {
  const found = walks.find((walk) => walk.name === name && walk.factor === factor);
  return (
    found ?? { name, factor, distance: [], exponent: NaN, signChanges: NaN, improvedAtPositiveLoss: NaN }
  );
}

const errorFalls = ({ points }: Averaging) =>
  (points.at(-1)?.error ?? Number.NaN) / (points[0]?.error ?? Number.NaN);

/** On the miniature. */
export function miniatureClaims({ walks, adamSpread, averaging }: VarianceMiniature) {
  const [adam, descent] = [walkOf(walks, "Adam"), walkOf(walks, "SGD")];
  const clippedAdam = walkOf(walks, "Adam, clipped to 1");
  const clippedDescent = walkOf(walks, "SGD, clipped to 1");
  const adamClipping = end(clippedAdam) / end(adam);
  const wandering: VerdictBox = {
    claim: "The parameters wander instead of converging.",
    verdict: adam.exponent >= 0.3 && adam.exponent <= 0.7 ? "confirmed" : "refuted",
    because: `‖θ − θ₀‖ grows as updates to the power ${significant(adam.exponent, 2)} under Adam and ${significant(descent.exponent, 2)} under SGD.`,
    rule: "confirmed if Adam's exponent lies between 0.3 and 0.7, around the random walk's 0.5; else refuted: 1 is a direction, 0 a place",
  };
  const independent = averaging.filter(({ name }) => !name.includes("correlation"));
  const correlated = averaging.filter(({ name }) => name.includes("correlation"));
  const falls = [...independent, ...correlated].map((each) => ({ each, ratio: errorFalls(each) }));
  const averagingBox: VerdictBox = {
    claim: "Averaging over more critics, or larger batches, steadies the actor.",
    verdict: together(falls.map(({ ratio }) => judgeNumber(ratio, 0.5, 0.8))),
    because: `From 1 slope to 64 averaged ones the action's error falls to ${falls.map(({ each, ratio }) => `${significant(ratio, 2)} (${each.name}, ∝ N to the ${significant(each.exponent, 2)})`).join("; ")}. What the critics have in common does not average away.`,
    rule: "confirmed if the error at 64 is at most 0.5 of that at 1 in every row, refuted if at least 0.8 in every row, half-true where rows disagree",
  };
  return {
    signs: numberBox(
      "A noisy critic makes the actor's loss jump and change its sign.",
      "the share of updates at which the loss changes its sign",
      adam.signChanges,
      { confirmed: 0.4, refuted: 0.1 },
      `The sign changes at ${fixed(100 * adam.signChanges)} % of the updates; a coin's would at half of them.`,
    ),
    positive: numberBox(
      "A positive loss announces an update that lowers the reward.",
      "the share of updates with a negative outcome among those with a positive loss, under SGD",
      1 - descent.improvedAtPositiveLoss,
      { confirmed: 0.5, refuted: 0.1 },
      `After an update at a positive loss the same critic likes the action better in ${fixed(100 * descent.improvedAtPositiveLoss)} % of cases under SGD, and in ${fixed(100 * adam.improvedAtPositiveLoss)} % under Adam, whose momentum still follows earlier slopes. The loss −a · g has the sign of the action and the slope, and says nothing of the step.`,
    ),
    wandering,
    size: numberBox(
      "The larger the noise, the wilder the updates.",
      "the greatest relative difference of Adam's way with the noise × 0.01, 1 and 100",
      adamSpread,
      { confirmed: 0.5, refuted: 0.01 },
      `Under Adam ‖θ − θ₀‖ ends at ${walks
        .filter(({ name }) => name === "Adam")
        .map((walk) => significant(end(walk), 4))
        .join(
          ", ",
        )} for noise × 0.01, 1 and 100: Adam divides by the gradient's own size. Under SGD it ends at ${walks
        .filter(({ name }) => name === "SGD")
        .map((walk) => significant(end(walk)))
        .join(", ")}.`,
    ),
    clipping: numberBox(
      "Clipping gradients prevents large and damaging updates.",
      "Adam's way with clipping over that without",
      adamClipping,
      { confirmed: 0.5, refuted: 0.8 },
      `Clipped to a norm of 1, the way is ${significant(adamClipping)} times as long under Adam, and ${significant(end(clippedDescent) / end(descent))} times under SGD. Before Adam, clipping is one more scaling of the gradient.`,
    ),
    averaging: averagingBox,
  };
}

/** On the arm: each remedy that is named for a noisy critic. */
export function armClaims(arm: ArmRuns): VerdictBox[] {
  return [
    armBox(arm, {
      claim:
        "The oscillating actor is the one with the noisier gradient: its batches agree less than those of the steady one.",
      remedies: [PLAIN],
      base: REMEDIES.penalty,
      figure: GRADIENT_COSINE,
      side: "less",
    }),
    steadies(arm, "Gradient clipping steadies the actor.", [REMEDIES.clipping], PLAIN),
    steadies(arm, "An ensemble of critics steadies the actor.", [REMEDIES.twin, REMEDIES.ensemble], PLAIN),
    steadies(arm, "Reward scaling steadies the actor.", [REMEDIES.rewardScale], PLAIN),
    steadies(arm, "Batch normalisation steadies the actor.", [REMEDIES.batchNorm], PLAIN),
    steadies(
      arm,
      "Layer normalisation steadies the actor.",
      [REMEDIES.criticLayerNorm, REMEDIES.layerNorm],
      PLAIN,
    ),
    armBox(arm, {
      claim: "Target networks steady the actor: without them it oscillates more.",
      remedies: [REMEDIES.noTargets],
      base: PLAIN,
      figure: OSCILLATION,
      side: "more",
    }),
    steadies(arm, "A lower learning rate of the actor steadies it.", [REMEDIES.slowActor], PLAIN),
    steadies(arm, "A penalty on the actor's pre-activations steadies it.", [REMEDIES.penalty], PLAIN),
  ];
}
