import { describe, expect, test } from "vitest";
import { interquartileMean, mean, median, quantile, standardDeviation } from "../../shared/statistics.ts";

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
