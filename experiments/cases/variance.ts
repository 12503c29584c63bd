/** @file The noisy-critic case: how noise affects an actor, and which remedies steady one that oscillates. */

import { lineChart } from "../report/line-chart.ts";
import type { Block } from "../report/page.ts";
import { effectChart, effectTable, metricChart, remedyCharts, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, OSCILLATION, type RunMetric, SUCCESS } from "./arm-runs.ts";
import { type CaseReport, type CaseStudy, verdictBlock } from "./case-study.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import { armClaims, miniatureClaims } from "./variance-claims.ts";
import { measureVariance, UPDATES, type VarianceMiniature } from "./variance-miniature.ts";

/** Single remedies on the plain preset. */
const REMEDIES_TESTED: readonly Remedy[] = [
  REMEDIES.clipping,
  REMEDIES.twin,
  REMEDIES.ensemble,
  REMEDIES.rewardScale,
  REMEDIES.criticLayerNorm,
  REMEDIES.layerNorm,
  REMEDIES.batchNorm,
  REMEDIES.crossq,
  REMEDIES.noTargets,
  REMEDIES.slowTargets,
  REMEDIES.slowActor,
  REMEDIES.penalty,
];

const LATE = [
  { metric: "diagnostics/actor_grad_cosine", name: "gradient cosine", decimals: 2 },
  { metric: "diagnostics/actor_grad_snr", name: "gradient SNR", decimals: 2 },
  { metric: "train/saturation", name: "saturation", decimals: 2 },
] as const;

export const VARIANCE: CaseStudy = {
  name: "variance",
  title: "Noisy critic: how does it affect the actor, and what helps?",
  question:
    "A common claim is that noisy slopes of the critic make the actor oscillate, and that gradient clipping, ensembles, reward scaling, normalisation and target networks steady it. This case measures the effect of pure noise with Adam, and the effect of each remedy on an arm that oscillates.",
  remedies: [PLAIN, ...REMEDIES_TESTED],
  measure: async (engine) => {
    const numbers = await measureVariance(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: VarianceMiniature, arm: ArmRuns): CaseReport {
  const miniature = miniatureClaims(numbers);
  const onArm = armClaims(arm);
  return {
    verdicts: [...Object.values(miniature), ...onArm],
    sections: [
      {
        heading: "Miniature: an actor driven by pure noise",
        blocks: [
          {
            kind: "text",
            text: "An actor with one observation of 10 numbers, 64 ReLU units and a linear output, and the loss −a · g, with g drawn from N(0, 100²) at each update. There is no signal to learn. ‖θ − θ₀‖ is the root mean square over 12 seeds.",
          },
          walksFigure(numbers),
          verdictBlock(miniature.signs),
          verdictBlock(miniature.positive),
          verdictBlock(miniature.wandering),
        ],
      },
      {
        heading: "Miniature: noise beside a signal",
        blocks: [
          {
            kind: "text",
            text: "The best action is 0.5, and the slope is 0.5 − a plus noise. The error is the root mean square of a − 0.5 over 300 updates, after 200 updates to settle. For averaging, the noise has a standard deviation of 5 and is averaged over N critics or over batches N times as large.",
          },
          verdictBlock(miniature.size),
          verdictBlock(miniature.clipping),
          averagingFigure(numbers),
          verdictBlock(miniature.averaging),
        ],
      },
      {
        heading: "Arm: the oscillating actor",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset: DDPG + HER with one critic and no stabilisers. Oscillation is the standard deviation of the evaluations in the last half of training.",
          },
          {
            kind: "figure",
            figure: {
              id: "success",
              svg: metricChart(
                arm,
                "Plain, and with a pre-activation penalty",
                [PLAIN, REMEDIES.penalty],
                SUCCESS_RATE,
              ),
              caption: "Success rate of evaluations without exploration noise. Faint lines are single seeds.",
            },
          },
          {
            kind: "figure",
            figure: {
              id: "gradient-cosine",
              svg: metricChart(
                arm,
                "Agreement of actor gradients across batches",
                [PLAIN, REMEDIES.penalty, REMEDIES.twin],
                {
                  metric: "diagnostics/actor_grad_cosine",
                  label: "mean cosine of 10 batches' actor gradients",
                },
              ),
              caption: "1: all batches have the same gradient direction. 0: noise. See docs/diagnostics.md.",
            },
          },
          {
            kind: "charts",
            charts: remedyCharts(arm, REMEDIES_TESTED, PLAIN, SUCCESS_RATE),
            caption: "Each remedy alone. Dashed: mean of the plain preset.",
          },
        ],
      },
      {
        heading: "Arm: effect of the remedies",
        blocks: [
          effectFigure(arm, "oscillation-effects", "Effect of each remedy on oscillation", OSCILLATION),
          effectFigure(arm, "success-effects", "Effect of each remedy on success", SUCCESS),
          ...onArm.map(verdictBlock),
          effectTable(arm, REMEDIES_TESTED, PLAIN, LATE),
        ],
      },
    ],
  };
}

function effectFigure(arm: ArmRuns, id: string, title: string, metric: RunMetric): Block {
  return {
    kind: "figure",
    figure: {
      id,
      svg: effectChart(arm, title, REMEDIES_TESTED, PLAIN, metric),
      caption: `Paired difference in ${metric.name}: mean and 95 % interval of each row alone. Green is better, red is worse, grey is inconclusive.`,
    },
  };
}

function walksFigure({ walks }: VarianceMiniature): Block {
  return {
    kind: "figure",
    figure: {
      id: "random-walk",
      svg: lineChart({
        title: "Distance of the weights under pure noise",
        description:
          "Distance from the initial weights over updates, for Adam and SGD, scaled noise and clipping.",
        x: { label: "updates", scale: "log", range: [1, UPDATES] },
        y: { label: "‖θ − θ₀‖", scale: "log" },
        series: walks.map(({ name, factor, distance }) => ({
          name: factor === 1 ? name : `${name}, noise × ${factor}`,
          points: distance.map((y, i) => ({ x: i + 1, y })),
          dashed: factor !== 1,
        })),
      }),
      caption:
        "Learning rates: Adam 0.001, SGD 0.00001. Adam's lines for different noise scales coincide: the scale has no effect.",
    },
  };
}

function averagingFigure({ averaging }: VarianceMiniature): Block {
  return {
    kind: "figure",
    figure: {
      id: "averaging",
      svg: lineChart({
        title: "Action error by number of averaged slopes",
        description:
          "Root mean square error of the action over the number of averaged slopes, on logarithmic axes.",
        x: { label: "averaged critics or batches", scale: "log" },
        y: { label: "RMS of a − 0.5", scale: "log" },
        series: averaging.map(({ name, points }) => ({
          name,
          points: points.map(({ count, error }) => ({ x: count, y: error })),
        })),
      }),
      caption:
        "The error of the slope falls as 1/√N. That of the actor falls more slowly, because the remaining noise keeps moving it.",
    },
  };
}
