/** @file The exponent of a known power law. */

import { expect, it } from "vitest";
import { slopeOfLogs } from "../../../experiments/cases/power-law.ts";

it("fits the exponent of a power law", () => {
  expect(slopeOfLogs([1, 2, 3, 10].map((x) => [x, 7 * x ** 0.5]))).toBeCloseTo(0.5, 12);
});
