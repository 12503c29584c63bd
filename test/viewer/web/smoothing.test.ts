import { expect, it } from "vitest";
import { smoothed } from "../../../viewer/web/panel/smoothing.ts";

it("changes nothing with weight 0", () => {
  expect(smoothed([1, null, -3, 0], 0)).toEqual([1, null, -3, 0]);
});

it("starts at the first value and keeps a constant", () => {
  for (const value of smoothed([null, 2, 2, null, 2], 0.9))
    if (value !== null) expect(value).toBeCloseTo(2, 12);
  expect(smoothed([5, 0], 0.5)[0]).toBeCloseTo(5, 12);
});

it("weights each value by the powers of its age", () => {
  // (0.25 · 8 + 0.5 · 4 + 1 · 1) / 1.75
  expect(smoothed([8, 4, 1], 0.5)[2]).toBeCloseTo(5 / 1.75, 12);
});
