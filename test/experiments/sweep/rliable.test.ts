/**
 * @file Compares the statistics with rliable 1.2.0 (NumPy 2.4, SciPy 1.17) on the same scores:
 *
 *     A = np.array([...]).T; metrics.aggregate_iqm(A); metrics.probability_of_improvement(A, B)
 *     library.get_interval_estimates({'A': A}, …, reps=50000); library.create_performance_profile(…)
 */

import { describe, expect, it } from "vitest";
import {
  interquartileMeanOf,
  meanOf,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type Scores,
  stratifiedBootstrap,
} from "../../../experiments/sweep/rliable.ts";
import { Rng } from "../../../shared/rng.ts";

/** Two tasks, seven runs each. */
const A: Scores = [
  [0.98, 1.0, 0.86, 0.99, 1.0, 0.34, 0.97],
  [0.71, 0.64, 0.8, 0.12, 0.55, 0.92, 0.77],
];
const B: Scores = [
  [0.9, 0.98, 0.5, 0.99, 0.75, 0.97, 0.88],
  [0.4, 0.64, 0.31, 0.0, 0.2, 0.05, 0.71],
];
const seeded = () => Rng.fromSeed(1);

describe("agreement with rliable", () => {
  it("holds for the interquartile mean, the mean and the optimality gap", () => {
    expect(interquartileMeanOf(A)).toBeCloseTo(0.83125, 12);
    expect(interquartileMeanOf(B)).toBeCloseTo(0.63625, 12);
    expect(meanOf(A)).toBeCloseTo(0.7607142857142857, 12);
    expect(meanOf(B)).toBeCloseTo(0.5914285714285714, 12);
    expect(optimalityGap(A)).toBeCloseTo(0.2392857142857142, 12);
    expect(optimalityGap(B)).toBeCloseTo(0.4085714285714286, 12);
  });

  it("holds for the performance profile, where a score equal to the threshold does not count as above it", () => {
    const thresholds = [0, 0.25, 0.5, 0.75, 0.9, 0.98, 1];
    const a = [1, 0.92857143, 0.85714286, 0.64285714, 0.42857143, 0.21428571, 0];
    const b = [0.92857143, 0.78571429, 0.57142857, 0.35714286, 0.21428571, 0.07142857, 0];
    performanceProfile(A, thresholds).forEach((share, i) => {
      expect(share).toBeCloseTo(a[i]!, 8);
    });
    performanceProfile(B, thresholds).forEach((share, i) => {
      expect(share).toBeCloseTo(b[i]!, 8);
    });
  });

  it("holds for the probability of improvement, where a tie counts half", () => {
    expect(probabilityOfImprovement(A, B)).toBeCloseTo(0.7397959183673469, 12);
    expect(probabilityOfImprovement(B, A)).toBeCloseTo(1 - 0.7397959183673469, 12);
    expect(probabilityOfImprovement(A, A)).toBeCloseTo(0.5, 12);
  });

  it("holds for the 95 % intervals, within the sampling error of 50,000 resamples", () => {
    const iqm = stratifiedBootstrap([A], ([a]) => interquartileMeanOf(a!), { rng: seeded() });
    expect(iqm.value).toBeCloseTo(0.83125, 12);
    expect(Math.abs(iqm.low - 0.65875)).toBeLessThan(0.006);
    expect(Math.abs(iqm.high - 0.9125)).toBeLessThan(0.006);
    const mean = stratifiedBootstrap([B], ([b]) => meanOf(b!), { rng: seeded() });
    expect(Math.abs(mean.low - 0.47928571)).toBeLessThan(0.004);
    expect(Math.abs(mean.high - 0.70142857)).toBeLessThan(0.004);
    const better = stratifiedBootstrap([A, B], ([a, b]) => probabilityOfImprovement(a!, b!), {
      rng: seeded(),
    });
    expect(Math.abs(better.low - 0.54081633)).toBeLessThan(0.006);
    expect(Math.abs(better.high - 0.91326531)).toBeLessThan(0.006);
  });
});

describe("stratifiedBootstrap", () => {
  it("finds the exact interval where all resamples can be enumerated", () => {
    // The mean of three draws from {0, 0, 1} is k/3 with k ~ Binomial(3, 1/3): probabilities 8, 12, 6, 1 in 27.
    const estimate = stratifiedBootstrap([[[0, 0, 1]]], ([scores]) => meanOf(scores!), {
      rng: seeded(),
      confidence: 0.9,
    });
    expect(estimate).toEqual({ value: 1 / 3, low: 0, high: 2 / 3 });
  });

  it("resamples within each task, so differences between tasks do not widen the interval", () => {
    const constant: Scores = [
      [0.2, 0.2, 0.2],
      [0.9, 0.9, 0.9],
    ];
    const { low, high } = stratifiedBootstrap([constant], ([scores]) => meanOf(scores!), {
      rng: seeded(),
      resamples: 1000,
    });
    expect(low).toBeCloseTo(0.55, 12);
    expect(high).toBeCloseTo(0.55, 12);
  });

  it("is deterministic for a given seed and does not change the scores", () => {
    const scores = structuredClone(A);
    const estimate = () =>
      stratifiedBootstrap([scores], ([a]) => interquartileMeanOf(a!), { rng: seeded(), resamples: 500 });
    expect(estimate()).toEqual(estimate());
    expect(scores).toEqual(A);
  });

  it("accepts tasks with different numbers of runs", () => {
    const { value, low, high } = stratifiedBootstrap([[[1, 1, 1, 1], [0.5]]], ([scores]) => meanOf(scores!), {
      rng: seeded(),
      resamples: 200,
    });
    expect([value, low, high]).toEqual([0.75, 0.75, 0.75]);
  });
});
