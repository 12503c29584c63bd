/** @file The case of the sparse reward: where credit is lost, and what brings it to the actions that earned it. */

import { lineChart } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Block } from "../report/page.ts";
import { besideBase, effectChart, effectTable, metricChart, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, STEPS_TO_95, SUCCESS } from "./arm-runs.ts";
import { verdictBlock as box, type CaseReport, type CaseStudy } from "./case-study.ts";
import { PLAIN } from "./remedies.ts";
import { armClaims, miniatureClaims } from "./sparse-claims.ts";
import { type CreditCurve, measureSparse, type SparseMiniature } from "./sparse-miniature.ts";
import { ALONE, LONGER, STARVED } from "./sparse-variants.ts";

const LATE = [
  { metric: "diagnostics/reward_density", name: "reward density, stored", decimals: 3 },
  { metric: "diagnostics/reward_density_hindsight", name: "reward density, in batches", decimals: 3 },
] as const;

export const SPARSE: CaseStudy = {
  name: "sparse",
  title: "Sparse rewards: where is credit lost, and what brings it back?",
  question:
    "A reward at the very end is said to leave the actor without an update anywhere else, and to be mended by shaping, exploration, prioritised replay and bootstrapping. Measured here: what the update is where nothing is paid, how fast a critic carries credit back, and what each remedy does for an arm that is only ever paid at its goal.",
  remedies: [STARVED, PLAIN, ...ALONE, ...LONGER],
  measure: async (engine) => {
    const numbers = await measureSparse(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: SparseMiniature, arm: ArmRuns): CaseReport {
  const small = miniatureClaims(numbers);
  const large = armClaims(arm);
  const density = (metric: string) => fixed(100 * arm.first(PLAIN, metric), 1);
  return {
    verdicts: [...Object.values(small), large.starved, ...large.others, large.bootstrap],
    sections: [
      {
        heading: "In small: the logarithm of an action",
        blocks: [
          {
            kind: "text",
            text: "A policy-gradient loss, −log a · (r − b), on an actor whose output a is a tanh; ten steps, of which only the last is paid 10, and a baseline b drawn from [0, 1). 400 first actors.",
          },
          box(small.logarithm),
          box(small.noUpdate),
        ],
      },
      {
        heading: "In small: how credit travels",
        blocks: [
          {
            kind: "text",
            text: "A chain of 50 steps with one reward at its end, γ = 0.95, and a critic that takes on its whole target at each update. Nothing can delay credit here but the targets themselves.",
          },
          creditFigure("Credit, by how fast targets move", numbers.credit, ({ nStep }) => nStep === 1),
          box(small.targets),
          creditFigure("Credit, by rewards summed", numbers.credit, ({ tau }) => tau === 0.02),
          box(small.bootstrap),
        ],
      },
      {
        heading: "On the arm: sparse, with and without hindsight",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset. Hindsight (`agent.her.k` = 4) replays an episode as if a place it did reach had been its goal.",
          },
          {
            kind: "figure",
            figure: {
              svg: metricChart(arm, "Success with and without hindsight", [PLAIN, STARVED], SUCCESS_RATE),
              caption: `Success rate of evaluations without noise. After the first 1,000 steps, which are random actions, ${density("diagnostics/reward_density")} % of the stored transitions are paid for their own goal; of those that hindsight gives to the updates, ${density("diagnostics/reward_density_hindsight")} %.`,
            },
          },
          box(large.starved),
        ],
      },
      {
        heading: "On the arm: instead of hindsight",
        blocks: [
          {
            kind: "charts",
            charts: besideBase(arm, ALONE, STARVED, SUCCESS_RATE),
            caption: "Each remedy by itself, without hindsight; dashed: the sparse reward without any.",
          },
          {
            kind: "figure",
            figure: {
              svg: effectChart(arm, "What each does for success", [PLAIN, ...ALONE], STARVED, SUCCESS),
              caption:
                "Difference of success at the end, seed by seed; mean and 95 % bootstrap interval. Plain is hindsight.",
            },
          },
          ...large.others.map(box),
          effectTable(arm, [PLAIN, ...ALONE], STARVED, LATE),
        ],
      },
      {
        heading: "On the arm: bootstrapping, with hindsight",
        blocks: [
          {
            kind: "text",
            text: "Returns of 50 steps are whole episodes: what is bootstrapped after them weighs γ⁵⁰ = 0.08. They are old policies' returns, and a hindsight goal cuts them at its moment.",
          },
          {
            kind: "charts",
            charts: besideBase(arm, LONGER, PLAIN, SUCCESS_RATE),
            caption: "Longer returns, with hindsight; dashed: one-step targets.",
          },
          {
            kind: "figure",
            figure: {
              svg: effectChart(arm, "What longer returns do to speed", LONGER, PLAIN, STEPS_TO_95),
              caption:
                "Difference of steps to 0.95; a seed that never gets there counts as the run's length.",
            },
          },
          box(large.bootstrap),
          effectTable(arm, LONGER, PLAIN, LATE),
        ],
      },
    ],
  };
}

function creditFigure(
  title: string,
  credit: readonly CreditCurve[],
  shown: (curve: CreditCurve) => boolean,
): Block {
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title,
        description:
          "Updates until half of the value is known, over the distance from the reward, on a logarithmic axis.",
        x: { label: "steps before the reward", range: [0, 50] },
        y: { label: "updates until half the value is known", scale: "log" },
        series: credit.filter(shown).map(({ name, updates }) => ({
          name,
          points: updates.map((each, x) => ({ x, y: each ?? Number.NaN })),
        })),
      }),
      caption: "A critic without any error of its own.",
    },
  };
}
