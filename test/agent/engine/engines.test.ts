/** @file The engine interface on both engines: values against the reference, state, errors. */

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Compiled, Engine } from "../../../agent/engine/engine.ts";
import { loadEngine } from "../../../agent/engine/select.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import type { Node } from "../../../agent/graph/node.ts";
import {
  add,
  constant,
  greater,
  input,
  log,
  matMul,
  mul,
  reshape,
  square,
  sum,
} from "../../../agent/graph/ops.ts";
import type { Program } from "../../../agent/graph/program.ts";
import { buildCase, OP_CASES } from "../graph/op-cases.ts";

const listenersForErrors = () =>
  process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");

describe.each(["onnx", "tfjs"] as const)("the %s engine", (engineName) => {
  let engine: Engine;
  const compiled: Compiled[] = [];
  const compile = async (program: Program) => {
    const result = await engine.compile(program);
    compiled.push(result);
    return result;
  };

  let listenersBefore: number;

  beforeAll(async () => {
    listenersBefore = listenersForErrors();
    engine = await loadEngine(engineName);
  });
  afterEach(() => {
    for (const each of compiled.splice(0)) each.dispose();
  });

  it.each(OP_CASES)("matches the float64 reference in results and gradients: $name", async (opCase) => {
    const { inputs, values, result } = buildCase(opCase, 13);
    const nodes: Node[] = [result, ...gradients(sum(square(result)), inputs)];
    const outputs = nodes.map((node, i) => ({ name: `${i}`, node }));
    const update = await compile({ feeds: inputs, state: [], outputs });
    await update.run(values);
    for (const [i, expected] of evaluate(nodes, values).entries()) {
      const found = update.output(`${i}`);
      expect(found).toHaveLength(expected.length);
      const scale = Math.max(1, ...expected.map(Math.abs));
      for (const [j, x] of expected.entries()) expect(Math.abs(found[j]! - x)).toBeLessThan(1e-5 * scale);
    }
  });

  const total = input("total", [2]);
  const step = input("step", [2]);
  /** total ← total + step; outputs the previous total and twice it. */
  const counter: Program = {
    feeds: [step],
    state: [{ current: total, next: add(total, step) }],
    outputs: [
      { name: "double", node: mul(total, 2) },
      { name: "before", node: total },
      { name: "constant", node: constant([7, 8]) },
    ],
  };

  it("keeps state between runs, starting with zeros", async () => {
    const update = await compile(counter);
    expect(Array.from(update.state("total"))).toEqual([0, 0]);
    await update.run({ step: Float32Array.of(1, 10) });
    await update.run({ step: Float32Array.of(2, 20) });
    expect(Array.from(update.state("total"))).toEqual([3, 30]);
    expect(Array.from(update.output("double"))).toEqual([2, 20]);
    expect(Array.from(update.output("before"))).toEqual([1, 10]);
    expect(Array.from(update.output("constant"))).toEqual([7, 8]);
  });

  it("leaves delayed state and outputs unchanged with skipDelayed, and updates the rest", async () => {
    const [prompt, late] = [input("prompt", [2]), input("late", [2])];
    const [step, factor] = [input("step", [2]), input("factor", [2])];
    const grown = add(prompt, step);
    const program = {
      feeds: [step, factor],
      state: [
        { current: prompt, next: add(grown, late) },
        { current: late, next: add(mul(late, 2), mul(grown, factor)), delayed: true },
      ],
      outputs: [
        { name: "grown", node: grown },
        { name: "lateSum", node: sum(late), delayed: true },
      ],
    };
    const update = await compile(program);
    update.setState("late", Float32Array.of(10, 20));
    const feeds = { step: Float32Array.of(1, 2), factor: Float32Array.of(1, 1) };
    const valuesAfterRun = async (skipDelayed: boolean) => {
      await update.run(feeds, { skipDelayed });
      return [
        ["prompt", "late"].map((name) => [...update.state(name)]),
        ["grown", "lateSum"].map((name) => [...update.output(name)]),
      ];
    };
    expect(await valuesAfterRun(true)).toEqual([
      [
        [11, 22],
        [10, 20],
      ],
      [[1, 2], [0]],
    ]);
    expect(await valuesAfterRun(false)).toEqual([
      [
        [22, 44],
        [32, 64],
      ],
      [[12, 24], [30]],
    ]);
    expect(await valuesAfterRun(true)).toEqual([
      [
        [55, 110],
        [32, 64],
      ],
      [[23, 46], [30]],
    ]);
    await expect(update.run({ ...feeds, other: feeds.step }, { skipDelayed: true })).rejects.toThrow("other");
  });

  it("reads a fed array at each run, both a refilled one and a new one", async () => {
    const update = await compile(counter);
    const same = Float32Array.of(1, 1);
    await update.run({ step: same });
    same.fill(5);
    await update.run({ step: same });
    await update.run({ step: Float32Array.of(100, 100) });
    expect(Array.from(update.state("total"))).toEqual([106, 106]);
  });

  it("accepts one array for two feeds of different shapes", async () => {
    const [flat, square] = [input("flat", [4]), input("square", [2, 2])];
    const outputs = [{ name: "product", node: matMul(square, reshape(flat, [2, 2])) }];
    const update = await compile({ feeds: [flat, square], state: [], outputs });
    const both = Float32Array.of(1, 2, 3, 4);
    await update.run({ flat: both, square: both });
    expect(Array.from(update.output("product"))).toEqual([7, 10, 15, 22]);
  });

  it("copies the state that it is given", async () => {
    const update = await compile(counter);
    const start = Float32Array.of(40, 50);
    update.setState("total", start);
    start.fill(-1);
    await update.run({ step: Float32Array.of(2, 2) });
    expect(Array.from(update.state("total"))).toEqual([42, 52]);
    update.setState("total", Float32Array.of(0, 0));
    await update.run({ step: Float32Array.of(2, 2) });
    expect(Array.from(update.state("total"))).toEqual([2, 2]);
  });

  it("does not change fed arrays", async () => {
    const update = await compile({ ...counter, state: [{ current: total, next: step }] });
    const fed = Float32Array.of(1, 2);
    await update.run({ step: fed });
    update.setState("total", Float32Array.of(8, 9));
    await update.run({ step: Float32Array.of(3, 4) });
    expect(Array.from(fed)).toEqual([1, 2]);
    expect(Array.from(update.state("total"))).toEqual([3, 4]);
  });

  it("keeps the state of two compiled programs separate", async () => {
    const [one, other] = [await compile(counter), await compile(counter)];
    await one.run({ step: Float32Array.of(1, 1) });
    expect(Array.from(one.state("total"))).toEqual([1, 1]);
    expect(Array.from(other.state("total"))).toEqual([0, 0]);
  });

  it("rejects missing, unknown and wrongly sized feeds, and keeps its state", async () => {
    const update = await compile(counter);
    await update.run({ step: Float32Array.of(1, 1) });
    await expect(update.run({})).rejects.toThrow(/expected a feed step, got none/);
    await expect(update.run({ step: new Float32Array(3) })).rejects.toThrow(
      "step: expected 2 numbers, got 3",
    );
    const extra = { step: new Float32Array(2), stride: new Float32Array(2) };
    await expect(update.run(extra)).rejects.toThrow(/expected the feeds step, got stride/);
    expect(Array.from(update.state("total"))).toEqual([1, 1]);
    await update.run({ step: Float32Array.of(1, 1) });
    expect(Array.from(update.state("total"))).toEqual([2, 2]);
  });

  it("rejects unknown names and wrong sizes of state and outputs", async () => {
    const update = await compile(counter);
    expect(() => update.state("totals")).toThrow(/state: expected one of total, got totals/);
    expect(() => update.setState("total", new Float32Array(3))).toThrow("total: expected 2 numbers, got 3");
    expect(() => update.output("loss")).toThrow(/output: expected one of double, before, constant, got loss/);
  });

  it("propagates infinities and NaN", async () => {
    const x = input("x", [4]);
    const outputs = [
      { name: "log", node: log(x) },
      { name: "positive", node: greater(x, 0) },
    ];
    const update = await compile({ feeds: [x], state: [], outputs });
    await update.run({ x: Float32Array.of(0, -1, 1, Number.POSITIVE_INFINITY) });
    expect(Array.from(update.output("log"))).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0,
      Number.POSITIVE_INFINITY,
    ]);
    expect(Array.from(update.output("positive"))).toEqual([0, 0, 1, 1]);
  });

  it("never interleaves two concurrent runs", async () => {
    const update = await compile(counter);
    const runs = [1, 10].map((by) => update.run({ step: Float32Array.of(by, by) }));
    const ended = (await Promise.allSettled(runs)).map(({ status }) => status);
    // A synchronous engine may complete both; an asynchronous one rejects the second.
    const expected = ended[1] === "fulfilled" ? 11 : 1;
    expect(ended[0]).toBe("fulfilled");
    expect(Array.from(update.state("total"))).toEqual([expected, expected]);
  });

  it("rejects a run after dispose", async () => {
    const update = await compile(counter);
    update.dispose();
    update.dispose();
    await expect(update.run({ step: new Float32Array(2) })).rejects.toThrow("run after dispose");
  });

  it("leaves no listener for uncaught errors", async () => {
    const update = await compile(counter);
    await update.run({ step: new Float32Array(2) });
    expect(listenersForErrors()).toBe(listenersBefore);
  });

  it("reports its name and version", () => {
    expect(engine.name).toMatch(engineName === "onnx" ? /^onnx$/ : /^tfjs-(node|wasm)$/);
    expect(engine.version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
