/** @file Adam and target blending against the formulas of their papers, in float64. */

import { describe, expect, it } from "vitest";
import { type AdamSettings, adam, adamDirection } from "../../../agent/graph/adam.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { input } from "../../../agent/graph/ops.ts";
import { polyakUpdate } from "../../../agent/graph/polyak.ts";
import { Rng } from "../../../shared/rng.ts";

const weights = input("weights", [3]);
const gradient = input("gradient", [3]);

type Values = Record<string, ArrayLike<number>>;

/** Weights and optimiser state after each of some steps, one per gradient. */
function run(settings: AdamSettings, start: number[], gradients: number[][]): Values[] {
  const optimiser = adam(settings);
  const { parameters, state } = optimiser.update(gradient, optimiser.init(weights), weights);
  const names = ["weights", ...state.map(({ current }) => current.name)];
  const roots = [parameters, ...state.map(({ next }) => next)];
  let values: Values = { weights: start };
  for (const { current } of state) values[current.name] = new Float64Array(current.shape[0]!);
  return gradients.map((each) => {
    const next = evaluate(roots, { ...values, gradient: each });
    values = Object.fromEntries(names.map((name, i) => [name, next[i]!]));
    return values;
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

const randomGradients = (count: number) => {
  const rng = Rng.fromSeed(3);
  return Array.from({ length: count }, () => [rng.normal(), 1e-4 * rng.normal(), 0.1 + rng.normal()]);
};

describe("adam", () => {
  it("moves each weight by the step size on the first step, against its gradient", () => {
    const [first] = run({ learningRate: 0.1 }, [1, 1, 1], [[5, -0.01, 300]]);
    for (const [i, x] of [0.9, 1.1, 0.9].entries()) expect(first!["weights"]![i]).toBeCloseTo(x, 6);
  });

  it.each([
    ["default settings", { learningRate: 1e-3 }, [1e-3, 0.9, 0.999, 1e-8]],
    ["other settings", { learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, [0.05, 0.5, 0.9, 1e-3]],
  ] as const)("matches the paper at each step with %s", (_, settings, [alpha, beta1, beta2, epsilon]) => {
    const gradients = randomGradients(200);
    const start = [0.3, -0.2, 0];
    const expected = paper(start, gradients, alpha, beta1, beta2, epsilon);
    for (const [t, { weights: found }] of run(settings, start, gradients).entries()) {
      const gaps = Array.from(found!, (x, i) => Math.abs(x - expected[t]![i]!));
      // Constants of the graph are float32: 0.999 itself is off by 1e-8.
      expect(Math.max(...gaps)).toBeLessThan(2e-3 * alpha * (1 + t / 10));
    }
  });

  it("accepts a node as the step size", () => {
    const optimiser = adam({ learningRate: input("rate", []) });
    const { parameters } = optimiser.update(gradient, optimiser.init(weights), weights);
    const zeros = { "weights/sum": [0, 0, 0], "weights/squareSum": [0, 0, 0], "weights/count": [0, 0] };
    const weightWith = (rate: number) =>
      evaluate([parameters], { ...zeros, weights: [0, 0, 0], gradient: [1, 1, 1], rate: [rate] })[0]![0]!;
    expect(weightWith(0.25)).toBeCloseTo(-0.25, 6);
    expect(weightWith(0.5)).toBeCloseTo(-0.5, 6);
  });

  it("does not move a weight without gradient", () => {
    const zeros = Array.from({ length: 2000 }, () => [0, 0, 0]);
    const { weights: after } = run({ learningRate: 1e-3 }, [0.1, 0, -1e-3], [[1, 0, 0], ...zeros]).at(-1)!;
    expect(Math.abs(after![1]!)).toBeLessThan(1e-9);
    expect(Math.abs(after![2]! + 1e-3)).toBeLessThan(1e-9);
  });

  it("keeps the sums of a weight without gradient in float32's normal range", () => {
    const [state] = run({ learningRate: 1e-3 }, [0, 0, 0], [[0, 0, 0]]);
    const minNormal = 2 ** -126;
    for (const name of ["weights/sum", "weights/squareSum"]) {
      for (const x of Array.from(state![name]!)) expect(x).toBeGreaterThan(minNormal);
    }
  });

  it("rejects a gradient of another shape", () => {
    const optimiser = adam({ learningRate: 1 });
    expect(() => optimiser.update(input("g", [4]), optimiser.init(weights), weights)).toThrow(
      /adam: expected .*\[3\], got \[4\]/,
    );
  });
});

describe("adamDirection", () => {
  it("is the last step divided by the step size", () => {
    const states = run({ learningRate: 0.01 }, [0, 0, 0], randomGradients(20));
    const [before, after] = [states.at(-2)!, states.at(-1)!];
    const [count, squareCount] = Array.from(after["weights/count"]!);
    for (let i = 0; i < 3; i++) {
      const direction = adamDirection(after["weights/sum"]![i]!, after["weights/squareSum"]![i]!, [
        count!,
        squareCount!,
      ]);
      expect(-0.01 * direction).toBeCloseTo(after["weights"]![i]! - before["weights"]![i]!, 8);
    }
  });
});

describe("polyakUpdate", () => {
  const target = input("target", [3]);
  const blend = (tau: number) =>
    Array.from(
      evaluate([polyakUpdate(target, weights, tau).next], { target: [0, 4, -8], weights: [8, 8, 8] })[0]!,
    );

  it("moves the target by the share τ towards the online weights", () => {
    expect(blend(0.25)).toEqual([2, 5, -4]);
  });

  it("copies the online weights for τ = 1", () => {
    expect(blend(1)).toEqual([8, 8, 8]);
  });
});
