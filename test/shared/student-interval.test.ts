/** @file Student's interval of a mean paired difference: against known values, and its coverage for few samples. */

import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";
import { pairedDifference } from "../../shared/statistics.ts";
import { studentDifference } from "../../shared/student-interval.ts";

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

  it("is continuous from the table to the formula", () => {
    const width = (count: number) => {
      const { low, high } = studentDifference(
        Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1)),
        zeros(count),
      );
      return ((high - low) / 2) * Math.sqrt(count - 1);
    };
    expect(width(32) / width(30)).toBeCloseTo(0.999, 2);
  });

  it.each([
    ["normal", (rng: Rng) => rng.normal()],
    ["uniform", (rng: Rng) => rng.uniformIn(-1, 1)],
  ])(
    "covers the mean of %s differences in 95 %% of samples of 3 and 5, where a bootstrap does not",
    (_, draw) => {
      const rng = Rng.fromSeed(1);
      for (const count of [3, 5]) {
        let covered = 0;
        let bootstrapped = 0;
        const samples = 400;
        for (let i = 0; i < samples; i++) {
          const sample = Array.from({ length: count }, () => draw(rng));
          const contains = ({ low, high }: { low: number; high: number }) => low <= 0 && high >= 0;
          if (contains(studentDifference(sample, zeros(count)))) covered += 1;
          if (i < 40 && contains(pairedDifference(sample, zeros(count), rng))) bootstrapped += 1;
        }
        expect(covered / samples).toBeGreaterThan(0.92);
        expect(covered / samples).toBeLessThan(0.98);
        expect(bootstrapped / 40).toBeLessThan(0.95);
      }
    },
  );
});
