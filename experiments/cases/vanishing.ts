/** @file The vanishing-gradient case: do small or saturated actions make the gradient vanish, and what fixes it? */

import { effectChart, effectTable, metricChart, remedyCharts, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, STEPS_TO_95 } from "./arm-runs.ts";
import { type CaseReport, type CaseStudy, verdictBlock } from "./case-study.ts";
import { PLAIN } from "./remedies.ts";
import { boundsFigure, depthsFigure, recoveryFigure } from "./vanishing-charts.ts";
import { armClaims, miniatureClaims } from "./vanishing-claims.ts";
import { EARLIER_UPDATES, measureVanishing, type VanishingMiniature } from "./vanishing-miniature.ts";
import {
  EXPLORATIONS,
  SATURATED,
  SATURATED_EXPLORING,
  SATURATED_GRADIENT,
  STARTS,
} from "./vanishing-variants.ts";

const SATURATED_REMEDIES = [...SATURATED_EXPLORING, ...SATURATED_GRADIENT];

const LATE = [
  { metric: "train/saturation", name: "saturation", decimals: 2 },
  { metric: "train/actor_grad_norm", name: "‖∇L_actor‖", decimals: 4 },
] as const;

export const VANISHING: CaseStudy = {
  name: "vanishing",
  title: "Vanishing gradients: do small or saturated actions stop an actor?",
  question:
    "An actor with tiny initial actions has a tiny loss. A common claim is that its gradient vanishes as well, and that exploration noise fixes this. This case measures the gradient at small actions and in a saturated tanh, and which remedies let a saturated arm recover.",
  remedies: [...STARTS, ...EXPLORATIONS, ...SATURATED_REMEDIES],
  measure: async (engine) => {
    const numbers = await measureVanishing(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: VanishingMiniature, arm: ArmRuns): CaseReport {
  const miniature = miniatureClaims(numbers);
  const onArm = armClaims(arm);
  return {
    verdicts: [...Object.values(miniature), ...Object.values(onArm).flat()],
    sections: [
      {
        heading: "Miniature: loss and gradient",
        blocks: [
          {
            kind: "text",
            text: "An actor with one observation of 10 numbers, 64 ReLU units and one tanh output, and the loss −a · g for a critic with a constant slope g in [0, 1). Values are medians over 21 seeds. The output layer's initial weights are drawn from U(±bound). The bound is 0.125 = 1/√64 for other layers, and 0.003 in DDPG.",
          },
          boundsFigure(numbers),
          verdictBlock(miniature.smallLoss),
          verdictBlock(miniature.smallGradient),
        ],
      },
      {
        heading: "Miniature: saturation and recovery",
        blocks: [
          depthsFigure(numbers),
          verdictBlock(miniature.saturation),
          {
            kind: "text",
            text: `A small gradient can be sufficient, because Adam divides it by its magnitude. This test sets an actor to pre-activation z, trains it with a critic whose slope constantly demands a smaller action, and counts the updates until |a| < 0.5. The actor is either new, or has made ${EARLIER_UPDATES.toLocaleString("en")} updates with slopes drawn from N(0, 1), whose moments Adam keeps.`,
          },
          recoveryFigure(numbers),
          verdictBlock(miniature.stopped),
        ],
      },
      {
        heading: "Arm: initial weights of the actor",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset. Only the initial bound of the actor's output layer changes (`agent.actorLastLayerInit`), not that of the critic.",
          },
          {
            kind: "charts",
            charts: remedyCharts(
              arm,
              STARTS.filter((start) => start !== PLAIN),
              PLAIN,
              SUCCESS_RATE,
            ),
            caption:
              "Success rate of evaluations without exploration noise. Faint: single seeds. Dashed: mean of the plain preset.",
          },
          {
            kind: "figure",
            figure: {
              id: "saturation",
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
              id: "gradient-norm",
              svg: metricChart(arm, "Actor gradient norm", STARTS, {
                metric: "train/actor_grad_norm",
                label: "‖∇L_actor‖₂",
                scale: "log",
              }),
              caption:
                "Norm of the actor's gradient over all weights, averaged since the previous evaluation.",
            },
          },
          verdictBlock(onArm.tiny),
          verdictBlock(onArm.saturated),
          verdictBlock(onArm.gradient),
          effectTable(arm, STARTS, PLAIN, LATE),
        ],
      },
      {
        heading: "Arm: remedies for a saturated start",
        blocks: [
          {
            kind: "text",
            text: "The actor's gradient is evaluated at μ(s), not at the executed action, so exploration noise changes only the data of the critic.",
          },
          {
            kind: "charts",
            charts: remedyCharts(arm, SATURATED_REMEDIES, SATURATED, SUCCESS_RATE),
            caption: "Saturated start with each remedy. Dashed: without.",
          },
          {
            kind: "figure",
            figure: {
              id: "saturated-start-effects",
              svg: effectChart(
                arm,
                "Effect of each remedy on a saturated start",
                SATURATED_REMEDIES,
                SATURATED,
                STEPS_TO_95,
              ),
              caption:
                "Paired difference in steps to 0.95. A seed that never reaches 0.95 counts with the length of the run.",
            },
          },
          verdictBlock(onArm.exploring),
          ...onArm.gradients.map(verdictBlock),
          effectTable(arm, SATURATED_REMEDIES, SATURATED, LATE),
        ],
      },
      {
        heading: "Arm: exploration of the plain preset",
        blocks: [
          {
            kind: "text",
            text: "In every variant the first 1,000 steps are random actions; `no exploration` means none after them.",
          },
          {
            kind: "charts",
            charts: remedyCharts(arm, EXPLORATIONS, PLAIN, SUCCESS_RATE),
            caption:
              "One exploration method at a time. Dashed: the plain preset, with Gaussian noise and held random actions.",
          },
          verdictBlock(onArm.none),
          verdictBlock(onArm.better),
          effectTable(arm, EXPLORATIONS, PLAIN, LATE),
        ],
      },
    ],
  };
}
