/** @file Gradients against central differences in float64 and against TensorFlow.js. */

import { describe, expect, it } from "vitest";
import { loadTensorflow } from "../../../agent/engine/tfjs-backend.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { gradients } from "../../../agent/graph/gradients.ts";
import { type Node, topologicalOrder } from "../../../agent/graph/node.ts";
import {
  add,
  clip,
  concat,
  constant,
  exp,
  filled,
  input,
  matMul,
  max,
  mean,
  min,
  mul,
  reduceMin,
  relu,
  slice,
  square,
  stopGradient,
  sub,
  sum,
} from "../../../agent/graph/ops.ts";
import { Rng } from "../../../shared/rng.ts";
import { buildCase, OP_CASES, type OpCase } from "./op-cases.ts";

/** A scalar loss with a random weight for each element of a result. */
function weightedLoss(result: Node, seed: number): { loss: Node; weights: Float32Array } {
  const rng = Rng.fromSeed(seed).fork("weights");
  const weights = filled(0, result.shape).values.map(() => rng.uniformIn(0.5, 1.5));
  return { loss: sum(mul(result, constant(weights, result.shape))), weights };
}

/** dLoss/dx for each element of an input, by central differences. */
function differences(loss: Node, name: string, values: Readonly<Record<string, Float32Array>>): number[] {
  const step = 1e-5;
  const at = Float64Array.from(values[name]!);
  const lossWith = (i: number, x: number) => evaluate([loss], { ...values, [name]: at.with(i, x) })[0]![0]!;
  return Array.from(at, (x, i) => (lossWith(i, x + step) - lossWith(i, x - step)) / (2 * step));
}

function maxGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!) / Math.max(1, Math.abs(x))));
}

describe("gradients, for every operation", () => {
  it.each(OP_CASES)("agree with central differences: $name", (opCase: OpCase) => {
    const { inputs, values, result } = buildCase(opCase, 5);
    const { loss } = weightedLoss(result, 6);
    const found = evaluate(gradients(loss, inputs), values);
    for (const [i, { name }] of inputs.entries()) {
      expect(maxGap(found[i]!, differences(loss, name, values))).toBeLessThan(1e-7);
    }
  });

  it.each(OP_CASES.filter(({ tf }) => tf))("agree with TensorFlow.js: $name", async (opCase: OpCase) => {
    const { tf } = await loadTensorflow();
    const { inputs, values, result } = buildCase(opCase, 7);
    const { loss, weights } = weightedLoss(result, 8);
    const found = evaluate(gradients(loss, inputs), values);
    const expected = tf.tidy(() => {
      const tensors = inputs.map(({ name, shape }) => tf.tensor(values[name]!, [...shape]));
      const dy = tf.tensor(weights, [...result.shape]);
      const f = (...x: (typeof tensors)[number][]) => opCase.tf!(tf, ...x);
      return tf
        .grads(f)(tensors, dy)
        .map((each) => each.dataSync());
    });
    for (const [i, each] of found.entries()) expect(maxGap(each, expected[i]!)).toBeLessThan(2e-5);
  });
});

describe("gradients", () => {
  const x = input("x", [3]);
  const at = { x: [1, 2, 3] };
  const derivative = (loss: Node, values: Record<string, number[]> = at) =>
    Array.from(evaluate(gradients(loss, [x]), values)[0]!);

  it("add up over all uses of a node", () => {
    // x² · x + x²: x² is used twice
    const squared = square(x);
    expect(derivative(sum(add(mul(squared, x), squared)))).toEqual([5, 16, 33]);
  });

  it("do not pass through stopGradient", () => {
    expect(derivative(sum(mul(stopGradient(square(x)), x)))).toEqual([1, 4, 9]);
    expect(derivative(sum(stopGradient(x)))).toEqual([0, 0, 0]);
  });

  it("are zeros for nodes that the loss does not depend on", () => {
    const other = input("other", [2, 2]);
    const [toOther] = gradients(sum(x), [other]);
    expect(toOther!.shape).toEqual([2, 2]);
    expect(evaluate([toOther!], at)[0]).toEqual(new Float64Array(4));
  });

  it("exist for intermediate nodes as well as for inputs", () => {
    const middle = exp(x);
    const [toMiddle, toX] = gradients(sum(square(middle)), [middle, x]);
    const [a, b] = evaluate([toMiddle!, toX!], { x: [0, 0, 1] });
    expect(Array.from(a!)).toEqual([2, 2, 2 * Math.E]);
    expect(b![2]).toBeCloseTo(2 * Math.exp(2), 12);
  });

  it("can be differentiated again", () => {
    const [first] = gradients(sum(mul(square(x), x)), [x]);
    expect(derivative(sum(first!))).toEqual([6, 12, 18]);
  });

  it("are 0 at the kink of relu and 1 on the closed range of clip", () => {
    const values = { x: [-1, 0, 2] };
    expect(derivative(sum(relu(x)), values)).toEqual([0, 0, 1]);
    expect(derivative(sum(clip(x, -1, 2)), values)).toEqual([1, 1, 1]);
    expect(derivative(sum(clip(x, -0.5, 1)), values)).toEqual([0, 1, 0]);
  });

  it("go to the first of two equal numbers in min and max, and evenly to all ties in a reduction", () => {
    const tie = constant([1, 2, 3]);
    expect(derivative(sum(min(x, tie)))).toEqual([1, 1, 1]);
    expect(derivative(sum(max(tie, x)))).toEqual([0, 0, 0]);
    expect(derivative(reduceMin(x), { x: [2, 1, 1] })).toEqual([0, 0.5, 0.5]);
  });

  it("of a sliced vector are joined by one concat, however often it is sliced", () => {
    const flat = input("flat", [6]);
    const layer = () => {
      const weight = slice(flat, 0, 0, 4);
      return add(sum(square(weight)), sum(slice(flat, 0, 4, 6)));
    };
    const [found] = gradients(add(layer(), mul(layer(), 2)), [flat]);
    const concats = topologicalOrder([found!]).filter(({ op }) => op === "concat");
    expect(concats).toHaveLength(1);
    expect(Array.from(evaluate([found!], { flat: [1, 2, 3, 4, 5, 6] })[0]!)).toEqual([6, 12, 18, 24, 3, 3]);
  });

  it("of parts of a concatenation pass nothing to its other parts", () => {
    const [first, second, third] = [input("a", [2, 1]), input("b", [2, 2]), input("c", [2, 1])];
    const joined = concat([first, mul(second, 5), mul(third, 7)], 1);
    const loss = sum(mul(slice(joined, 1, 3, 4), slice(joined, 1, 0, 1)));
    const found = gradients(loss, [first, second, third]);
    const values = { a: [1, 2], b: [3, 4, 5, 6], c: [10, 20] };
    expect(evaluate(found, values).map((each) => [...each])).toEqual([
      [70, 140],
      [0, 0, 0, 0],
      [7, 14],
    ]);
    expect(found[1]).toMatchObject({ op: "constant" });
    const acrossParts = gradients(sum(square(slice(joined, 1, 0, 2))), [first, second]);
    expect(evaluate(acrossParts, values).map((each) => [...each])).toEqual([
      [2, 4],
      [150, 0, 250, 0],
    ]);
  });

  it("compute only the requested derivatives", () => {
    const [weights, action] = [input("weights", [2, 2]), input("action", [1, 2])];
    const [toAction] = gradients(sum(matMul(action, weights)), [action]);
    expect(topologicalOrder([toAction!])).not.toContain(action);
  });

  it("reject a loss of several numbers", () => {
    expect(() => gradients(sub(x, 1), [x])).toThrow("gradients: expected a loss of one number, got [3]");
  });

  it("of a mean divide by the number of elements", () => {
    const four = input("x", [4]);
    const [found] = gradients(mean(mul(four, constant([4, 8, 12, 16]))), [four]);
    expect(Array.from(evaluate([found!], { x: [0, 0, 0, 0] })[0]!)).toEqual([1, 2, 3, 4]);
  });
});
