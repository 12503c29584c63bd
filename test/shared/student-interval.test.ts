/** @file Student's interval of a mean paired difference: against known values, and its coverage for few samples. */

import { describe, expect, it } from "vitest";
import { stratifiedBootstrap } from "../../experiments/sweep/rliable.ts";
import { Rng } from "../../shared/rng.ts";
import { mean } from "../../shared/statistics.ts";
import { studentDifference, studentQuantile } from "../../shared/student-interval.ts";

const zeros = (count: number) => new Array<number>(count).fill(0);

describe("Student's interval", () => {
  it("agrees with scipy.stats.t.interval", () => {
    // t.interval(0.95, 4, loc=mean, scale=sem) of 1, 2, 4, 8, 16
    const { low, high, mean: center } = studentDifference([1, 2, 4, 8, 16], zeros(5));
    expect(center).toBeCloseTo(6.2, 9);
    expect(low).toBeCloseTo(-1.3731, 2);
    expect(high).toBeCloseTo(13.7731, 2);
  });

  it("has no bounds for one pair, and no width for equal differences", () => {
    expect(studentDifference([3], [1])).toEqual({ mean: 2, low: -Infinity, high: Infinity });
    expect(studentDifference([3, 4, 5], [1, 2, 3])).toEqual({ mean: 2, low: 2, high: 2 });
  });

  it("has the quantiles of the tables, for any level and number", () => {
    // scipy.stats.t.ppf((1 + p) / 2, df)
    const known = [
      [0.95, 1, 12.7062],
      [0.95, 2, 4.3027],
      [0.95, 4, 2.7764],
      [0.95, 9, 2.2622],
      [0.95, 1000, 1.9623],
      [0.99, 1, 63.6567],
      [0.99, 4, 4.6041],
      [0.99, 9, 3.2498],
    ] as const;
    for (const [level, degrees, quantile] of known)
      expect(studentQuantile(level, degrees)).toBeCloseTo(quantile, 4);
    expect(studentQuantile(0, 3)).toBeCloseTo(0, 12);
  });

  it("widens with the confidence", () => {
    const widths = [0.9, 0.95, 0.999].map((confidence) => {
      const { low, high } = studentDifference([1, 2, 4, 8, 16], zeros(5), confidence);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  it.each([
    { name: "normal", draw: (rng: Rng) => rng.normal() },
    { name: "uniform", draw: (rng: Rng) => rng.uniformIn(-1, 1) },
  ])(
    "covers the mean of $name differences in 95 % of samples of 3 and 5, where a bootstrap does not",
    ({ draw }) => {
      const rng = Rng.fromSeed(1);
      for (const count of [3, 5]) {
        let covered = 0;
        let bootstrapped = 0;
        const samples = 400;
        for (let i = 0; i < samples; i++) {
          const sample = Array.from({ length: count }, () => draw(rng));
          const contains = ({ low, high }: { low: number; high: number }) => low <= 0 && high >= 0;
          if (contains(studentDifference(sample, zeros(count)))) covered += 1;
          const bootstrap = () =>
            stratifiedBootstrap([[sample]], ([tasks]) => mean(tasks![0]!), { rng, resamples: 2000 });
          if (i < 100 && contains(bootstrap())) bootstrapped += 1;
        }
        expect(covered / samples).toBeGreaterThan(0.91);
        expect(covered / samples).toBeLessThan(0.98);
        expect(bootstrapped / 100).toBeLessThan(0.92);
      }
    },
  );
});
