/** @file How a program is split between the engine and the vector kernel. */

import { describe, expect, it } from "vitest";
import { ddpgUpdate } from "../../../agent/ddpg-update.ts";
import { loadOnnxEngine } from "../../../agent/engine/onnx.ts";
import { type Partition, partition } from "../../../agent/engine/partition.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import { mlp } from "../../../agent/graph/mlp.ts";
import { mlpLayout } from "../../../agent/graph/mlp-layout.ts";
import { elementCount, topologicalOrder } from "../../../agent/graph/node.ts";
import {
  abs,
  add,
  concat,
  filled,
  input,
  matMul,
  mean,
  mul,
  neg,
  reshape,
  slice,
  square,
  sub,
  sum,
} from "../../../agent/graph/ops.ts";
import { type Program, rootsOf, withoutDelayed } from "../../../agent/graph/program.ts";
import { simplify } from "../../../agent/graph/simplify.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";

function split(program: Program, states = program): Partition {
  const names = new Set(states.state.map(({ current }) => current.name));
  return partition(simplify(program), ({ name }) => names.has(name));
}

const layout = mlpLayout([3, 4, 2]);
const weights = input("weights", [layout.size]);
const x = input("x", [5, 3]);
const loss = mean(square(mlp(layout, weights, x).output));
const gradient = gradients(loss, [weights])[0]!;
/** Gradient descent on one network. */
const descent: Program = {
  feeds: [x],
  state: [{ current: weights, next: sub(weights, mul(gradient, 0.1)) }],
  outputs: [{ name: "loss", node: loss }],
};

/** Runs a program and compares state and outputs with the reference, for several runs. */
async function expectReference(
  program: Program,
  feeds: Record<string, Float32Array>,
  runs = 2,
): Promise<void> {
  const rng = Rng.fromSeed(4);
  const engine = await loadOnnxEngine();
  const compiled = await engine.compile(program);
  let state: Record<string, ArrayLike<number>> = {};
  for (const { current } of program.state) {
    const values = Float32Array.from({ length: elementCount(current.shape) }, () => rng.uniformIn(-1, 1));
    compiled.setState(current.name, values);
    state = { ...state, [current.name]: values };
  }
  const close = (found: Float32Array, expected: Float64Array, name: string) => {
    expect(found, name).toHaveLength(expected.length);
    for (const [i, each] of expected.entries()) expect(found[i], name).toBeCloseTo(each, 4);
  };
  for (let run = 0; run < runs; run++) {
    await compiled.run(feeds);
    const values = evaluate(rootsOf(program), { ...state, ...feeds });
    for (const [i, { current }] of program.state.entries()) {
      close(compiled.state(current.name), values[i]!, current.name);
      state = { ...state, [current.name]: values[i]! };
    }
    for (const [i, { name }] of program.outputs.entries())
      close(compiled.output(name), values[program.state.length + i]!, name);
  }
  compiled.dispose();
}

const randomFeeds = (program: Program) => {
  const rng = Rng.fromSeed(6);
  return Object.fromEntries(
    program.feeds.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: elementCount(shape) }, () => rng.uniformIn(-1, 1)),
    ]),
  );
};

describe("partition", () => {
  it("reads each layer as a view into the weights and writes its gradient as a view", () => {
    const { tensors, reads, writes, leaves } = split(descent);
    const places = layout.parts.map(({ offset, size }) => [offset, size]);
    expect(reads.map(({ offset, shape }) => [offset, elementCount(shape)])).toEqual(places);
    expect(reads.every(({ vector }) => vector === weights)).toBe(true);
    const gradientWrites = writes.filter(({ vector }) => vector.op === "concat");
    expect(gradientWrites.map(({ offset, shape }) => [offset, elementCount(shape)])).toEqual(places);
    expect(leaves).toContain(weights);
    const operations = topologicalOrder(tensors.outputs.map(({ node }) => node)).map(({ op }) => op);
    for (const op of ["slice", "reshape", "concat"]) expect(operations).not.toContain(op);
    expect(tensors.state).toEqual([]);
  });

  it("gives all scalar arithmetic to the kernel", () => {
    const { tensors, outputs } = split({
      ...descent,
      outputs: [{ name: "doubled", node: add(mul(loss, 2), 1) }],
    });
    expect(outputs.map(({ name }) => name)).toEqual(["doubled"]);
    expect(tensors.outputs.every(({ name }) => name.startsWith("leaf "))).toBe(true);
  });

  it("gives the metrics of tensors to the kernel, but not what the engine computes anyway", () => {
    const errors = sub(matMul(x, reshape(slice(weights, 0, 0, 12), [3, 4])), 0.5);
    const squares = square(errors);
    const { tensors, outputs, writes } = split({
      ...descent,
      outputs: [
        { name: "loss", node: mean(squares) },
        { name: "magnitude", node: mean(abs(errors)) },
        { name: "negated", node: neg(errors) },
        { name: "products", node: matMul(errors, squares, { transposeA: true }) },
      ],
    });
    expect(outputs.map(({ name }) => name)).toEqual(["loss", "magnitude"]);
    const operations = topologicalOrder(tensors.outputs.map(({ node }) => node)).map(({ op }) => op);
    for (const op of ["abs", "mean"]) expect(operations).not.toContain(op);
    expect(writes.filter(({ shape }) => shape.join() === "5,4")).toHaveLength(2);
  });

  it("writes constant parts of a joined vector once", () => {
    const joined = concat(
      [filled(0, [3]), reshape(matMul(x, reshape(slice(weights, 0, 0, 6), [3, 2])), [10])],
      0,
    );
    const { fixed, writes } = split({
      feeds: [x],
      state: [{ current: input("w", [13]), next: add(joined, 1) }, descent.state[0]!],
      outputs: [],
    });
    const constants = fixed.filter(({ vector }) => vector.op === "concat");
    expect(constants.map(({ offset, values }) => [offset, [...values]])).toEqual([[0, [0, 0, 0]]]);
    expect(writes.find(({ shape }) => shape.join() === "5,2")?.offset).toBe(3);
  });

  it("computes nothing in the engine for a program of vectors alone", async () => {
    const a = input("a", [6]);
    const program: Program = {
      feeds: [],
      state: [{ current: a, next: mul(a, 0.5) }],
      outputs: [{ name: "total", node: sum(a) }],
    };
    expect(split(program).tensors.outputs).toEqual([]);
    await expectReference(program, {});
  });

  it("reads state that a reduced program leaves unchanged as a view, not as a feed", () => {
    const other = input("other", [layout.size]);
    const program: Program = {
      ...descent,
      state: [...descent.state, { current: other, next: add(other, weights), delayed: true }],
      outputs: [{ name: "value", node: mean(square(mlp(layout, other, x).output)) }],
    };
    const { reads, tensors } = split(withoutDelayed(program)!, program);
    expect(new Set(reads.map(({ vector }) => vector))).toEqual(new Set([weights, other]));
    expect(tensors.feeds.filter(({ name }) => name === "other")).toEqual([]);
  });
});

describe("a program on the onnx engine, against the reference", () => {
  it("descends a gradient", async () => {
    await expectReference(descent, randomFeeds(descent));
  });

  it("has feeds that only the kernel reads, and vectors that both read", async () => {
    const [a, step, scale] = [input("a", [8]), input("step", [8]), input("scale", [])];
    const product = matMul(reshape(a, [2, 4]), reshape(step, [4, 2]));
    const program: Program = {
      feeds: [step, scale],
      state: [{ current: a, next: add(a, mul(step, scale)) }],
      outputs: [
        { name: "product", node: product },
        { name: "fed", node: step },
        { name: "before", node: a },
        { name: "constant", node: filled(3, [4]) },
      ],
    };
    await expectReference(program, randomFeeds(program));
  });

  it("has two outputs and a state of the same value, and slices that overlap", async () => {
    const a = input("a", [6]);
    const table = reshape(slice(a, 0, 0, 4), [2, 2]);
    const product = matMul(table, reshape(slice(a, 0, 2, 6), [2, 2]));
    const flat = reshape(product, [4]);
    const program: Program = {
      feeds: [],
      state: [{ current: a, next: concat([flat, filled(0.5, [2])], 0) }],
      outputs: [
        { name: "first", node: product },
        { name: "second", node: product },
        { name: "flat", node: flat },
        { name: "total", node: sum(flat) },
        { name: "same total", node: sum(flat) },
      ],
    };
    await expectReference(program, {}, 3);
  });

  it("slices rows of a state matrix", async () => {
    const table = input("table", [3, 2]);
    const program: Program = {
      feeds: [],
      state: [{ current: table, next: mul(table, 0.5) }],
      outputs: [
        { name: "rows", node: slice(table, 0, 1, 3) },
        { name: "column", node: slice(table, 1, 1, 2) },
      ],
    };
    await expectReference(program, {});
  });

  it.each([
    ["default settings", {}],
    ["layer norm and three critics", { layerNorm: { critic: true, actor: true }, critics: { count: 3 } }],
    ["batch renormalisation", { batchNorm: { critic: "renorm", actor: "batch" } }],
    ["joint batches without target networks", { batchNorm: { critic: "batch" }, targetNetworks: false }],
    ["clipped gradients", { gradientClip: { critic: 0.1, actor: 0.1 } }],
    ["a policy delay", { actorEvery: 2 }],
  ])("updates with %s", async (_, agent) => {
    const config = parseConfig({ agent: { hidden: [6, 5], batchSize: 8, ...agent } }, "test").agent;
    const { program } = ddpgUpdate(config, { inputs: 4, actions: 2 }, { rewardRange: [-1, 0] });
    // Positive: state contains running variances and sums of squares.
    const rng = Rng.fromSeed(9);
    const compiled = await (await loadOnnxEngine()).compile(program);
    const state: Record<string, Float32Array> = {};
    for (const { current } of program.state) {
      const values = Float32Array.from({ length: elementCount(current.shape) }, () =>
        rng.uniformIn(0.1, 0.5),
      );
      state[current.name] = values;
      compiled.setState(current.name, values);
    }
    const feeds = randomFeeds(program);
    await compiled.run(feeds);
    const values = evaluate(rootsOf(program), { ...state, ...feeds });
    const found = [
      ...program.state.map(({ current }) => [current.name, compiled.state(current.name)] as const),
      ...program.outputs.map(({ name }) => [name, compiled.output(name)] as const),
    ];
    for (const [i, [name, vector]] of found.entries()) {
      for (const [j, each] of values[i]!.entries()) expect(vector[j], `${name}[${j}]`).toBeCloseTo(each, 4);
    }
    compiled.dispose();
  });
});
