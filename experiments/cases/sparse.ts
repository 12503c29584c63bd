/** @file The sparse-reward case: where credit is lost, and which remedies restore it. */

import { lineChart } from "../report/line-chart.ts";
import { fixed } from "../report/number-text.ts";
import type { Block } from "../report/page.ts";
import { effectChart, effectTable, metricChart, remedyCharts, SUCCESS_RATE } from "./arm-charts.ts";
import { type ArmRuns, STEPS_TO_95, SUCCESS } from "./arm-runs.ts";
import { type CaseReport, type CaseStudy, verdictBlock } from "./case-study.ts";
import { PLAIN } from "./remedies.ts";
import { armClaims, miniatureClaims } from "./sparse-claims.ts";
import { type CreditCurve, measureSparse, type SparseMiniature } from "./sparse-miniature.ts";
import { INSTEAD_OF_HER, LONGER_RETURNS, NO_HER } from "./sparse-variants.ts";

const LATE = [
  { metric: "diagnostics/reward_density", name: "reward density, stored", decimals: 3 },
  { metric: "diagnostics/reward_density_hindsight", name: "reward density, in batches", decimals: 3 },
] as const;

export const SPARSE: CaseStudy = {
  name: "sparse",
  title: "Sparse rewards: where is credit lost, and what restores it?",
  question:
    "Two common claims about a single final reward are that the actor receives no update in any other step, and that shaping, exploration, prioritised replay and bootstrapping fix this. This case measures the update in steps without reward, the speed at which a critic propagates credit, and the effect of each remedy on an arm that is rewarded only at its goal.",
  remedies: [NO_HER, PLAIN, ...INSTEAD_OF_HER, ...LONGER_RETURNS],
  measure: async (engine) => {
    const numbers = await measureSparse(engine);
    return { numbers, report: (arm) => report(numbers, arm) };
  },
};

function report(numbers: SparseMiniature, arm: ArmRuns): CaseReport {
  const miniature = miniatureClaims(numbers);
  const onArm = armClaims(arm);
  const density = (metric: string) => fixed(100 * arm.first(PLAIN, metric), 1);
  return {
    verdicts: [...Object.values(miniature), onArm.hindsight, ...onArm.others, onArm.bootstrap],
    sections: [
      {
        heading: "Miniature: the logarithm of an action",
        blocks: [
          {
            kind: "text",
            text: "A policy-gradient loss −log a · (r − b) on an actor whose output a is a tanh. An episode has ten steps; only the last one has a reward, 10. The baseline b is drawn from [0, 1). 400 initial actors.",
          },
          verdictBlock(miniature.logarithm),
          verdictBlock(miniature.noUpdate),
        ],
      },
      {
        heading: "Miniature: credit propagation",
        blocks: [
          {
            kind: "text",
            text: "A chain of 50 steps with one reward at its end, γ = 0.95, and a critic that moves to its full target at each update. Credit can be delayed only by the targets.",
          },
          creditFigure(
            "credit-by-tau",
            "Credit propagation by target rate τ",
            numbers.credit,
            ({ nStep }) => nStep === 1,
          ),
          verdictBlock(miniature.targets),
          creditFigure(
            "credit-by-n-step",
            "Credit propagation by n-step returns",
            numbers.credit,
            ({ tau }) => tau === 0.02,
          ),
          verdictBlock(miniature.bootstrap),
        ],
      },
      {
        heading: "Arm: sparse reward with and without hindsight",
        blocks: [
          {
            kind: "text",
            text: "`panda-reach`, sparse reward, joint torques, the plain preset. Hindsight (HER, `agent.her.k` = 4) relabels transitions with goals that the episode did reach.",
          },
          {
            kind: "figure",
            figure: {
              id: "success",
              svg: metricChart(arm, "Success with and without hindsight", [PLAIN, NO_HER], SUCCESS_RATE),
              caption: `Success rate of evaluations without exploration noise. After the first 1,000 steps, which are random actions, ${density("diagnostics/reward_density")} % of the stored transitions are rewarded for their original goal. Of the transitions in batches after relabelling, ${density("diagnostics/reward_density_hindsight")} % are.`,
            },
          },
          verdictBlock(onArm.hindsight),
        ],
      },
      {
        heading: "Arm: alternatives to hindsight",
        blocks: [
          {
            kind: "charts",
            charts: remedyCharts(arm, INSTEAD_OF_HER, NO_HER, SUCCESS_RATE),
            caption: "Each remedy alone, without hindsight. Dashed: the sparse reward without a remedy.",
          },
          {
            kind: "figure",
            figure: {
              id: "success-effects",
              svg: effectChart(
                arm,
                "Effect of each remedy on success",
                [PLAIN, ...INSTEAD_OF_HER],
                NO_HER,
                SUCCESS,
              ),
              caption:
                "Paired difference in success at the end: mean and 95 % interval of each row alone. The row `plain` is hindsight.",
            },
          },
          ...onArm.others.map(verdictBlock),
          effectTable(arm, [PLAIN, ...INSTEAD_OF_HER], NO_HER, LATE),
        ],
      },
      {
        heading: "Arm: bootstrapping, with hindsight",
        blocks: [
          {
            kind: "text",
            text: "Returns over 50 steps cover complete episodes: the bootstrap term is weighted by γ⁵⁰ = 0.08. They are off-policy returns of older policies, and end where a relabelled goal is reached.",
          },
          {
            kind: "charts",
            charts: remedyCharts(arm, LONGER_RETURNS, PLAIN, SUCCESS_RATE),
            caption: "Longer returns, with hindsight. Dashed: one-step targets.",
          },
          {
            kind: "figure",
            figure: {
              id: "speed-effects",
              svg: effectChart(arm, "Effect of longer returns on speed", LONGER_RETURNS, PLAIN, STEPS_TO_95),
              caption:
                "Paired difference in steps to 0.95. A seed that never reaches 0.95 counts with the length of the run.",
            },
          },
          verdictBlock(onArm.bootstrap),
          effectTable(arm, LONGER_RETURNS, PLAIN, LATE),
        ],
      },
    ],
  };
}

function creditFigure(
  id: string,
  title: string,
  credit: readonly CreditCurve[],
  included: (curve: CreditCurve) => boolean,
): Block {
  return {
    kind: "figure",
    figure: {
      id,
      svg: lineChart({
        title,
        description:
          "Updates until half of the value is learned, by distance from the reward, on a logarithmic axis.",
        x: { label: "steps before the reward", range: [0, 50] },
        y: { label: "updates until half of the value is learned", scale: "log" },
        series: credit.filter(included).map(({ name, updates }) => ({
          name,
          points: updates.map((each, x) => ({ x, y: each ?? Number.NaN })),
        })),
      }),
      caption: "The critic has no approximation error.",
    },
  };
}
