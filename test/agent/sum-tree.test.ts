import { describe, expect, it } from "vitest";
import { SumTree } from "../../agent/sum-tree.ts";
import { Rng } from "../../shared/rng.ts";

describe("SumTree", () => {
  it("finds each index in proportion to its weight, and none of weight 0", () => {
    const tree = new SumTree(5);
    for (const [index, weight] of [3, 0, 1, 0, 4].entries()) tree.set(index, weight);
    expect(tree.total).toBe(8);
    const rng = Rng.fromSeed(1);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 80_000; i++) counts[tree.find(rng.uniform())]! += 1;
    for (const [index, fraction] of [3 / 8, 0, 1 / 8, 0, 1 / 2].entries()) {
      expect(Math.abs(counts[index]! / 80_000 - fraction)).toBeLessThan(0.006);
    }
    expect(tree.find(0)).toBe(0);
    expect(tree.find(1 - 2 ** -32)).toBe(4);
  });

  it("does not depend on the order in which weights are set", () => {
    const rng = Rng.fromSeed(2);
    const weights = Array.from({ length: 100 }, () => rng.uniform());
    const [forwards, backwards] = [new SumTree(100), new SumTree(100)];
    for (const [index, weight] of weights.entries()) forwards.set(index, weight);
    for (const index of weights.keys()) backwards.set(99 - index, 7);
    for (const index of weights.keys()) backwards.set(99 - index, weights[99 - index]!);
    expect(backwards.total).toBe(forwards.total);
    for (let i = 0; i < 1000; i++) expect(backwards.find(i / 1000)).toBe(forwards.find(i / 1000));
  });

  it("works with a single weight and rejects invalid weights", () => {
    const tree = new SumTree(1);
    tree.set(0, 2);
    expect(tree.find(0.99)).toBe(0);
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => tree.set(0, bad)).toThrow("weight");
  });
});
