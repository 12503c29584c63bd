/** @file A network in a flat vector: layout, forward pass, initial weights. */

import { describe, expect, it } from "vitest";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { mlp } from "../../../agent/graph/mlp.ts";
import { initialWeights, mlpLayout } from "../../../agent/graph/mlp-layout.ts";
import { constant, input } from "../../../agent/graph/ops.ts";
import { Rng } from "../../../shared/rng.ts";

describe("mlpLayout", () => {
  it("places weights and biases consecutively", () => {
    const { parts, size } = mlpLayout([3, 5, 2]);
    expect(parts.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ["0.weight", [3, 5], 0],
      ["0.bias", [5], 15],
      ["1.weight", [5, 2], 20],
      ["1.bias", [2], 30],
    ]);
    expect(size).toBe(32);
  });

  it("gives only hidden layers a gain and a shift for layer norm", () => {
    const names = mlpLayout([3, 5, 2], "layer").parts.map(({ name }) => name);
    expect(names).toEqual(["0.weight", "0.bias", "0.gain", "0.shift", "1.weight", "1.bias"]);
  });
});

describe("mlp", () => {
  const x = constant([1, -2], [1, 2]);

  it("matches a forward pass by hand", () => {
    // hidden: 1·1 − 2·1 + 3 = 2 and 1·0 − 2·1 + 0 = −2 → relu → 2, 0; out: 2·5 + 0·7 − 1 = 9
    const layout = mlpLayout([2, 2, 1]);
    const weights = constant([1, 0, 1, 1, 3, 0, 5, 7, -1]);
    const { output, hidden } = mlp(layout, weights, x);
    const [out, before, after] = evaluate([output, hidden[0]!.preActivation, hidden[0]!.features]);
    expect(Array.from(out!)).toEqual([9]);
    expect(Array.from(before!)).toEqual([2, -2]);
    expect(Array.from(after!)).toEqual([2, 0]);
  });

  it("uses tanh instead of relu on request", () => {
    const { hidden } = mlp(mlpLayout([2, 2, 1]), constant([1, 0, 1, 1, 3, 0, 5, 7, -1]), x, {
      activation: "tanh",
    });
    expect(Array.from(evaluate([hidden[0]!.features])[0]!)).toEqual([Math.tanh(2), Math.tanh(-2)]);
  });

  it("normalises hidden layers before their activation", () => {
    const layout = mlpLayout([2, 4, 1], "layer");
    const weights = initialWeights(layout, Rng.fromSeed(1), 3e-3);
    const { hidden } = mlp(layout, input("w", [layout.size]), x);
    const before = Array.from(evaluate([hidden[0]!.preActivation], { w: weights })[0]!);
    expect(before.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 6);
    expect(before.reduce((sum, each) => sum + each ** 2, 0) / 4).toBeCloseTo(1, 2);
  });

  it("rejects a vector of another size", () => {
    expect(() => mlp(mlpLayout([2, 2, 1]), input("w", [8]), x)).toThrow(/mlp: expected 9 .*got \[8\]/);
  });
});

describe("initialWeights", () => {
  const layout = mlpLayout([100, 50, 3], "layer");
  const weights = initialWeights(layout, Rng.fromSeed(2), 3e-3);
  const part = (name: string) => {
    const { offset, size } = layout.parts.find((each) => each.name === name)!;
    return weights.subarray(offset, offset + size);
  };
  const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));

  it("span ±1/√inputs in hidden layers and ± the given bound in the last", () => {
    expect(largest(part("0.weight"))).toBeLessThanOrEqual(0.1);
    expect(largest(part("0.weight"))).toBeGreaterThan(0.099);
    expect(largest(part("1.weight"))).toBeLessThanOrEqual(Math.fround(3e-3));
    expect(largest(part("1.weight"))).toBeGreaterThan(2.9e-3);
  });

  it("start layer norm as the identity", () => {
    expect(new Set(part("0.gain"))).toEqual(new Set([1]));
    expect(new Set(part("0.shift"))).toEqual(new Set([0]));
  });

  it("depend only on the seed", () => {
    expect(initialWeights(layout, Rng.fromSeed(2), 3e-3)).toEqual(weights);
    expect(initialWeights(layout, Rng.fromSeed(3), 3e-3)).not.toEqual(weights);
  });
});
