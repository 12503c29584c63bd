/** @file A simplified program is smaller and equivalent. */

import { describe, expect, it } from "vitest";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import { type Node, topologicalOrder } from "../../../agent/graph/node.ts";
import * as ops from "../../../agent/graph/ops.ts";
import { checkProgram, type Program, rootsOf } from "../../../agent/graph/program.ts";
import { simplify } from "../../../agent/graph/simplify.ts";
import { buildCase, OP_CASES } from "./op-cases.ts";

const programOf = (...nodes: Node[]): Program => ({
  feeds: [...new Set(topologicalOrder(nodes).filter((node) => node.op === "input"))],
  state: [],
  outputs: nodes.map((node, i) => ({ name: `${i}`, node })),
});
const simplified = (node: Node) => simplify(programOf(node)).outputs[0]!.node;

describe("simplify", () => {
  it.each(OP_CASES)("keeps values and shapes of results and gradients: $name", (opCase) => {
    const { inputs, values, result } = buildCase(opCase, 11);
    const program = programOf(result, ...gradients(ops.sum(ops.square(result)), inputs));
    const before = rootsOf(program);
    const after = rootsOf(simplify(program));
    expect(after.map(({ shape }) => shape)).toEqual(before.map(({ shape }) => shape));
    const [expected, found] = [evaluate(before, values), evaluate(after, values)];
    for (const [i, each] of expected.entries()) {
      // Folded constants are rounded to float32.
      each.forEach((x, j) => {
        expect(Math.abs(found[i]![j]! - x)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(x)));
      });
    }
  });

  const x = ops.input("x", [4, 3]);

  it("merges equal expressions", () => {
    const { outputs } = simplify(programOf(ops.add(ops.tanh(x), 1), ops.mul(ops.tanh(x), 2)));
    expect(outputs[0]!.node.inputs[0]).toBe(outputs[1]!.node.inputs[0]);
  });

  it("does not merge expressions that differ in a number, an axis or an order", () => {
    const nodes = [
      ops.clip(x, 0, 1),
      ops.clip(x, 0, 2),
      ops.slice(x, 1, 0, 1),
      ops.slice(x, 1, 1, 2),
      ops.sub(x, ops.tanh(x)),
      ops.sub(ops.tanh(x), x),
      ops.add(x, ops.constant([1, 2, 3])),
      ops.add(x, ops.constant([1, 2, 4])),
    ];
    const after = rootsOf(simplify(programOf(...nodes)));
    expect(new Set(after).size).toBe(nodes.length);
  });

  it("folds constants", () => {
    const folded = simplified(ops.mul(ops.add(2, 3), ops.constant([1, 2])));
    expect(folded).toMatchObject({ op: "constant", values: Float32Array.of(5, 10) });
  });

  it("combines scalar factors", () => {
    const product = simplified(ops.mul(2, ops.mul(ops.mul(3, x), 0.5)));
    expect(product).toMatchObject({ op: "mul", inputs: [x, { op: "constant", values: Float32Array.of(3) }] });
  });

  it("drops implied broadcasts, neutral operands and reshapes that cancel", () => {
    expect(simplified(ops.mul(ops.broadcastTo(1, [4, 3]), x))).toBe(x);
    expect(simplified(ops.add(ops.stopGradient(ops.reshape(ops.reshape(x, [12]), [4, 3])), 0))).toBe(x);
    expect(simplified(ops.div(x, ops.filled(1, [3])))).toBe(x);
  });

  it("slices operands instead of sums and products, and vectors instead of matrices", () => {
    const [a, b, c] = [ops.input("a", [4, 3]), ops.input("b", [5, 3]), ops.input("c", [4, 3])];
    const vector = ops.input("vector", [20]);
    const product = ops.matMul(a, b, { transposeB: true });
    const other = ops.matMul(c, ops.reshape(ops.slice(vector, 0, 2, 17), [5, 3]), { transposeB: true });
    const sliced = ops.slice(ops.add(product, other), 1, 1, 3);
    const rows = ops.slice(ops.slice(product, 0, 1, 4), 0, 1, 2);
    const program = simplify(programOf(sliced, rows));
    for (const node of topologicalOrder(rootsOf(program)))
      if (node.op === "matMul") expect(node.shape).not.toEqual([4, 5]);
    expect(program.outputs[0]!.node).toMatchObject({
      op: "add",
      inputs: [
        { op: "matMul", inputs: [a, { op: "slice", axis: 0, start: 1, end: 3 }] },
        { op: "matMul", inputs: [c, { op: "reshape", inputs: [{ op: "slice", start: 5, end: 11 }] }] },
      ],
    });
    expect(program.outputs[1]!.node).toMatchObject({ inputs: [{ op: "slice", start: 2, end: 3 }, b] });
    const rng = (shape: readonly number[], k: number) =>
      Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => Math.sin(k + i));
    const values = { a: rng([4, 3], 1), b: rng([5, 3], 2), c: rng([4, 3], 3), vector: rng([20], 4) };
    const [before, after] = [evaluate([sliced, rows], values), evaluate(rootsOf(program), values)];
    for (const [i, each] of before.entries())
      for (const [j, value] of each.entries()) expect(after[i]![j]).toBeCloseTo(value, 6);
  });

  it("keeps a broadcast that determines the result's shape", () => {
    const row = ops.input("row", [3]);
    const wide = simplified(ops.add(row, ops.filled(0, [4, 3])));
    expect(wide.shape).toEqual([4, 3]);
  });
});

describe("checkProgram", () => {
  const [x, y] = [ops.input("x", [2]), ops.input("y", [2])];
  const updateX = (next: Node) => ({ current: x, next });

  it.each<[string, Program, string]>([
    [
      "an undeclared input",
      { state: [], feeds: [x], outputs: [{ name: "sum", node: ops.add(x, y) }] },
      "expected the input y to be state or a feed",
    ],
    [
      "state that changes its shape",
      { state: [updateX(ops.sum(x))], feeds: [], outputs: [] },
      "expected x to keep its shape, got [2] → []",
    ],
    [
      "two outputs of one name",
      { state: [], feeds: [x], outputs: [x, x].map((node) => ({ name: "loss", node })) },
      "expected unique output names, got loss twice",
    ],
    [
      "two inputs of one name",
      { state: [updateX(x)], feeds: [ops.input("x", [1])], outputs: [] },
      "expected unique input names, got x twice",
    ],
  ])("rejects %s", (_, program, message) => {
    expect(() => checkProgram(program)).toThrow(message);
  });
});
