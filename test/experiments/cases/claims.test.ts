/** @file What a case says follows from its numbers, either way: nothing is known beforehand. */

import { describe, expect, it } from "vitest";
import { miniatureClaims as sparseClaims } from "../../../experiments/cases/sparse-claims.ts";
import type { SparseMiniature } from "../../../experiments/cases/sparse-miniature.ts";
import { miniatureClaims as vanishingClaims } from "../../../experiments/cases/vanishing-claims.ts";
import type { VanishingMiniature } from "../../../experiments/cases/vanishing-miniature.ts";
import { miniatureClaims as varianceClaims } from "../../../experiments/cases/variance-claims.ts";
import type { VarianceMiniature } from "../../../experiments/cases/variance-miniature.ts";

/** Which way a world is made: as it is measured here, or as the claims would have it. */
const verdicts = (claims: object) =>
  Object.fromEntries(Object.entries(claims).map(([name, { verdict }]) => [name, verdict]));

function vanishing(gradientFalls: number, saturationFalls: number, back: number | null): VanishingMiniature {
  const look = { action: 1, loss: 1, byAction: 1, byWeights: 1, byHidden: 1 };
  return {
    bounds: [
      { ...look, bound: 1e-4, loss: 1e-3, byWeights: 1 / gradientFalls },
      { ...look, bound: 0.125 },
    ],
    depths: [
      { z: 0, slope: 1, byWeights: 1 },
      { z: 5, slope: 2e-4, byWeights: 1 / saturationFalls },
      { z: 9, slope: 6e-8, byWeights: 0 },
    ],
    waysBack: [
      {
        name: "Adam, rate 0.001",
        updates: [
          { z: 5, updates: 90 },
          { z: 9, updates: back },
        ],
      },
    ],
  };
}

describe("the claims on vanishing gradients", () => {
  it("are decided by how far loss and gradient fall", () => {
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
  const walk = (name: string, factor: number, end: number) => ({
    name,
    factor,
    distance: [0.1, end],
    exponent: 0.5,
    signChanges: 0.5,
    improvedAtPositiveLoss: 1,
  });
  return {
    walks: [
      walk("Adam", 1, 1),
      walk("SGD", 1, 1),
      walk("Adam, clipped to 1", 1, clippingHelps ? 0.1 : 1.2),
      walk("SGD, clipped to 1", 1, 0.01),
    ],
    adamSpread: sizeMatters ? 1 : 1e-5,
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

describe("the claims on the noisy critic", () => {
  it("are decided by how far the noise carries the weights", () => {
    expect(verdicts(varianceClaims(variance(false, false, 0.9)))).toEqual({
      signs: "confirmed",
      positive: "refuted",
      wandering: "confirmed",
      size: "refuted",
      clipping: "refuted",
      averaging: "half-true",
    });
    expect(verdicts(varianceClaims(variance(true, true, 0.2)))).toMatchObject({
      size: "confirmed",
      clipping: "confirmed",
      averaging: "confirmed",
    });
  });
});

function sparse(broken: number, unpaidWay: number, slow: number, whole: number): SparseMiniature {
  const at = (tau: number, nStep: number, updates: number) => ({
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
      at(1, 1, 40),
      at(0.1, 1, 400),
      at(0.02, 1, slow),
      at(0.02, 3, 10),
      at(0.02, 10, 5),
      at(0.02, 50, whole),
    ],
  };
}

describe("the claims on sparse rewards", () => {
  it("are decided by lost actors, unpaid updates and the updates that credit takes", () => {
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
