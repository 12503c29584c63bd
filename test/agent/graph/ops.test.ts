/** @file Shapes of the operations' results, and errors for shapes that do not match. */

import { describe, expect, it } from "vitest";
import { broadcastShape, type Node, topologicalOrder } from "../../../agent/graph/node.ts";
import * as ops from "../../../agent/graph/ops.ts";

const node = (...shape: number[]) => ops.input("x", shape);

describe("the operations of the graph", () => {
  it("have the right result shapes", () => {
    const shapes: [Node, number[]][] = [
      [ops.add(node(3, 1), node(4)), [3, 4]],
      [ops.mul(node(2, 3), 2), [2, 3]],
      [ops.matMul(node(256, 26), node(26, 64)), [256, 64]],
      [ops.matMul(node(26, 256), node(64, 26), { transposeA: true, transposeB: true }), [256, 64]],
      [ops.concat([node(2, 3), node(2, 4)], -1), [2, 7]],
      [ops.slice(node(5, 4), 0, 1, 3), [2, 4]],
      [ops.sum(node(2, 3, 4)), []],
      [ops.mean(node(2, 3, 4), { axis: [0, -1] }), [3]],
      [ops.reduceMin(node(2, 3), { axis: 1, keepDims: true }), [2, 1]],
      [ops.select(node(3, 1), node(4), 0), [3, 4]],
      [ops.layerNorm(node(5, 8), node(8), node(8)), [5, 8]],
    ];
    for (const [result, shape] of shapes) expect(result.shape).toEqual(shape);
  });

  it("split an axis into consecutive parts", () => {
    const parts = ops.split(node(2, 10), [3, 6, 1], 1);
    expect(parts.map(({ shape, start, end }) => [...shape, start, end])).toEqual([
      [2, 3, 0, 3],
      [2, 6, 3, 9],
      [2, 1, 9, 10],
    ]);
  });

  it.each<[string, () => Node | Node[], string]>([
    [
      "matMul",
      () => ops.matMul(node(256, 64), node(32, 1)),
      "matMul: expected inner sizes to agree, got [256,64] · [32,1]",
    ],
    [
      "matMul, transposed",
      () => ops.matMul(node(4, 3), node(4, 5), { transposeB: true }),
      "matMul: expected inner sizes to agree, got [4,3] · [4,5]ᵀ",
    ],
    [
      "matMul of a vector",
      () => ops.matMul(node(3), node(3, 1)),
      "matMul: expected two matrices, got [3] · [3,1]",
    ],
    ["add", () => ops.add(node(3, 4), node(3)), "add: expected shapes that broadcast, got [3,4] and [3]"],
    [
      "select",
      () => ops.select(node(3), node(4), 0),
      "select: expected shapes that broadcast, got [3] ? [4]",
    ],
    [
      "concat",
      () => ops.concat([node(2, 3), node(3, 3)], 1),
      "concat: expected shapes that agree except on axis 1, got [2,3], [3,3]",
    ],
    ["concat of nothing", () => ops.concat([], 0), "concat: expected at least one part"],
    ["slice", () => ops.slice(node(5), 0, 3, 6), "slice: expected a range within axis 0 of [5], got [3, 6)"],
    [
      "split",
      () => ops.split(node(5), [2, 2], 0),
      "split: expected sizes that add up to axis 0 of [5], got 2+2",
    ],
    ["reshape", () => ops.reshape(node(2, 3), [4]), "reshape: expected as many numbers, got [2,3] → [4]"],
    [
      "broadcastTo",
      () => ops.broadcastTo(node(3), [1]),
      "broadcastTo: expected a shape that broadcasts to the other, got [3] → [1]",
    ],
    ["sum", () => ops.sum(node(3), { axis: 1 }), "sum: expected an axis of [3], got 1"],
    [
      "sum of an axis twice",
      () => ops.sum(node(3), { axis: [0, -1] }),
      "sum: expected different axes, got 0, 0",
    ],
    ["clip", () => ops.clip(node(3), 1, 0), "clip: expected low ≤ high, got [1, 0]"],
    ["constant", () => ops.constant([1, 2, 3], [2]), "constant: expected 2 values for [2], got 3"],
    ["input", () => ops.input("x", [0]), "input: expected sizes ≥ 1, got [0]"],
  ])("reject invalid operands: %s", (_, build, message) => {
    expect(build).toThrow(message);
  });

  it("copy the numbers of a constant", () => {
    const values = Float32Array.of(1, 2);
    const copied = ops.constant(values);
    values.fill(9);
    expect(Array.from(copied.values)).toEqual([1, 2]);
  });
});

describe("broadcastShape", () => {
  it("follows NumPy's rule, and returns undefined if there is no common shape", () => {
    expect(broadcastShape([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
    expect(broadcastShape([], [])).toEqual([]);
    expect(broadcastShape([2], [3])).toBeUndefined();
  });
});

describe("topologicalOrder", () => {
  it("lists each node once, after its inputs, for a deep graph too", () => {
    let deep: Node = node(1);
    for (let i = 0; i < 50_000; i++) deep = ops.add(deep, deep);
    const order = topologicalOrder([deep, deep]);
    expect(order).toHaveLength(50_001);
    const index = new Map(order.map((each, i) => [each, i]));
    expect(order.every((each, i) => each.inputs.every((input) => index.get(input)! < i))).toBe(true);
  });
});
