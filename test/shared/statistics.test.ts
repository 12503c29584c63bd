import { describe, expect, test } from "vitest";
import { Rng } from "../../shared/rng.ts";
import {
  bootstrapInterval,
  interquartileMean,
  mean,
  median,
  pairedDifference,
  quantile,
  standardDeviation,
} from "../../shared/statistics.ts";

describe("averages", () => {
  test("equal those of NumPy and SciPy", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(mean(values)).toBe(3.875);
    // numpy.std, numpy.quantile(…, 0.1), scipy.stats.trim_mean(…, 0.25)
    expect(standardDeviation(values)).toBeCloseTo(2.5708704751503917, 12);
    expect(quantile(values, 0.1)).toBeCloseTo(1.0, 12);
    expect(quantile(values, 0.9)).toBeCloseTo(6.9, 12);
    expect(median(values)).toBe(3.5);
    expect(interquartileMean(values)).toBe(3.5);
    expect(interquartileMean([0, 10, 20])).toBe(10);
  });

  test("of infinite values are infinite", () => {
    const never = Number.POSITIVE_INFINITY;
    expect(median([never, never])).toBe(never);
    expect(median([1, never, never])).toBe(never);
    expect(median([1, 2, never])).toBe(2);
    expect(median([1, never])).toBe(never);
  });

  test("are NaN for an empty list", () => {
    for (const statistic of [mean, standardDeviation, median, interquartileMean])
      expect(statistic([])).toBe(Number.NaN);
  });
});

describe("bootstrapInterval", () => {
  test("covers the true mean of normal samples in about 95 % of trials", () => {
    const rng = Rng.fromSeed(1);
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const samples = Array.from({ length: 30 }, () => 2 + rng.normal());
      const { low, high } = bootstrapInterval(samples, mean, { rng, resamples: 500 });
      if (low <= 2 && 2 <= high) covered += 1;
    }
    expect(covered / 300).toBeGreaterThan(0.88);
    expect(covered / 300).toBeLessThan(0.98);
  });

  test("has no width for identical samples, and widens with the confidence", () => {
    const rng = () => Rng.fromSeed(3);
    expect(bootstrapInterval([2, 2, 2], mean, { rng: rng() })).toEqual({ low: 2, high: 2 });
    const samples = [1, 2, 3, 4, 10];
    const narrow = bootstrapInterval(samples, mean, { rng: rng(), confidence: 0.5 });
    const wide = bootstrapInterval(samples, mean, { rng: rng(), confidence: 0.99 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  test("is deterministic for a given seed", () => {
    const estimate = () => bootstrapInterval([1, 2, 3, 4], mean, { rng: Rng.fromSeed(9) });
    expect(estimate()).toEqual(estimate());
  });
});

describe("pairedDifference", () => {
  test("removes the variance that both samples share", () => {
    const base = [0, 100, 200, 300, 400];
    const shifted = base.map((x) => x + 5);
    expect(pairedDifference(shifted, base, Rng.fromSeed(1))).toEqual({ mean: 5, low: 5, high: 5 });
  });
});
