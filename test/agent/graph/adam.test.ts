/** @file Adam and target blending against the formulas of their papers, in float64. */

import { describe, expect, it } from "vitest";
import { type AdamSettings, adamStep } from "../../../agent/graph/adam.ts";
import { polyakUpdate } from "../../../agent/graph/blend.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { input } from "../../../agent/graph/ops.ts";
import { Rng } from "../../../shared/rng.ts";

const weights = input("weights", [3]);
const gradient = input("gradient", [3]);

/** The weights after some steps, each with the gradient given for it. */
function run(settings: AdamSettings, start: number[], gradients: number[][]): number[][] {
  const { state } = adamStep(weights, gradient, settings);
  let values: Record<string, ArrayLike<number>> = Object.fromEntries(
    state.map(({ name, current }) => [name, new Float64Array(current.shape[0]!)]),
  );
  values["weights"] = start;
  return gradients.map((each) => {
    const next = evaluate(
      state.map((carried) => carried.next),
      { ...values, gradient: each },
    );
    values = Object.fromEntries(state.map(({ name }, i) => [name, next[i]!]));
    return Array.from(values["weights"]!);
  });
}

/** Algorithm 1 of arXiv:1412.6980, line by line. */
function paper(
  start: number[],
  gradients: number[][],
  alpha: number,
  beta1: number,
  beta2: number,
  epsilon: number,
) {
  const theta = [...start];
  const [m, v] = [theta.map(() => 0), theta.map(() => 0)];
  return gradients.map((g, step) => {
    const t = step + 1;
    for (let i = 0; i < theta.length; i++) {
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
      const mHat = m[i]! / (1 - beta1 ** t);
      const vHat = v[i]! / (1 - beta2 ** t);
      theta[i] = theta[i]! - (alpha * mHat) / (Math.sqrt(vHat) + epsilon);
    }
    return [...theta];
  });
}

describe("adamStep", () => {
  it("moves each weight by the step size on the first step, against its gradient", () => {
    const [first] = run({ learningRate: 0.1 }, [1, 1, 1], [[5, -0.01, 300]]);
    for (const [i, x] of [0.9, 1.1, 0.9].entries()) expect(first![i]).toBeCloseTo(x, 6);
  });

  it.each([
    ["the paper's settings", { learningRate: 1e-3 }, [1e-3, 0.9, 0.999, 1e-8]],
    ["others", { learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, [0.05, 0.5, 0.9, 1e-3]],
  ] as const)("follows the paper step by step, with %s", (_, settings, [alpha, beta1, beta2, epsilon]) => {
    const rng = Rng.fromSeed(3);
    const gradients = Array.from({ length: 200 }, () => [
      rng.normal(),
      1e-4 * rng.normal(),
      0.1 + rng.normal(),
    ]);
    const start = [0.3, -0.2, 0];
    const found = run(settings, start, gradients);
    const expected = paper(start, gradients, alpha, beta1, beta2, epsilon);
    for (const [t, step] of found.entries()) {
      const gaps = step.map((x, i) => Math.abs(x - expected[t]![i]!));
      // Constants of the graph are float32: 0.999 itself is off by 1e-8.
      expect(Math.max(...gaps)).toBeLessThan(2e-3 * alpha * (1 + t / 10));
    }
  });

  it("takes its step size from a node as well", () => {
    const { next } = adamStep(weights, gradient, { learningRate: input("rate", []) });
    const zeros = { "weights/sum": [0, 0, 0], "weights/squareSum": [0, 0, 0], "weights/count": [0, 0] };
    const weightWith = (rate: number) =>
      evaluate([next], { ...zeros, weights: [0, 0, 0], gradient: [1, 1, 1], rate: [rate] })[0]![0]!;
    expect(weightWith(0.25)).toBeCloseTo(-0.25, 6);
    expect(weightWith(0.5)).toBeCloseTo(-0.5, 6);
  });

  it("leaves a weight without gradient where it is, and its sums fit for float32's full precision", () => {
    const still = Array.from({ length: 2000 }, () => [0, 0, 0]);
    const after = run({ learningRate: 1e-3 }, [0.1, 0, -1e-3], [[1, 0, 0], ...still]).at(-1)!;
    expect(Math.abs(after[1]!)).toBeLessThan(1e-9);
    expect(Math.abs(after[2]! + 1e-3)).toBeLessThan(1e-9);

    const { state } = adamStep(weights, gradient, { learningRate: 1e-3 });
    const next = evaluate(
      state.map((carried) => carried.next),
      {
        weights: [0, 0, 0],
        gradient: [0, 0, 0],
        "weights/sum": [0, 0, 0],
        "weights/squareSum": [0, 0, 0],
        "weights/count": [0, 0],
      },
    );
    const leastNormal = 2 ** -126;
    for (const sums of [next[1]!, next[2]!]) for (const x of sums) expect(x).toBeGreaterThan(leastNormal);
  });

  it("refuses a gradient of another shape", () => {
    expect(() => adamStep(weights, input("g", [4]), { learningRate: 1 })).toThrow(
      "adamStep: expected a gradient in the shape of weights, got [4] for [3]",
    );
  });
});

describe("polyakUpdate", () => {
  const target = input("target", [3]);
  const blend = (tau: number) =>
    Array.from(
      evaluate([polyakUpdate(target, weights, tau).next], { target: [0, 4, -8], weights: [8, 8, 8] })[0]!,
    );

  it("moves the target τ of the way to the online weights", () => {
    expect(blend(0.25)).toEqual([2, 5, -4]);
  });

  it("copies the online weights for τ = 1", () => {
    expect(blend(1)).toEqual([8, 8, 8]);
  });
});
