/** @file Verdicts of the miniature claims, for numbers that confirm and numbers that refute them. */

import { describe, expect, it } from "vitest";
import { miniatureClaims as sparseClaims } from "../../../experiments/cases/sparse-claims.ts";
import type { SparseMiniature } from "../../../experiments/cases/sparse-miniature.ts";
import { miniatureClaims as vanishingClaims } from "../../../experiments/cases/vanishing-claims.ts";
import {
  FRESH_ADAM,
  USED_ADAM,
  type VanishingMiniature,
} from "../../../experiments/cases/vanishing-miniature.ts";
import { miniatureClaims as varianceClaims } from "../../../experiments/cases/variance-claims.ts";
import type { VarianceMiniature } from "../../../experiments/cases/variance-miniature.ts";

const verdicts = (claims: object) =>
  Object.fromEntries(Object.entries(claims).map(([name, { verdict }]) => [name, verdict]));

function vanishing(
  gradientRatio: number,
  saturationRatio: number,
  recoveredAt: number | null,
): VanishingMiniature {
  const normal = { action: 1, loss: 1, byAction: 1, byWeights: 1, byHidden: 1 };
  return {
    bounds: [
      { ...normal, bound: 1e-4, loss: 1e-3, byWeights: 1 / gradientRatio },
      { ...normal, bound: 0.125 },
    ],
    depths: [
      { z: 0, slope: 1, byWeights: 1 },
      { z: 5, slope: 2e-4, byWeights: 1 / saturationRatio },
      { z: 9, slope: 6e-8, byWeights: 0 },
    ],
    waysBack: [
      {
        name: FRESH_ADAM,
        updates: [
          { z: 5, updates: 90 },
          { z: 9, updates: null },
        ],
      },
      {
        name: USED_ADAM,
        updates: [
          { z: 5, updates: 3000 },
          { z: 9, updates: recoveredAt },
        ],
      },
    ],
  };
}

describe("claims on vanishing gradients", () => {
  it("depend on the ratios of loss and gradient and on the recovery", () => {
    expect(verdicts(vanishingClaims(vanishing(1.05, 5000, null)))).toEqual({
      smallLoss: "confirmed",
      smallGradient: "refuted",
      saturation: "confirmed",
      stopped: "half-true",
    });
    expect(verdicts(vanishingClaims(vanishing(1000, 1.5, 120)))).toMatchObject({
      smallGradient: "confirmed",
      saturation: "refuted",
      stopped: "refuted",
    });
  });
});

function variance(sizeMatters: boolean, clippingHelps: boolean, correlatedRatio: number): VarianceMiniature {
  const walk = (name: string, finalDistance: number) => ({
    name,
    factor: 1,
    distance: [0.1, finalDistance],
    exponent: 0.5,
    signChanges: 0.5,
    improvedAtPositiveLoss: 1,
  });
  return {
    walks: [
      walk("Adam", 1),
      walk("SGD", 1),
      walk("Adam, clipped to 1", clippingHelps ? 0.1 : 1.2),
      walk("SGD, clipped to 1", 0.01),
    ],
    adamSpread: sizeMatters ? 1 : 1e-5,
    scales: [
      { optimiser: "Adam", noise: 0.1, error: 0.1 },
      { optimiser: "Adam", noise: 10, error: 0.4 },
    ],
    outliers: [
      { optimiser: "Adam", clipped: false, error: 0.3 },
      { optimiser: "Adam", clipped: true, error: 0.06 },
    ],
    averaging: [
      {
        name: "Adam, independent",
        exponent: -0.3,
        points: [
          { count: 1, error: 1 },
          { count: 64, error: 0.3 },
        ],
      },
      {
        name: "Adam, correlation 0.5",
        exponent: 0,
        points: [
          { count: 1, error: 1 },
          { count: 64, error: correlatedRatio },
        ],
      },
    ],
  };
}

describe("claims on the noisy critic", () => {
  it("depend on the displacement of the weights and the error of the action", () => {
    expect(verdicts(varianceClaims(variance(false, false, 0.9)))).toEqual({
      signs: "confirmed",
      positive: "refuted",
      wandering: "confirmed",
      // Refuted by pure noise, confirmed where there is a signal.
      size: "half-true",
      clipping: "half-true",
      averaging: "half-true",
    });
    expect(verdicts(varianceClaims(variance(true, true, 0.2)))).toMatchObject({
      size: "confirmed",
      clipping: "confirmed",
      averaging: "confirmed",
    });
  });
});

function sparse(broken: number, unpaidWay: number, slow: number, fullReturn: number): SparseMiniature {
  const curve = (tau: number, nStep: number, updates: number) => ({
    name: "",
    tau,
    nStep,
    updates: new Array<number>(50).fill(updates),
  });
  return {
    logarithm: {
      seeds: 400,
      brokenAtFirst: broken,
      brokenAtLast: broken,
      unpaidAdvantage: 0.5,
      unpaidGradient: 1,
      paidGradient: 10,
      unpaidWay,
    },
    credit: [
      curve(1, 1, 40),
      curve(0.1, 1, 400),
      curve(0.02, 1, slow),
      curve(0.02, 3, 10),
      curve(0.02, 10, 5),
      curve(0.02, 50, fullReturn),
    ],
  };
}

describe("claims on sparse rewards", () => {
  it("depend on NaN losses, updates without reward and the speed of credit propagation", () => {
    expect(verdicts(sparseClaims(sparse(0.5, 0.95, 2000, 1)))).toEqual({
      logarithm: "refuted",
      noUpdate: "refuted",
      targets: "confirmed",
      bootstrap: "refuted",
    });
    expect(verdicts(sparseClaims(sparse(0, 0.01, 50, 500)))).toEqual({
      logarithm: "confirmed",
      noUpdate: "confirmed",
      targets: "refuted",
      bootstrap: "confirmed",
    });
  });
});
