/** @file The case of the noisy critic: what noise does to an actor, and which remedy steadies one that oscillates. */

import { lineChart } from "../report/line-chart.ts";
import type { Block } from "../report/page.ts";
import { besideBase, effectChart, effectTable, metricChart, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, OSCILLATION, SUCCESS } from "./arm-runs.ts";
import { verdictBlock as box, type CaseReport, type CaseStudy } from "./case-study.ts";
import { PLAIN, REMEDIES, type Remedy } from "./remedies.ts";
import { armClaims, miniatureClaims } from "./variance-claims.ts";
import { measureVariance, UPDATES, type VarianceMiniature } from "./variance-miniature.ts";

/** Each by itself on the plain actor. */
const TRIED: readonly Remedy[] = [
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
  title: "A noisy critic: what does it do to the actor, and what helps?",
  question:
    "An actor that is handed noisy slopes is said to be driven to and fro, and to be steadied by gradient clipping, ensembles, scaled rewards, normalisation and target networks. Measured here: what pure noise does under Adam, and what each remedy does to an arm that oscillates.",
  remedies: [PLAIN, ...TRIED],
  measure: async (engine) => {
    const numbers = await measureVariance(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: VarianceMiniature, arm: ArmRuns): CaseReport {
  const small = miniatureClaims(numbers);
  const large = armClaims(arm);
  return {
    verdicts: [...Object.values(small), ...large],
    sections: [
      {
        heading: "In small: an actor driven by noise alone",
        blocks: [
          {
            kind: "text",
            text: "One observation of 10 numbers, 64 rectified units, a linear output, and the loss −a · g with g drawn anew from N(0, 100²) at each update: there is nothing to learn. Over 12 seeds: the root mean square of ‖θ − θ₀‖.",
          },
          walksFigure(numbers),
          box(small.signs),
          box(small.positive),
          box(small.wandering),
          box(small.size),
          box(small.clipping),
        ],
      },
      {
        heading: "In small: averaging",
        blocks: [
          {
            kind: "text",
            text: "Now there is a best action, 0.5, and the slope is 0.5 − a plus noise of deviation 5, averaged over N critics or as many times larger batches. The error is the root mean square of a − 0.5 over 300 updates, after 200 to settle.",
          },
          averagingFigure(numbers),
          box(small.averaging),
        ],
      },
      {
        heading: "On the arm: the actor that oscillates",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset: one critic, hindsight, nothing that steadies. Oscillation is the standard deviation of the evaluations in the last half of training.",
          },
          {
            kind: "figure",
            figure: {
              svg: metricChart(
                arm,
                "Plain, and with a penalty on pre-activations",
                [PLAIN, REMEDIES.penalty],
                SUCCESS_RATE,
              ),
              caption: "Success rate of evaluations without noise; each seed is a faint line.",
            },
          },
          {
            kind: "figure",
            figure: {
              svg: metricChart(
                arm,
                "Do batches agree on where to go?",
                [PLAIN, REMEDIES.penalty, REMEDIES.twin],
                {
                  metric: "diagnostics/actor_grad_cosine",
                  label: "mean cosine of 10 batches' actor gradients",
                },
              ),
              caption: "1 is one direction, 0 is noise (docs/diagnostics.md).",
            },
          },
          {
            kind: "charts",
            charts: besideBase(arm, TRIED, PLAIN, SUCCESS_RATE),
            caption: "Each remedy by itself; dashed: the plain actor's mean.",
          },
        ],
      },
      {
        heading: "On the arm: which remedy steadies it",
        blocks: [
          effect(arm, "What each remedy does to oscillation", "Difference of oscillation", OSCILLATION),
          effect(arm, "What each remedy does to success", "Difference of success at the end", SUCCESS),
          ...large.map(box),
          effectTable(arm, TRIED, PLAIN, LATE),
        ],
      },
    ],
  };
}

function effect(arm: ArmRuns, title: string, what: string, figure: typeof SUCCESS): Block {
  return {
    kind: "figure",
    figure: {
      svg: effectChart(arm, title, TRIED, PLAIN, figure),
      caption: `${what}, seed by seed; mean and 95 % bootstrap interval. Green is better, red is worse, grey may be either.`,
    },
  };
}

function walksFigure({ walks }: VarianceMiniature): Block {
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title: "How far noise alone carries the weights",
        description:
          "Distance from the first weights over updates, for Adam and gradient descent, scaled noise and clipping.",
        x: { label: "updates", scale: "log", range: [1, UPDATES] },
        y: { label: "‖θ − θ₀‖", scale: "log" },
        series: walks.map(({ name, factor, distance }) => ({
          name: factor === 1 ? name : `${name}, noise × ${factor}`,
          points: distance.map((y, i) => ({ x: i + 1, y })),
          dashed: factor !== 1,
        })),
      }),
      caption:
        "Adam at a rate of 0.001, SGD (plain gradient descent) at 0.00001. Where Adam's lines lie on each other, the size of the noise makes no difference to it.",
    },
  };
}

function averagingFigure({ averaging }: VarianceMiniature): Block {
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title: "Error of the action, by slopes averaged",
        description:
          "Root mean square error of the action over the number of slopes averaged, on logarithmic axes.",
        x: { label: "critics, or batches, averaged", scale: "log" },
        y: { label: "RMS of a − 0.5", scale: "log" },
        series: averaging.map(({ name, points }) => ({
          name,
          points: points.map(({ count, error }) => ({ x: count, y: error })),
        })),
      }),
      caption:
        "The slope's own error falls as 1/√N. The actor's falls more slowly: it keeps moving by what noise is left.",
    },
  };
}
