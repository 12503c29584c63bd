/** @file Claims of the noisy-critic case and their verdicts. */

import { fixed, significant } from "../report/number-text.ts";
import type { VerdictBox } from "../report/page.ts";
import { type ArmRuns, GRADIENT_COSINE, OSCILLATION } from "./arm-runs.ts";
import { PLAIN, REMEDIES } from "./remedies.ts";
import type { Averaging, VarianceMiniature, Walk } from "./variance-miniature.ts";
import { armBox, combinedVerdict, numberBox, numberVerdict, steadiesBox } from "./verdict-rules.ts";

const finalDistance = (walk: Walk) => walk.distance.at(-1) ?? Number.NaN;

function findWalk(walks: readonly Walk[], name: string): Walk {
  const walk = walks.find((each) => each.name === name && each.factor === 1);
  const missing = { distance: [], exponent: NaN, signChanges: NaN, improvedAtPositiveLoss: NaN };
  return walk ?? { name, factor: 1, ...missing };
}

const errorRatio = ({ points }: Averaging) =>
  (points.at(-1)?.error ?? Number.NaN) / (points[0]?.error ?? Number.NaN);

/** Claims about the miniature. */
export function miniatureClaims({ walks, adamSpread, averaging }: VarianceMiniature) {
  const [adam, sgd] = [findWalk(walks, "Adam"), findWalk(walks, "SGD")];
  const adamClipping = finalDistance(findWalk(walks, "Adam, clipped to 1")) / finalDistance(adam);
  const sgdClipping = finalDistance(findWalk(walks, "SGD, clipped to 1")) / finalDistance(sgd);
  const distances = (optimiser: string, digits: number) =>
    walks
      .filter(({ name }) => name === optimiser)
      .map((walk) => significant(finalDistance(walk), digits))
      .join(", ");
  return {
    signs: numberBox(
      "A noisy critic makes the actor's loss jump and change sign.",
      "the share of updates at which the loss changes sign",
      adam.signChanges,
      { confirmed: 0.4, refuted: 0.1 },
      `The sign changes at ${fixed(100 * adam.signChanges)} % of the updates. Random signs would change at half of them.`,
    ),
    positive: numberBox(
      "A positive loss indicates an update that reduces the reward.",
      "the share of SGD updates at a positive loss after which the same critic values the action less",
      1 - sgd.improvedAtPositiveLoss,
      { confirmed: 0.5, refuted: 0.1 },
      `After an update at a positive loss, the same critic values the action more in ${fixed(100 * sgd.improvedAtPositiveLoss)} % of cases with SGD and in ${fixed(100 * adam.improvedAtPositiveLoss)} % with Adam, whose momentum still follows earlier slopes. The sign of the loss −a · g depends on the signs of action and slope, not on the effect of the update.`,
    ),
    wandering: {
      claim: "The parameters follow a random walk instead of converging.",
      verdict: adam.exponent >= 0.3 && adam.exponent <= 0.7 ? "confirmed" : "refuted",
      because: `‖θ − θ₀‖ grows in proportion to the number of updates to the power ${significant(adam.exponent, 2)} with Adam and ${significant(sgd.exponent, 2)} with SGD.`,
      rule: "confirmed if Adam's exponent is between 0.3 and 0.7, else refuted; a random walk has 0.5, a straight line 1, convergence 0",
    } satisfies VerdictBox,
    size: numberBox(
      "The larger the noise, the larger the updates.",
      "the maximum relative change of Adam's final ‖θ − θ₀‖ when the noise is multiplied by 0.01 or 100",
      adamSpread,
      { confirmed: 0.5, refuted: 0.01 },
      `With Adam, ‖θ − θ₀‖ ends at ${distances("Adam", 4)} for noise × 0.01, 1 and 100, because Adam divides the gradient by its magnitude. With SGD it ends at ${distances("SGD", 3)}.`,
    ),
    clipping: numberBox(
      "Clipping gradients prevents large and damaging updates.",
      "Adam's final ‖θ − θ₀‖ with clipping, divided by that without,",
      adamClipping,
      { confirmed: 0.5, refuted: 0.8 },
      `Clipping to a norm of 1 multiplies the final ‖θ − θ₀‖ by ${significant(adamClipping)} with Adam and by ${significant(sgdClipping)} with SGD. Before Adam, clipping only rescales the gradient.`,
    ),
    averaging: averagingBox(averaging),
  };
}

function averagingBox(averaging: readonly Averaging[]): VerdictBox {
  const independent = averaging.filter(({ name }) => !name.includes("correlation"));
  const correlated = averaging.filter(({ name }) => name.includes("correlation"));
  const rows = [...independent, ...correlated].map((row) => ({ ...row, ratio: errorRatio(row) }));
  const ratios = rows.map(
    ({ name, exponent, ratio }) =>
      `${significant(ratio, 2)} (${name}; error ∝ N^${significant(exponent, 2)})`,
  );
  return {
    claim: "Averaging over more critics, or larger batches, steadies the actor.",
    verdict: combinedVerdict(rows.map(({ ratio }) => numberVerdict(ratio, 0.5, 0.8))),
    because: `Averaging N = 64 slopes instead of 1 multiplies the action's error by ${ratios.join(", ")}. Errors that the critics have in common do not average out.`,
    rule: "confirmed if the error at N = 64 is at most 0.5 of that at N = 1 in every row, refuted if it is at least 0.8 in every row, half-true if the rows disagree",
  };
}

/** Claims about the arm: one per remedy that is recommended against a noisy critic. */
export function armClaims(arm: ArmRuns): VerdictBox[] {
  const steadies = (claim: string, remedies: Parameters<typeof steadiesBox>[2]) =>
    steadiesBox(arm, claim, remedies, PLAIN);
  return [
    armBox(arm, {
      claim:
        "The oscillating actor has the noisier gradient: its batches agree less than those of the steady actor.",
      remedies: [PLAIN],
      base: REMEDIES.penalty,
      metric: GRADIENT_COSINE,
      side: "less",
    }),
    steadies("Gradient clipping steadies the actor.", [REMEDIES.clipping]),
    steadies("An ensemble of critics steadies the actor.", [REMEDIES.twin, REMEDIES.ensemble]),
    steadies("Reward scaling steadies the actor.", [REMEDIES.rewardScale]),
    steadies("Batch normalisation steadies the actor.", [REMEDIES.batchNorm]),
    steadies("Layer normalisation steadies the actor.", [REMEDIES.criticLayerNorm, REMEDIES.layerNorm]),
    armBox(arm, {
      claim: "Target networks steady the actor: without them it oscillates more.",
      remedies: [REMEDIES.noTargets],
      base: PLAIN,
      metric: OSCILLATION,
      side: "more",
    }),
    steadies("A lower learning rate of the actor steadies it.", [REMEDIES.slowActor]),
    steadies("A penalty on the actor's pre-activations steadies it.", [REMEDIES.penalty]),
  ];
}
