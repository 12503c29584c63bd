/** @file Batch normalisation and renormalisation against their formulas. */

import { describe, expect, it } from "vitest";
import { BATCH_NORM_EPSILON, batchNorm, updateRunningMoments } from "../../../agent/graph/batch-norm.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import { mlp } from "../../../agent/graph/mlp.ts";
import { initialWeights, mlpLayout } from "../../../agent/graph/mlp-layout.ts";
import { constant, input, square, sum } from "../../../agent/graph/ops.ts";
import { Rng } from "../../../shared/rng.ts";

const parts = (mean: number, variance: number) => ({
  gain: constant([2]),
  shift: constant([10]),
  mean: constant([mean]),
  variance: constant([variance]),
});
const x = constant([1, 2, 6], [3, 1]);
const VARIANCE = (4 + 1 + 9) / 3;

describe("batchNorm", () => {
  it("normalises by the batch's mean and biased standard deviation, and returns its moments", () => {
    const { output, moments } = batchNorm(x, parts(100, 100), "batch");
    const [normal, mean, variance] = evaluate([output, moments!.mean, moments!.variance], {});
    const std = Math.sqrt(VARIANCE + BATCH_NORM_EPSILON);
    for (const [i, value] of [1, 2, 6].entries())
      expect(normal![i]).toBeCloseTo(10 + (2 * (value - 3)) / std, 10);
    expect(mean![0]).toBeCloseTo(3, 10);
    expect(variance![0]).toBeCloseTo(VARIANCE, 10);
  });

  it("normalises by the running moments when acting", () => {
    const { output, moments } = batchNorm(x, parts(1, 4), "running");
    const [normal] = evaluate([output], {});
    for (const [i, value] of [1, 2, 6].entries())
      expect(normal![i]).toBeCloseTo(10 + (2 * (value - 1)) / Math.sqrt(4 + BATCH_NORM_EPSILON), 10);
    expect(moments).toBeUndefined();
  });

  it("equals the running statistics with renorm while the corrections are within bounds", () => {
    const of = (statistics: "running" | "renorm") =>
      evaluate([batchNorm(x, parts(2, 4), statistics).output], {})[0]!;
    for (const [i, value] of of("renorm").entries()) expect(value).toBeCloseTo(of("running")[i]!, 5);
  });

  it("bounds the corrections of renorm to a ratio of 3 and a shift of 5", () => {
    const [normal] = evaluate([batchNorm(x, parts(-1e6, 1e-4), "renorm").output], {});
    const std = Math.sqrt(VARIANCE + BATCH_NORM_EPSILON);
    expect(normal![2]).toBeCloseTo(10 + 2 * ((3 * (6 - 3)) / std + 5), 8);
  });
});

describe("updateRunningMoments", () => {
  it("moves only the running moments of each network, by the rate", () => {
    const layout = mlpLayout([1, 1, 1], "batch");
    const both = [0, layout.size].map((at) => ({
      ...layout,
      parts: layout.parts.map((part) => ({ ...part, offset: part.offset + at })),
      size: 2 * layout.size,
    }));
    const current = input("w", [2 * layout.size]);
    const moments = [1, 5].map((mean) => [{ mean: constant([mean]), variance: constant([9]) }]);
    const weights = Float32Array.from({ length: 2 * layout.size }, (_, i) => i);
    const [next] = evaluate(
      [updateRunningMoments(current, { weights: current, layouts: both }, moments, 0.25)],
      { w: weights },
    );
    const changed = [...weights];
    for (const [i, { parts: named }] of both.entries()) {
      for (const { name, offset } of named) {
        if (name === "0.mean") changed[offset] = 0.75 * offset + 0.25 * [1, 5][i]!;
        if (name === "0.variance") changed[offset] = 0.75 * offset + 0.25 * 9;
      }
    }
    expect([...next!]).toEqual(changed);
    expect(layout.parts.map(({ name }) => name)).toEqual([
      "0.weight",
      "0.bias",
      "0.gain",
      "0.shift",
      "0.mean",
      "0.variance",
      "1.weight",
      "1.bias",
    ]);
  });
});

describe("a network with batch normalisation", () => {
  const layout = mlpLayout([3, 4, 1], "batch");

  it("has the gradient of central differences, and none by its running moments", () => {
    const rng = Rng.fromSeed(4);
    const w = input("w", [layout.size]);
    const rows = constant(
      Float32Array.from({ length: 15 }, () => rng.normal()),
      [5, 3],
    );
    for (const statistics of ["batch", "renorm"] as const) {
      const loss = sum(square(mlp(layout, w, rows, { activation: "tanh", statistics }).output));
      const gradient = gradients(loss, [w])[0]!;
      const weights = Float64Array.from(initialWeights(layout, rng, 0.5));
      const [found] = evaluate([gradient], { w: weights });
      const lossAt = (i: number, by: number) => {
        const moved = weights.map((weight, j) => (j === i ? weight + by : weight));
        return evaluate([loss], { w: moved })[0]![0]!;
      };
      for (const { name, offset, size } of layout.parts) {
        for (let i = offset; i < offset + size; i++) {
          if (/mean|variance/.test(name)) expect(found![i]).toBe(0);
          // Not for renorm: the gradient treats its corrections as constants, and differences do not.
          else if (statistics === "batch")
            expect(found![i]).toBeCloseTo((lossAt(i, 1e-5) - lossAt(i, -1e-5)) / 2e-5, 5);
        }
      }
    }
  });
});
