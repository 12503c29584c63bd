/** @file Row kernels against the float64 reference. */

import { describe, expect, it } from "vitest";
import { MemoryLayout } from "../../../agent/engine/memory-layout.ts";
import { rowKernelModule } from "../../../agent/engine/row-kernel.ts";
import { decomposeRows, isRowOperation } from "../../../agent/engine/row-operations.ts";
import { startKernel } from "../../../agent/engine/vector-kernel.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import { elementCount, type InputNode, type Node, topologicalOrder } from "../../../agent/graph/node.ts";
import {
  add,
  binary,
  broadcastTo,
  clip,
  concat,
  filled,
  greater,
  input,
  layerNorm,
  less,
  matMul,
  mul,
  perRow,
  reduce,
  relu,
  reshape,
  select,
  slice,
  square,
  sub,
  sum,
  unary,
} from "../../../agent/graph/ops.ts";
import { simplify } from "../../../agent/graph/simplify.ts";
import { Rng } from "../../../shared/rng.ts";

type Results = Readonly<Record<string, Node>>;
type Values = Readonly<Record<string, ArrayLike<number>>>;

function inputsOf(nodes: readonly Node[]): InputNode[] {
  return topologicalOrder(nodes).filter((node) => node.op === "input");
}

/** Compiles results over inputs of that many rows. */
function kernel(results: Results, rows: number) {
  const outputs = decomposeRows(Object.entries(results).map(([name, node]) => ({ name, node })));
  const layout = new MemoryLayout();
  const place = (nodes: readonly Node[]) =>
    new Map<Node, number>(nodes.map((node) => [node, layout.allocate(elementCount(node.shape))]));
  const leaves = place(inputsOf(outputs.map(({ node }) => node)));
  const stores = outputs.map(({ name, node }) => ({
    name,
    node,
    address: layout.allocate(elementCount(node.shape)),
  }));
  const module = rowKernelModule(stores, leaves, rows, (count) => layout.allocate(count));
  const memory = layout.create();
  const view = (address: number, { shape }: Node) =>
    new Float32Array(memory.buffer, address, elementCount(shape));
  const run = startKernel(module, memory);
  return (values: Values): Record<string, number[]> => {
    for (const [node, address] of leaves)
      if (node.op === "input") view(address, node).set(values[node.name]!);
    run();
    return Object.fromEntries(stores.map(({ name, node, address }) => [name, [...view(address, node)]]));
  };
}

function randomValues(nodes: readonly Node[], low = -2, high = 2): Values {
  const rng = Rng.fromSeed(3);
  const draw = ({ shape }: InputNode) =>
    Float32Array.from({ length: elementCount(shape) }, () => rng.uniformIn(low, high));
  return Object.fromEntries(inputsOf(nodes).map((node) => [node.name, draw(node)]));
}

/** Runs twice, so that totals must start from 0 again, and compares with the reference. */
function expectReference(results: Results, rows: number, values?: Values): void {
  const nodes = Object.values(results);
  for (const node of nodes) if (node.op !== "reshape") expect(isRowOperation(node, rows)).toBe(true);
  const fed = values ?? randomValues(nodes);
  const run = kernel(results, rows);
  run(fed);
  const found = run(fed);
  for (const [i, expected] of evaluate(nodes, fed).entries()) {
    const name = Object.keys(results)[i]!;
    const scale = Math.max(1, ...expected.map(Math.abs));
    expect(found[name], name).toHaveLength(expected.length);
    for (const [j, x] of expected.entries())
      expect(Math.abs(found[name]![j]! - x), `${name}[${j}]`).toBeLessThan(3e-6 * scale);
  }
}

/** Rows: no tile, one tile, three. Columns: a tail, vectors and a tail, pairs of vectors. */
const SIZES = [3, 8, 24].flatMap((rows) => [2, 7, 16, 27].map((columns) => [rows, columns] as const));

describe.each(SIZES)("a row kernel on %i rows of %i columns", (rows, columns) => {
  const [a, b, c] = [input("a", [rows, columns]), input("b", [rows, columns]), input("c", [rows, columns])];
  const [row, vector] = [input("row", [1, columns]), input("vector", [columns])];
  const column = input("column", [rows, 1]);
  const [one, scalar] = [input("one", [1]), input("scalar", [])];
  const along = { axis: 1, keepDims: true };

  it.each(["add", "sub", "mul", "div", "min", "max", "greater", "less"] as const)("computes %s", (op) => {
    const results = Object.fromEntries(
      [b, row, vector, column, scalar, one].map((other) => [other.name, binary(op, a, other)]),
    );
    const more = {
      columns: binary(op, column, one),
      rows: add(binary(op, row, scalar), a),
      outer: binary(op, column, row),
    };
    const all = { ...results, ...more };
    expectReference(all, rows, randomValues(Object.values(all), 0.5, 2));
  });

  it.each(["neg", "abs", "sqrt", "square", "relu"] as const)("computes %s", (op) => {
    const results = { matrix: unary(op, a), column: unary(op, column) };
    expectReference(results, rows, randomValues([a, column], op === "sqrt" ? 0 : -2));
  });

  it("computes clip, select and broadcasts", () => {
    expectReference(
      {
        clipped: clip(a, -0.5, 1),
        masked: select(greater(a, 0), b, 0),
        chosen: select(less(a, row), b, c),
        byNumber: select(relu(a), b, column),
        column: select(greater(column, 0), column, 2),
        broadcast: add(broadcastTo(column, [rows, columns]), a),
        constant: mul(filled(0.25, [rows, 1]), row),
      },
      rows,
    );
  });

  it.each(["sum", "mean", "reduceMin", "reduceMax"] as const)("computes %s along rows and of all", (op) => {
    const results = {
      rows: reduce(op, mul(a, b), along),
      leaf: reduce(op, a, along),
      column: reduce(op, column, along),
      all: reduce(op, mul(a, row)),
      allOfColumn: reduce(op, column),
      twice: sub(a, reduce(op, sub(a, reduce(op, a, along)), along)),
    };
    expectReference(results, rows);
  });

  it("sums over rows", () => {
    expectReference(
      {
        vector: sum(mul(a, b), { axis: 0 }),
        row: sum(a, { axis: 0, keepDims: true }),
        number: sum(column, { axis: 0 }),
      },
      rows,
    );
  });

  it("normalises rows", () => {
    const [standardized, inverse] = [perRow("standardize", a, 1e-5), perRow("inverseStd", a, 1e-5)];
    expectReference({ standardized, inverse, both: mul(standardized, inverse) }, rows);
  });

  it("computes a layer-normalised layer, its last product and their gradients", () => {
    const [gain, shift] = [input("gain", [columns]), input("shift", [columns])];
    const last = input("last", [columns, 1]);
    const hidden = relu(layerNorm(add(a, vector), gain, shift));
    const value = matMul(hidden, last);
    const loss = reduce("mean", square(sub(value, column)));
    const outputs = [value, loss, ...gradients(loss, [a, vector, gain, shift, last])];
    const program = {
      state: [],
      feeds: inputsOf(outputs),
      outputs: outputs.map((node, i) => ({ name: `${i}`, node })),
    };
    const results = Object.fromEntries(simplify(program).outputs.map(({ name, node }) => [name, node]));
    const vectors = Object.fromEntries(
      Object.entries(results).map(([name, node]) => [name, node.op === "reshape" ? node.inputs[0] : node]),
    );
    expectReference(vectors, rows);
  });

  it("joins and takes numbers of a row", () => {
    const pair = concat([column, reduce("sum", a, along)], 1);
    const least = reduce("reduceMin", sub(pair, column), along);
    expectReference(
      {
        pair,
        least,
        second: mul(slice(pair, 1, 1, 2), 2),
        element: add(slice(a, 1, 1, 2), column),
        computed: slice(mul(a, b), 1, 0, 1),
      },
      rows,
    );
  });
});

describe("a row kernel", () => {
  it("propagates NaN as the reference does", () => {
    const a = input("a", [8, 5]);
    const values = Float32Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? Number.NaN : (i % 5) - 2));
    const found = kernel({ relu: relu(a) }, 8)({ a: values });
    expect(found["relu"]).toEqual([...evaluate([relu(a)], { a: values })[0]!]);
  });

  it("does not compute what it cannot", () => {
    const [a, w] = [input("a", [8, 8]), input("w", [8, 8])];
    for (const node of [
      matMul(a, w),
      unary("tanh", a),
      concat([a, w], 1),
      slice(a, 1, 0, 2),
      reduce("mean", a, { axis: 0 }),
      reduce("sum", a, { axis: 1 }),
      add(a, filled(0, [8, 8])),
      reshape(mul(a, w), [64]),
    ])
      expect(isRowOperation(node, 8)).toBe(false);
  });
});
