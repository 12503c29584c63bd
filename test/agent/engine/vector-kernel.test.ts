/** @file The vector kernel against the float64 reference, and its WebAssembly encoding. */

import { describe, expect, it } from "vitest";
import { MemoryLayout } from "../../../agent/engine/memory-layout.ts";
import { kernelModule, type Store, startKernel } from "../../../agent/engine/vector-kernel.ts";
import { isVectorOperation } from "../../../agent/engine/vector-operations.ts";
import { adam } from "../../../agent/graph/adam.ts";
import { globalNorm } from "../../../agent/graph/clip-by-norm.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { elementCount, type InputNode, type Node, topologicalOrder } from "../../../agent/graph/node.ts";
import {
  abs,
  add,
  binary,
  broadcastTo,
  clip,
  constant,
  div,
  greater,
  input,
  mul,
  reduce,
  reshape,
  select,
  slice,
  sub,
  sum,
  unary,
} from "../../../agent/graph/ops.ts";
import { polyakUpdate } from "../../../agent/graph/polyak.ts";
import { Rng } from "../../../shared/rng.ts";

type Values = Readonly<Record<string, ArrayLike<number>>>;

/** A kernel whose results are its inputs' next values, or new vectors. */
function kernel(results: Readonly<Record<string, Node>>, firstAddress = 0) {
  const layout = new MemoryLayout();
  layout.allocate(firstAddress / 4);
  const inputs = topologicalOrder(Object.values(results)).filter(
    (node): node is InputNode => node.op === "input",
  );
  const constants = topologicalOrder(Object.values(results)).filter((node) => node.op === "constant");
  const leaves = new Map<Node, number>();
  for (const leaf of [...inputs, ...constants]) leaves.set(leaf, layout.allocate(elementCount(leaf.shape)));
  const addressOf = (name: string, node: Node) => {
    const replaced = inputs.find((each) => each.name === name);
    return replaced === undefined ? layout.allocate(elementCount(node.shape)) : leaves.get(replaced)!;
  };
  const stores = new Map<string, Store>(
    Object.entries(results).map(([name, node]) => [name, { node, address: addressOf(name, node) }]),
  );
  const memory = layout.create();
  const view = (address: number, node: Node) =>
    new Float32Array(memory.buffer, address, elementCount(node.shape));
  for (const node of constants) view(leaves.get(node)!, node).set(node.values);
  const run = startKernel(kernelModule([...stores.values()], leaves), memory);
  return {
    run,
    set: (values: Values) => {
      for (const node of inputs) view(leaves.get(node)!, node).set(values[node.name]!);
    },
    get: (name: string) => Array.from(view(stores.get(name)!.address, stores.get(name)!.node)),
  };
}

function randomValues(inputs: readonly InputNode[], low = -2, high = 2): Values {
  const rng = Rng.fromSeed(5);
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: elementCount(shape) }, () => rng.uniformIn(low, high)),
    ]),
  );
}

/** Runs a kernel once and compares every result with the reference. */
function expectReference(results: Readonly<Record<string, Node>>, values: Values): void {
  const { run, set, get } = kernel(results);
  set(values);
  run();
  const expected = evaluate(Object.values(results), values);
  for (const [i, name] of Object.keys(results).entries()) {
    const scale = Math.max(1, ...expected[i]!.map(Math.abs));
    const found = get(name);
    expect(found).toHaveLength(expected[i]!.length);
    for (const [j, x] of expected[i]!.entries()) expect(Math.abs(found[j]! - x)).toBeLessThan(1e-6 * scale);
  }
}

/** One element, a tail only, four lanes only, lanes and a tail. */
const LENGTHS = [1, 3, 8, 131];

describe.each(LENGTHS)("on %i elements, the kernel", (length) => {
  const [a, b, c] = [input("a", [length]), input("b", [length]), input("c", [length])];
  const scalar = input("scalar", []);

  it.each(["add", "sub", "mul", "div", "min", "max", "greater", "less"] as const)("computes %s", (op) => {
    const results = {
      vectors: binary(op, a, b),
      scalarRight: binary(op, a, scalar),
      scalarLeft: binary(op, scalar, a),
      scalars: binary(op, scalar, 0.5),
    };
    for (const node of Object.values(results)) expect(isVectorOperation(node)).toBe(true);
    expectReference(results, randomValues([a, b, scalar], 0.5, 2));
  });

  it.each(["neg", "abs", "sqrt", "square", "relu"] as const)("computes %s", (op) => {
    const results = { vector: unary(op, a), scalar: unary(op, scalar) };
    for (const node of Object.values(results)) expect(isVectorOperation(node)).toBe(true);
    const low = op === "sqrt" ? 0 : -2;
    expectReference(results, randomValues([a, scalar], low, 2));
  });

  it("computes clip, select and broadcasts", () => {
    const results = {
      clipped: clip(a, -0.5, 1),
      selected: select(greater(a, 0), b, c),
      chosenByNumber: select(a, b, 0),
      zeroOne: select(greater(scalar, 5), a, b),
      broadcast: broadcastTo(scalar, [length]),
      clippedScalar: clip(scalar, -0.5, 0.1),
    };
    for (const node of Object.values(results)) expect(isVectorOperation(node)).toBe(true);
    expectReference(results, {
      ...randomValues([b, c, scalar]),
      a: new Float32Array(length).map((_, i) => (i % 3) - 1),
    });
  });

  it.each(["sum", "mean", "reduceMin", "reduceMax"] as const)("computes %s", (op) => {
    const results = { ofInput: reduce(op, a), ofResult: reduce(op, mul(a, b)), ofScalar: reduce(op, scalar) };
    for (const node of Object.values(results)) expect(isVectorOperation(node)).toBe(true);
    expectReference(results, randomValues([a, b, scalar]));
  });

  it("uses a reduction in a vector, whose reduction is used in another", () => {
    const scaled = div(a, globalNorm(a));
    const shifted = sub(scaled, reduce("mean", mul(scaled, b)));
    const results = { scaled, shifted, norm: globalNorm(shifted), first: slice(shifted, 0, 0, 1) };
    expectReference(results, randomValues([a, b]));
  });

  it("replaces vectors that others still read", () => {
    const results = { a: add(b, sum(a)), b: sub(a, slice(b, 0, 0, 1)), c: add(c, mul(a, b)) };
    expectReference(results, randomValues([a, b, c]));
  });
});

describe("the kernel", () => {
  it("computes vectors of several lengths, with constants and elements of vectors", () => {
    const [long, short, matrix] = [input("long", [70]), input("short", [5]), input("matrix", [1, 1])];
    const moved = add(mul(short, constant([1, -2, 3, -4, 5])), 0.25);
    const results = {
      long: mul(long, slice(moved, 0, 3, 4)),
      short: add(moved, reduce("reduceMax", long)),
      element: add(slice(long, 0, 69, 70), slice(constant([1, 2]), 0, 1, 2)),
      matrix: reshape(abs(matrix), [1]),
    };
    expectReference(results, randomValues([long, short, matrix]));
  });

  it("propagates NaN and treats it as a true condition, as the reference does", () => {
    const x = input("x", [5]);
    const { run, set, get } = kernel({
      relu: unary("relu", x),
      chosen: select(x, 1, 2),
      max: reduce("reduceMax", x),
    });
    set({ x: [0, Number.NaN, -1, 1, Number.NaN] });
    run();
    expect(get("relu")).toEqual([0, Number.NaN, 0, 1, Number.NaN]);
    expect(get("chosen")).toEqual([2, 1, 1, 1, 1]);
    expect(get("max")).toEqual([Number.NaN]);
  });

  it("reads and writes at addresses whose encoding takes two to four bytes", () => {
    const x = input("x", [9]);
    for (const address of [
      0, 64, 128, 8128, 8192, 16_320, 16_384, 1_048_512, 1_048_576, 2_097_152, 134_217_728,
    ]) {
      const { run, set, get } = kernel({ x: add(x, 1), total: sum(x) }, address);
      set({ x: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
      run();
      expect(get("x")).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(get("total")).toEqual([45]);
    }
  });

  it.each([1, 63, 64, 65, 2047, 2048, 2049, 8191, 8192, 262_145])("loops over %i elements", (length) => {
    const x = input("x", [length]);
    const { run, set, get } = kernel({ x: add(x, 1), total: sum(x) });
    set({ x: new Float32Array(length).fill(1) });
    run();
    expect(get("total")).toEqual([length]);
    expect(get("x").every((each) => each === 2)).toBe(true);
  });

  it("gives the same bits at each run", () => {
    const x = input("x", [1001]);
    const { run, set, get } = kernel({ norm: globalNorm(x) });
    set(randomValues([x]));
    run();
    const first = get("norm");
    run();
    expect(get("norm")).toEqual(first);
  });
});

describe("Adam with a target network in the kernel", () => {
  const LENGTH = 1027;
  const [weights, target] = [input("weights", [LENGTH]), input("target", [LENGTH])];
  const gradient = input("gradient", [LENGTH]);
  const optimiser = adam({ learningRate: 1e-3 });
  const { parameters, state } = optimiser.update(gradient, optimiser.init(weights), weights);
  const updates = [{ current: weights, next: parameters }, ...state, polyakUpdate(target, parameters, 0.02)];
  const results = Object.fromEntries(updates.map(({ current, next }) => [current.name, next]));

  it("equals float64 over 300 steps", () => {
    const rng = Rng.fromSeed(8);
    const { run, set, get } = kernel(results);
    let expected: Values = Object.fromEntries(
      updates.map(({ current }) => [current.name, new Float64Array(elementCount(current.shape))]),
    );
    set({ ...expected, gradient: [] });
    for (let step = 0; step < 300; step++) {
      const values = Float32Array.from({ length: LENGTH }, (_, i) => rng.normal() * 10 ** -(i % 8));
      const found = Object.fromEntries(updates.map(({ current }) => [current.name, get(current.name)]));
      set({ ...found, gradient: values });
      run();
      const next = evaluate(Object.values(results), { ...expected, gradient: values });
      expected = Object.fromEntries(updates.map(({ current }, i) => [current.name, next[i]!]));
    }
    for (const [name, tolerance] of [
      ["weights", 1e-6],
      ["target", 1e-6],
    ] as const) {
      const gaps = get(name).map((x, i) => Math.abs(x - expected[name]![i]!));
      expect(Math.max(...gaps)).toBeLessThan(tolerance);
    }
  });

  it("keeps the state of weights without gradient above float32's subnormal range", () => {
    const { run, set, get } = kernel(results);
    const zeros = new Float32Array(LENGTH);
    set({
      ...Object.fromEntries(
        updates.map(({ current }) => [current.name, new Float32Array(elementCount(current.shape))]),
      ),
      gradient: zeros.fill(1e-3),
    });
    run();
    const now = Object.fromEntries(updates.map(({ current }) => [current.name, get(current.name)]));
    set({ ...now, gradient: new Float32Array(LENGTH) });
    for (let step = 0; step < 20_000; step++) run();
    const smallest = 2 ** -126;
    for (const name of ["weights/sum", "weights/squareSum"]) {
      expect(Math.min(...get(name).map(Math.abs))).toBeGreaterThan(smallest);
    }
  });
});
