/** @file The miniatures against what is known of them in closed form. */

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

const LONG = 180_000;

describe("the vanishing gradient in small", () => {
  it(
    "has a slope by the action that no action changes, and a gradient that follows the tanh's slope",
    async () => {
      const { bounds, depths, waysBack } = await measureVanishing(engine);
      const [first] = bounds;
      for (const { byAction } of bounds) expect(byAction).toBeCloseTo(first!.byAction, 6);
      for (const { z, slope, byWeights } of depths.filter(({ z }) => z <= 6)) {
        expect(byWeights / depths[0]!.byWeights / slope, `z = ${z}`).toBeCloseTo(1, 1);
      }
      expect(depths.at(-1)?.byWeights).toBe(0);
      const updates = (name: string) => waysBack.find((way) => way.name.startsWith(name))!.updates;
      expect(updates("Adam, rate").at(-1)!.updates).toBeNull();
      for (const remedy of ["Adam, pre-activation penalty", "Adam, inverted"]) {
        expect(updates(remedy).at(-1)!.updates).toBeLessThan(1000);
      }
    },
    LONG,
  );
});

describe("the noisy critic in small", () => {
  it(
    "carries Adam as far whatever the noise's size, and plain descent in proportion to it",
    async () => {
      const { walks, adamSpread, averaging } = await measureVariance(engine);
      expect(adamSpread).toBeLessThan(1e-3);
      const end = (name: string, factor: number) =>
        walks.find((walk) => walk.name === name && walk.factor === factor)!.distance.at(-1)!;
      expect(end("SGD", 1) / end("SGD", 0.01)).toBeCloseTo(100, -1);
      for (const { signChanges } of walks) expect(Math.abs(signChanges - 0.5)).toBeLessThan(0.05);
      const [independent] = averaging;
      expect(independent!.points.map(({ error }) => error)).toEqual(
        independent!.points.map(({ error }) => error).toSorted((a, b) => b - a),
      );
    },
    LONG,
  );

  it("finds the exponent of a power", () => {
    expect(slopeOfLogs([1, 2, 3, 10].map((x) => [x, 7 * x ** 0.5]))).toBeCloseTo(0.5, 12);
  });
});

describe("the sparse reward in small", () => {
  it(
    "loses half of all actors to the logarithm, and carries credit one step an update at τ = 1",
    async () => {
      const { logarithm, credit } = await measureSparse(engine);
      expect(Math.abs(logarithm.brokenAtFirst - 0.5)).toBeLessThan(0.08);
      const updates = (tau: number, nStep: number) =>
        credit.find((curve) => curve.tau === tau && curve.nStep === nStep)!.updates;
      expect(updates(1, 1)).toEqual(Array.from({ length: 50 }, (_, distance) => distance + 1));
      expect(new Set(updates(0.02, 50))).toEqual(new Set([1]));
      // Within n steps of the reward it is in the sum itself.
      expect(updates(0.02, 10).slice(0, 10)).toEqual(new Array(10).fill(1));
      // 1 − (1 − τ)ᵏ ≥ ½ after 35 updates of the target, which the critic follows one later.
      expect(updates(0.02, 1)[1]).toBe(36);
    },
    LONG,
  );
});
