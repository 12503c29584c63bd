/** @file Compares the miniatures with closed-form results. */

import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../agent/engine/engine.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { measureSparse } from "../../../experiments/cases/sparse-miniature.ts";
import { FRESH_ADAM, measureVanishing, USED_ADAM } from "../../../experiments/cases/vanishing-miniature.ts";
import { measureVariance } from "../../../experiments/cases/variance-miniature.ts";

let engine: Engine;
let vanishing: ReturnType<typeof measureVanishing>;
beforeAll(async () => {
  engine = await loadEngine("onnx");
  // 12 has no gradient in float32.
  vanishing = measureVanishing(engine, [2, 4, 12]);
});

describe("vanishing-gradient miniature", () => {
  it("has |∂L/∂a| independent of the action, and a gradient proportional to the slope of the tanh", async () => {
    const { bounds, depths, waysBack } = await vanishing;
    for (const { byAction } of bounds) expect(byAction).toBeCloseTo(bounds[0]!.byAction, 6);
    for (const { z, slope, byWeights } of depths.filter(({ z }) => z <= 6)) {
      expect(byWeights / depths[0]!.byWeights / slope, `z = ${z}`).toBeCloseTo(1, 1);
    }
    expect(depths.at(-1)?.byWeights).toBe(0);
    const updates = (name: string) => waysBack.find((each) => each.name.startsWith(name))!.updates;
    for (const remedy of ["Adam in a run, pre-activation penalty", "Adam in a run, inverted"]) {
      expect(updates(remedy).at(-1)!.updates).toBeLessThan(1000);
    }
  });

  it("recovers later with the moments of earlier updates than with none, and never without a gradient", async () => {
    const { waysBack } = await vanishing;
    const updates = (name: string) =>
      waysBack.find((each) => each.name === name)!.updates.map((each) => each.updates);
    const [fresh, used] = [updates(FRESH_ADAM), updates(USED_ADAM)];
    expect(used[1]!).toBeGreaterThan(5 * fresh[1]!);
    expect(fresh[2]).toBeNull();
  });
});

describe("noisy-critic miniature", () => {
  it("displaces the weights independently of the noise scale with Adam, and in proportion to it with SGD", async () => {
    const { walks, adamSpread, averaging, scales, outliers } = await measureVariance(engine, {
      walks: 4,
      signals: 2,
    });
    expect(adamSpread).toBeLessThan(1e-3);
    const finalDistance = (name: string, factor: number) =>
      walks.find((walk) => walk.name === name && walk.factor === factor)!.distance.at(-1)!;
    expect(finalDistance("SGD", 1) / finalDistance("SGD", 0.01)).toBeCloseTo(100, -1);
    for (const { signChanges } of walks) expect(Math.abs(signChanges - 0.5)).toBeLessThan(0.05);
    const errors = averaging[0]!.points.map(({ error }) => error);
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
    const ofAdam = <T extends { optimiser: string; error: number }>(rows: readonly T[]) =>
      rows.filter(({ optimiser }) => optimiser === "Adam").map(({ error }) => error);
    expect(ofAdam(scales)).toEqual(ofAdam(scales).toSorted((a, b) => a - b));
    const [free, clipped] = ofAdam(outliers);
    expect(clipped!).toBeLessThan(0.5 * free!);
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
