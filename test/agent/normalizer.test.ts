import { describe, expect, it } from "vitest";
import { Normalizer } from "../../agent/normalizer.ts";
import { Rng } from "../../shared/rng.ts";

function apply(normalizer: Normalizer, vector: number[]): number[] {
  const into = new Float32Array(vector.length);
  normalizer.apply(Float32Array.from(vector), 1, into, vector.length, 0);
  return [...into];
}

describe("Normalizer", () => {
  it("has the mean and standard deviation of all inputs, in whatever portions they were observed", () => {
    const rng = Rng.fromSeed(1);
    const values = Float32Array.from({ length: 3000 }, (_, i) =>
      i % 2 === 0 ? 1000 + rng.normal() : 0.5 * rng.normal(),
    );
    const atOnce = new Normalizer(2, 5);
    atOnce.observe(values, 1500);
    const inPortions = new Normalizer(2, 5);
    for (let row = 0; row < 1500; ) {
      const n = Math.min(1 + rng.integer(90), 1500 - row);
      inPortions.observe(values.subarray(2 * row), n);
      row += n;
    }
    const mean = [0, 1].map((i) => values.filter((_, at) => at % 2 === i).reduce((a, b) => a + b, 0) / 1500);
    for (const normalizer of [atOnce, inPortions]) {
      const state = normalizer.getState();
      expect(state.count).toBe(1500);
      for (const i of [0, 1]) expect(state.mean[i]).toBeCloseTo(mean[i]!, 9);
      expect(normalizer.std(0)).toBeCloseTo(1, 1);
      expect(normalizer.std(1)).toBeCloseTo(0.5, 1);
    }
    const squares = inPortions.getState().squares;
    for (const [i, x] of atOnce.getState().squares.entries()) expect(squares[i]).toBeCloseTo(x, 6);
  });

  it("maps the mean to 0 and one standard deviation to 1, and clips", () => {
    const normalizer = new Normalizer(1, 5);
    normalizer.observe(Float32Array.of(2, 4, 6, 8), 4);
    const std = Math.sqrt(5);
    expect(apply(normalizer, [5])).toEqual([0]);
    expect(apply(normalizer, [5 + std])[0]).toBeCloseTo(1, 6);
    expect(apply(normalizer, [1e9])).toEqual([5]);
    expect(apply(normalizer, [-1e9])).toEqual([-5]);
  });

  it("does not amplify an input that hardly varies", () => {
    const normalizer = new Normalizer(1, 5);
    normalizer.observe(Float32Array.of(3, 3, 3), 3);
    expect(normalizer.std(0)).toBeCloseTo(0.01, 9);
    expect(apply(normalizer, [3.001])[0]).toBeCloseTo(0.1, 3);
  });

  it("changes nothing without statistics", () => {
    expect(apply(new Normalizer(2, Number.POSITIVE_INFINITY), [7, -90])).toEqual([7, -90]);
  });

  it("writes rows with a stride and leaves other columns unchanged", () => {
    const normalizer = new Normalizer(1, Number.POSITIVE_INFINITY);
    const into = new Float32Array(6).fill(9);
    normalizer.apply(Float32Array.of(1, 2), 2, into, 3, 1);
    expect([...into]).toEqual([9, 1, 9, 9, 2, 9]);
  });

  it("continues from saved statistics and rejects impossible ones", () => {
    const one = new Normalizer(1, 5);
    one.observe(Float32Array.of(1, 2, 5), 3);
    const other = new Normalizer(1, 5);
    other.setState(one.getState(), "inputs");
    for (const each of [one, other]) each.observe(Float32Array.of(8, 9), 2);
    expect(other.getState()).toEqual(one.getState());
    const state = one.getState();
    expect(() => new Normalizer(2, 5).setState(state, "inputs")).toThrow(
      "inputs.mean: expected 2 numbers, one for each input, got 1",
    );
    expect(() => other.setState({ ...state, squares: Float64Array.of(-1) }, "inputs")).toThrow(
      "inputs.squares[0]: expected a number ≥ 0, got -1",
    );
    expect(() => other.setState({ ...state, mean: Float64Array.of(Number.NaN) }, "inputs")).toThrow(
      "inputs.mean[0]: expected a finite number, got NaN",
    );
  });
});
