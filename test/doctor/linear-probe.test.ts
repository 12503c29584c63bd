import { describe, expect, it } from "vitest";
import { explainedVariance } from "../../doctor/examinations/linear-probe.ts";
import { Rng } from "../../shared/rng.ts";

const rng = Rng.fromSeed(1);
const rows = Array.from({ length: 200 }, () => Array.from({ length: 4 }, () => rng.normal()));

describe("the variance that a linear probe explains", () => {
  it("is all of a linear function, and none of noise", () => {
    const mixed = rows.map(([a = 0, b = 0, c = 0, d = 0]) => [2 * a - b + 3, c + d]);
    expect(explainedVariance(rows, mixed)).toBeGreaterThan(0.99);
    const noise = rows.map(() => [rng.normal()]);
    expect(explainedVariance(rows, noise)).toBeLessThan(0.1);
  });

  it("is not that of a number which varies in a few rows only", () => {
    // One of these rows is in the half that the probe is fitted on, as a tiny change.
    const rare = rows.map((row, i) => [...row, i === 10 ? 1e-4 : i === 150 || i === 170 ? 1000 : 0]);
    expect(explainedVariance(rows, rare)).toBeGreaterThan(0.7);
  });
});
