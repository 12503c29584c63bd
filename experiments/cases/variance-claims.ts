/** @file Claims of the noisy-critic case and their verdicts. */

import { fixed, significant } from "../report/number-text.ts";
import type { VerdictBox } from "../report/page.ts";
import { type ArmRuns, GRADIENT_COSINE, OSCILLATION } from "./arm-runs.ts";
import { type Averaging, OUTLIER_CLIP, OUTLIERS } from "./noisy-signal.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import type { VarianceMiniature, Walk } from "./variance-miniature.ts";
import {
  type ArmClaim,
  armVerdicts,
  combinedVerdict,
  numberBox,
  numberVerdict,
  steadies,
} from "./verdict-rules.ts";

const finalDistance = (walk: Walk) => walk.distance.at(-1) ?? Number.NaN;

function findWalk(walks: readonly Walk[], name: string): Walk {
  const walk = walks.find((each) => each.name === name && each.factor === 1);
  const missing = { distance: [], exponent: NaN, signChanges: NaN, improvedAtPositiveLoss: NaN };
  return walk ?? { name, factor: 1, ...missing };
}

const errorRatio = ({ points }: Averaging) =>
  (points.at(-1)?.error ?? Number.NaN) / (points[0]?.error ?? Number.NaN);

/** Claims about the miniature. */
export function miniatureClaims(miniature: VarianceMiniature) {
  const { walks, averaging } = miniature;
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
    size: noiseSizeBox(miniature, distances),
    clipping: clippingBox(miniature, adamClipping, sgdClipping),
    averaging: averagingBox(averaging),
  };
}

function noiseSizeBox(
  { adamSpread, scales }: VarianceMiniature,
  distances: (optimiser: string, digits: number) => string,
): VerdictBox {
  const adam = scales.filter(({ optimiser }) => optimiser === "Adam");
  const [least, largest] = [adam[0], adam.at(-1)];
  const ratio = (largest?.error ?? Number.NaN) / (least?.error ?? Number.NaN);
  return {
    claim: "The larger the noise, the larger the updates and the error.",
    verdict: combinedVerdict([numberVerdict(adamSpread, 0.5, 0.01), numberVerdict(ratio, 2, 1.1)]),
    because: `Without a signal the noise makes no difference to Adam, which divides the gradient by its magnitude: ‖θ − θ₀‖ ends at ${distances("Adam", 4)} for noise × 0.01, 1 and 100. With SGD it ends at ${distances("SGD", 3)}. Where there is a signal, the noise drowns it: from a noise of ${least?.noise} to one of ${largest?.noise}, the action's error with Adam rises from ${significant(least?.error ?? Number.NaN)} to ${significant(largest?.error ?? Number.NaN)}.`,
    rule: `two measurements with Adam. The maximum relative change of the final ‖θ − θ₀‖ when pure noise is multiplied by 0.01 or 100: confirmed from 0.5, refuted to 0.01; the ratio of the action's errors at the largest and the least noise: confirmed from 2, refuted to 1.1. Half-true if they disagree; measured: ${significant(adamSpread)}, ${significant(ratio)}`,
  };
}

function clippingBox({ outliers }: VarianceMiniature, adamWalk: number, sgdWalk: number): VerdictBox {
  const error = (optimiser: string, clipped: boolean) =>
    outliers.find((each) => each.optimiser === optimiser && each.clipped === clipped)?.error ?? Number.NaN;
  const ratio = (optimiser: string) => error(optimiser, true) / error(optimiser, false);
  const errors = (optimiser: string) =>
    `from ${significant(error(optimiser, false))} to ${significant(error(optimiser, true))} with ${optimiser}`;
  return {
    claim: "Clipping gradients prevents large and damaging updates.",
    verdict: combinedVerdict([numberVerdict(adamWalk, 0.5, 0.8), numberVerdict(ratio("Adam"), 0.5, 0.8)]),
    because: `Where all gradients are equally noisy, clipping to a norm of 1 multiplies the final ‖θ − θ₀‖ by ${significant(adamWalk)} with Adam, which only rescales what is clipped, and by ${significant(sgdWalk)} with SGD. Where there is a signal and 1 % of the slopes are outliers, ${OUTLIERS.factor} times as noisy as the others, clipping to a norm of ${OUTLIER_CLIP} reduces the action's error ${errors("Adam")} and ${errors("SGD")}.`,
    rule: `two measurements with Adam, clipped divided by not clipped: the final ‖θ − θ₀‖ under pure noise, and the action's error under outliers. Confirmed if both are at most 0.5, refuted if both are at least 0.8, half-true if they disagree; measured: ${significant(adamWalk)}, ${significant(ratio("Adam"))}`,
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

const steady = (claim: string, remedies: readonly Remedy[]) => steadies(claim, remedies, PLAIN);

/** One claim per remedy that is recommended against a noisy critic. */
const ARM: readonly ArmClaim[] = [
  {
    claim:
      "The oscillating actor has the noisier gradient: its batches agree less than those of the steady actor.",
    remedies: [PLAIN],
    base: REMEDIES.penalty,
    metric: GRADIENT_COSINE,
    side: "less",
  },
  steady("Gradient clipping steadies the actor.", [REMEDIES.clipping]),
  steady("An ensemble of critics steadies the actor.", [REMEDIES.twin, REMEDIES.ensemble]),
  steady("Reward scaling steadies the actor.", [REMEDIES.rewardScale]),
  steady("Batch normalisation steadies the actor.", [REMEDIES.batchNorm]),
  steady("Layer normalisation steadies the actor.", [REMEDIES.criticLayerNorm, REMEDIES.layerNorm]),
  {
    claim: "Target networks steady the actor: without them it oscillates more.",
    remedies: [REMEDIES.noTargets],
    base: PLAIN,
    metric: OSCILLATION,
    side: "more",
  },
  steady("A lower learning rate of the actor steadies it.", [REMEDIES.slowActor]),
  steady("A penalty on the actor's pre-activations steadies it.", [REMEDIES.penalty]),
];

/** Claims about the arm. */
export function armClaims(arm: ArmRuns): VerdictBox[] {
  return ARM.map(armVerdicts(arm, ARM));
}
