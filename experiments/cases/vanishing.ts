/** @file The case of the vanishing gradient: do small actions make it vanish, or large ones, and does exploring bring it back? */

import { besideBase, effectChart, effectTable, metricChart, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, STEPS_TO_95 } from "./arm-runs.ts";
import { verdictBlock as box, type CaseReport, type CaseStudy } from "./case-study.ts";
import { PLAIN } from "./remedies.ts";
import { boundsFigure, depthsFigure, waysBackFigure } from "./vanishing-charts.ts";
import { armClaims, miniatureClaims } from "./vanishing-claims.ts";
import { measureVanishing, type VanishingMiniature } from "./vanishing-miniature.ts";
import { EXPLORATIONS, EXPLORING_CURES, GRADIENT_CURES, SATURATED, STARTS } from "./vanishing-variants.ts";

const LATE = [
  { metric: "train/saturation", name: "saturation", decimals: 2 },
  { metric: "train/actor_grad_norm", name: "‖∇L_actor‖", decimals: 4 },
] as const;

export const VANISHING: CaseStudy = {
  name: "vanishing",
  title: "Vanishing gradients: do small actions stop an actor, or large ones?",
  question:
    "An actor whose first actions are tiny has a tiny loss, and is said to have a vanishing gradient that exploration noise would cure. Measured here: what the gradient is when the action is small, what it is when the tanh is saturated, and what brings a saturated arm back.",
  remedies: [...STARTS, ...EXPLORATIONS, ...EXPLORING_CURES, ...GRADIENT_CURES],
  measure: async (engine) => {
    const numbers = await measureVanishing(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: VanishingMiniature, arm: ArmRuns): CaseReport {
  const small = miniatureClaims(numbers);
  const large = armClaims(arm);
  return {
    verdicts: [...Object.values(small), ...Object.values(large).flat()],
    sections: [
      {
        heading: "In small: loss and gradient",
        blocks: [
          {
            kind: "text",
            text: "One observation of 10 numbers, 64 rectified units, one tanh, and the loss −a · g for a critic whose slope g is a fixed number in [0, 1). Of 21 seeds the median is shown. The last layer's first weights are drawn from U(±bound); 0.125 = 1/√64 is how other layers are drawn, 0.003 what DDPG uses.",
          },
          boundsFigure(numbers),
          box(small.smallLoss),
          box(small.smallGradient),
        ],
      },
      {
        heading: "In small: the saturated tanh, and the way back",
        blocks: [
          depthsFigure(numbers),
          box(small.saturation),
          {
            kind: "text",
            text: "What is left of the gradient need not be large: Adam divides it by its own size. So an actor may be asked to come back from z to |a| < 0.5, by a critic that says so at every update, and the updates are counted.",
          },
          waysBackFigure(numbers),
          box(small.stopped),
        ],
      },
      {
        heading: "On the arm: how the actor begins",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset. Only the bound of the actor's own last layer changes (`agent.actorLastLayerInit`); the critic begins as ever.",
          },
          {
            kind: "charts",
            charts: besideBase(
              arm,
              STARTS.filter((start) => start !== PLAIN),
              PLAIN,
              SUCCESS_RATE,
            ),
            caption:
              "Success rate of evaluations without noise. Faint: each seed; dashed: the plain actor's mean.",
          },
          {
            kind: "figure",
            figure: {
              svg: metricChart(arm, "Saturated pre-activations", STARTS, {
                metric: "train/saturation",
                label: "share of |z| > 2",
                range: [0, 1],
              }),
              caption: "Share of the actor's pre-activations beyond ± 2, where tanh′ < 0.071.",
            },
          },
          {
            kind: "figure",
            figure: {
              svg: metricChart(arm, "Gradient of the actor", STARTS, {
                metric: "train/actor_grad_norm",
                label: "‖∇L_actor‖₂",
                scale: "log",
              }),
              caption: "Norm of the actor's gradient over all its weights, mean since the last evaluation.",
            },
          },
          box(large.tiny),
          box(large.saturated),
          box(large.gradient),
          effectTable(arm, STARTS, PLAIN, LATE),
        ],
      },
      {
        heading: "On the arm: does exploration cure it?",
        blocks: [
          {
            kind: "text",
            text: "The actor's gradient is taken at μ(s), not at the action that was tried: noise can change only what the critic learns from. First the saturated actor, then the plain one with each way to explore.",
          },
          {
            kind: "charts",
            charts: besideBase(arm, [...EXPLORING_CURES, ...GRADIENT_CURES], SATURATED, SUCCESS_RATE),
            caption: "The saturated start with what is to cure it; dashed: without.",
          },
          {
            kind: "figure",
            figure: {
              svg: effectChart(
                arm,
                "What cures a saturated start",
                [...EXPLORING_CURES, ...GRADIENT_CURES],
                SATURATED,
                STEPS_TO_95,
              ),
              caption:
                "Difference of steps to 0.95, seed by seed; a seed that never gets there counts as the run's length.",
            },
          },
          box(large.exploring),
          ...large.gradients.map(box),
          effectTable(arm, [...EXPLORING_CURES, ...GRADIENT_CURES], SATURATED, LATE),
        ],
      },
      {
        heading: "On the arm: how the plain actor explores",
        blocks: [
          {
            kind: "text",
            text: "The first 1,000 steps are random actions in all of them, and no exploration means none after those.",
          },
          {
            kind: "charts",
            charts: besideBase(arm, EXPLORATIONS, PLAIN, SUCCESS_RATE),
            caption:
              "One way to explore at a time; dashed: the plain preset, which has Gaussian noise and held random actions.",
          },
          box(large.none),
          box(large.better),
          effectTable(arm, EXPLORATIONS, PLAIN, LATE),
        ],
      },
    ],
  };
}
