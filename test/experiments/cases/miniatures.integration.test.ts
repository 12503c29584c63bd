/** @file Compares the miniatures with closed-form results. */

import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../agent/engine/engine.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { measureSparse } from "../../../experiments/cases/sparse-miniature.ts";
import { measureVanishing } from "../../../experiments/cases/vanishing-miniature.ts";
import { measureVariance, slopeOfLogs } from "../../../experiments/cases/variance-miniature.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine("onnx");
});

describe("vanishing-gradient miniature", () => {
  it("has |∂L/∂a| independent of the action, and a gradient proportional to the slope of the tanh", async () => {
    const { bounds, depths, waysBack } = await measureVanishing(engine);
    for (const { byAction } of bounds) expect(byAction).toBeCloseTo(bounds[0]!.byAction, 6);
    for (const { z, slope, byWeights } of depths.filter(({ z }) => z <= 6)) {
      expect(byWeights / depths[0]!.byWeights / slope, `z = ${z}`).toBeCloseTo(1, 1);
    }
    expect(depths.at(-1)?.byWeights).toBe(0);
    const updates = (name: string) => waysBack.find((each) => each.name.startsWith(name))!.updates;
    expect(updates("Adam, rate").at(-1)!.updates).toBeNull();
    for (const remedy of ["Adam, pre-activation penalty", "Adam, inverted"]) {
      expect(updates(remedy).at(-1)!.updates).toBeLessThan(1000);
    }
  });
});

describe("noisy-critic miniature", () => {
  it("displaces the weights independently of the noise scale with Adam, and in proportion to it with SGD", async () => {
    const { walks, adamSpread, averaging } = await measureVariance(engine);
    expect(adamSpread).toBeLessThan(1e-3);
    const finalDistance = (name: string, factor: number) =>
      walks.find((walk) => walk.name === name && walk.factor === factor)!.distance.at(-1)!;
    expect(finalDistance("SGD", 1) / finalDistance("SGD", 0.01)).toBeCloseTo(100, -1);
    for (const { signChanges } of walks) expect(Math.abs(signChanges - 0.5)).toBeLessThan(0.05);
    const errors = averaging[0]!.points.map(({ error }) => error);
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  });

  it("fits the exponent of a power law", () => {
    expect(slopeOfLogs([1, 2, 3, 10].map((x) => [x, 7 * x ** 0.5]))).toBeCloseTo(0.5, 12);
  });
});

describe("sparse-reward miniature", () => {
  it("has a NaN loss for half of the actors, and propagates credit one step per update at τ = 1", async () => {
    const { logarithm, credit } = await measureSparse(engine);
    expect(Math.abs(logarithm.brokenAtFirst - 0.5)).toBeLessThan(0.08);
    const updates = (tau: number, nStep: number) =>
      credit.find((curve) => curve.tau === tau && curve.nStep === nStep)!.updates;
    expect(updates(1, 1)).toEqual(Array.from({ length: 50 }, (_, distance) => distance + 1));
    expect(new Set(updates(0.02, 50))).toEqual(new Set([1]));
    // Within n steps of the reward the return contains it.
    expect(updates(0.02, 10).slice(0, 10)).toEqual(new Array(10).fill(1));
    // 1 − (1 − τ)ᵏ ≥ ½ after k = 35 updates of the target; the critic follows one update later.
    expect(updates(0.02, 1)[1]).toBe(36);
  });
});
