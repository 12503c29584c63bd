/** @file The miniature of the vanishing gradient as charts. */

import { lineChart } from "../report/line-chart.ts";
import type { Block } from "../report/page.ts";
import type { VanishingMiniature } from "./vanishing-miniature.ts";

export function boundsFigure({ bounds }: VanishingMiniature): Block {
  const line = (name: string, of: (look: (typeof bounds)[number]) => number) => ({
    name,
    points: bounds.map((look) => ({ x: look.bound, y: of(look) })),
  });
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title: "Loss and gradient, by the first weights",
        description:
          "Loss, slope by the action and gradient by the weights, over the bound of the last layer's first weights, all on logarithmic axes.",
        x: { label: "bound of the last layer's first weights", scale: "log" },
        y: { label: "absolute value or norm", scale: "log" },
        series: [
          line("|L|", ({ loss }) => loss),
          line("|∂L/∂a|", ({ byAction }) => byAction),
          line("‖∂L/∂θ‖, all weights", ({ byWeights }) => byWeights),
          { ...line("hidden layer's part", ({ byHidden }) => byHidden), dashed: true },
        ],
      }),
      caption:
        "Medians over seeds. A line that ends has come to exactly 0, which has no place on a logarithmic axis.",
    },
  };
}

export function depthsFigure({ depths }: VanishingMiniature): Block {
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title: "Gradient, by the tanh's input",
        description:
          "The gradient's norm falls with 1 − tanh² z, by four decades up to z = 5, and ends at z = 9.",
        x: { label: "z, the tanh's input", range: [0, 12] },
        y: { label: "norm, and slope of the tanh", scale: "log" },
        series: [
          { name: "‖∂L/∂θ‖", points: depths.map(({ z, byWeights }) => ({ x: z, y: byWeights })) },
          { name: "1 − tanh² z", points: depths.map(({ z, slope }) => ({ x: z, y: slope })), dashed: true },
        ],
      }),
      caption: "Measured gradient beside the tanh's slope in float64. The line ends where float32 has 0.",
    },
  };
}

export function waysBackFigure({ waysBack }: VanishingMiniature): Block {
  return {
    kind: "figure",
    figure: {
      svg: lineChart({
        title: "Updates until |a| < 0.5 again",
        description:
          "Updates needed to return from each depth, by optimiser and remedy; lines end where there is no return.",
        x: { label: "z at the start", range: [0, 12] },
        y: { label: "updates", scale: "log" },
        series: waysBack.map(({ name, updates }) => ({
          name,
          points: updates.map((each) => ({ x: each.z, y: each.updates ?? Number.NaN })),
        })),
      }),
      caption:
        "A line ends where the patience of 2,000 updates does not suffice. A penalty on z, and a gradient inverted at the bounds, are not multiplied by the slope of the tanh.",
    },
  };
}
