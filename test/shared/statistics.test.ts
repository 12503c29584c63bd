import { describe, expect, test } from "vitest";
import { Rng } from "../../shared/rng.ts";
import {
  bootstrapInterval,
  deviation,
  interquartileMean,
  mean,
  median,
  pairedDifference,
  quantile,
} from "../../shared/statistics.ts";

describe("averages", () => {
  test("are those of NumPy and SciPy", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(mean(values)).toBe(3.875);
    // numpy.std, numpy.quantile(…, 0.1), scipy.stats.trim_mean(…, 0.25)
    expect(deviation(values)).toBeCloseTo(2.5708704751503917, 12);
    expect(quantile(values, 0.1)).toBeCloseTo(1.0, 12);
    expect(quantile(values, 0.9)).toBeCloseTo(6.9, 12);
    expect(median(values)).toBe(3.5);
    expect(interquartileMean(values)).toBe(3.5);
    expect(interquartileMean([0, 10, 20])).toBe(10);
  });

  test("of nothing are not a number", () => {
    for (const statistic of [mean, deviation, median, interquartileMean])
      expect(statistic([])).toBe(Number.NaN);
  });
});

describe("bootstrapInterval", () => {
  test("covers the true mean of normal samples about 95 times in 100", () => {
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

  test("is a point where all samples are one, and widens with confidence", () => {
    const rng = () => Rng.fromSeed(3);
    expect(bootstrapInterval([2, 2, 2], mean, { rng: rng() })).toEqual({ low: 2, high: 2 });
    const samples = [1, 2, 3, 4, 10];
    const narrow = bootstrapInterval(samples, mean, { rng: rng(), confidence: 0.5 });
    const wide = bootstrapInterval(samples, mean, { rng: rng(), confidence: 0.99 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  test("is the same for the same seed", () => {
    const of = () => bootstrapInterval([1, 2, 3, 4], mean, { rng: Rng.fromSeed(9) });
    expect(of()).toEqual(of());
  });
});

describe("pairedDifference", () => {
  test("sees what pairs share only once", () => {
    const base = [0, 100, 200, 300, 400];
    const {
      mean: shift,
      low,
      high,
    } = pairedDifference(
      base.map((x) => x + 5),
      base,
      Rng.fromSeed(1),
    );
    expect([shift, low, high]).toEqual([5, 5, 5]);
  });
});
