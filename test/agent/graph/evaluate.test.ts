/** @file The float64 reference on values computed by hand. */

import { describe, expect, it } from "vitest";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import type { Node } from "../../../agent/graph/node.ts";
import * as ops from "../../../agent/graph/ops.ts";

const value = (node: Node, values: Record<string, number[]> = {}) => Array.from(evaluate([node], values)[0]!);
const matrix = ops.constant([1, 2, 3, 4, 5, 6], [2, 3]);

describe("evaluate", () => {
  it("multiplies matrices, transposed or not", () => {
    const other = ops.constant([1, 0, 2, 1, 0, 3], [3, 2]);
    expect(value(ops.matMul(matrix, other))).toEqual([5, 11, 14, 23]);
    expect(value(ops.matMul(matrix, matrix, { transposeB: true }))).toEqual([14, 32, 32, 77]);
    expect(value(ops.matMul(matrix, matrix, { transposeA: true }))).toEqual([
      17, 22, 27, 22, 29, 36, 27, 36, 45,
    ]);
  });

  it("broadcasts a row over columns and a column over rows", () => {
    expect(value(ops.add(matrix, ops.constant([10, 20, 30])))).toEqual([11, 22, 33, 14, 25, 36]);
    expect(value(ops.add(matrix, ops.constant([10, 20], [2, 1])))).toEqual([11, 12, 13, 24, 25, 26]);
    expect(value(ops.broadcastTo(ops.constant([1, 2], [2, 1]), [2, 2, 2]))).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  it("reduces axes", () => {
    expect(value(ops.sum(matrix))).toEqual([21]);
    expect(value(ops.sum(matrix, { axis: 0 }))).toEqual([5, 7, 9]);
    expect(value(ops.mean(matrix, { axis: 1 }))).toEqual([2, 5]);
    expect(value(ops.reduceMax(matrix, { axis: -1 }))).toEqual([3, 6]);
    expect(value(ops.reduceMin(matrix, { axis: 0 }))).toEqual([1, 2, 3]);
  });

  it("concatenates and slices", () => {
    expect(value(ops.concat([matrix, ops.constant([7, 8], [2, 1])], 1))).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
    expect(value(ops.slice(matrix, 1, 1, 3))).toEqual([2, 3, 5, 6]);
    expect(value(ops.slice(matrix, 0, 1, 2))).toEqual([4, 5, 6]);
  });

  it("compares and selects", () => {
    expect(value(ops.greater(matrix, 3))).toEqual([0, 0, 0, 1, 1, 1]);
    expect(value(ops.select(ops.less(matrix, 3), matrix, -1))).toEqual([1, 2, -1, -1, -1, -1]);
    expect(value(ops.clip(matrix, 2, 4.5))).toEqual([2, 2, 3, 4, 4.5, 4.5]);
  });

  it("keeps softplus finite for large numbers of either sign", () => {
    expect(value(ops.softplus(ops.constant([1000, -1000])))).toEqual([1000, 0]);
  });

  it("rejects an input without value or of the wrong size", () => {
    const x = ops.input("speed", [3]);
    expect(() => value(x)).toThrow("expected 3 numbers for speed, got undefined");
    expect(() => value(x, { speed: [1, 2] })).toThrow("expected 3 numbers for speed, got 2");
  });
});
