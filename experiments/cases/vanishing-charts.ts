/** @file Charts of the vanishing-gradient miniature. */

import { lineChart } from "../report/line-chart.ts";
import type { Block } from "../report/page.ts";
import {
  type BoundResult,
  EARLIER_UPDATES,
  MAX_UPDATES,
  type VanishingMiniature,
} from "./vanishing-miniature.ts";

export function boundsFigure({ bounds }: VanishingMiniature): Block {
  const line = (name: string, of: (result: BoundResult) => number) => ({
    name,
    points: bounds.map((result) => ({ x: result.bound, y: of(result) })),
  });
  return {
    kind: "figure",
    figure: {
      id: "loss-and-gradient",
      svg: lineChart({
        title: "Loss and gradient by initial weights",
        description:
          "Loss, slope by the action and gradient by the weights, over the bound of the output layer's initial weights; logarithmic axes.",
        x: { label: "bound of the output layer's initial weights", scale: "log" },
        y: { label: "absolute value or norm", scale: "log" },
        series: [
          line("|L|", ({ loss }) => loss),
          line("|∂L/∂a|", ({ byAction }) => byAction),
          line("‖∂L/∂θ‖, all weights", ({ byWeights }) => byWeights),
          { ...line("hidden layer only", ({ byHidden }) => byHidden), dashed: true },
        ],
      }),
      caption:
        "Medians over seeds. A line ends where the value is exactly 0, which a logarithmic axis cannot show.",
    },
  };
}

export function depthsFigure({ depths }: VanishingMiniature): Block {
  return {
    kind: "figure",
    figure: {
      id: "gradient-by-pre-activation",
      svg: lineChart({
        title: "Gradient by pre-activation",
        description:
          "The gradient's norm falls with 1 − tanh² z, by four decades up to z = 5, and ends at z = 9.",
        x: { label: "pre-activation z", range: [0, 12] },
        y: { label: "norm, and slope of the tanh", scale: "log" },
        series: [
          { name: "‖∂L/∂θ‖", points: depths.map(({ z, byWeights }) => ({ x: z, y: byWeights })) },
          { name: "1 − tanh² z", points: depths.map(({ z, slope }) => ({ x: z, y: slope })), dashed: true },
        ],
      }),
      caption:
        "Measured gradient, and the slope of the tanh in float64. The line ends where the gradient is 0 in float32.",
    },
  };
}

export function recoveryFigure({ waysBack }: VanishingMiniature): Block {
  return {
    kind: "figure",
    figure: {
      id: "recovery",
      svg: lineChart({
        title: "Updates to recover |a| < 0.5",
        description:
          "Updates needed to recover from each pre-activation, by optimiser and remedy; a line ends where the actor does not recover.",
        x: { label: "initial pre-activation z", range: [0, 12] },
        y: { label: "updates", scale: "log" },
        series: waysBack.map(({ name, updates }) => ({
          name,
          points: updates.map((each) => ({ x: each.z, y: each.updates ?? Number.NaN })),
        })),
      }),
      caption: `A line ends where ${MAX_UPDATES.toLocaleString("en")} updates are not enough. "In a run": with the moments of ${EARLIER_UPDATES.toLocaleString("en")} updates under a noisy critic, which Adam forgets over thousands of updates. The gradients of a penalty on z, and gradients inverted at the bounds, are not multiplied by the slope of the tanh.`,
    },
  };
}
