import { expect, it } from "vitest";
import { isHealthy } from "../../doctor/is-healthy.ts";
import { mean } from "../../shared/statistics.ts";

const healthy = (trend: readonly number[], episodes: number) =>
  isHealthy({ value: mean(trend.slice(-3)), trend }, episodes);

it.each([
  ["two good evaluations after a bad one", [0, 0.9, 0.95], 50, true],
  ["one good evaluation", [0.95], 50, true],
  ["one lower evaluation, however few its episodes", [0.85], 5, false],
  ["a mean of 0.9 with a dip", [1, 0.8, 0.9], 50, true],
  // 0.9 − 1.645 √(0.9 · 0.1 / 60) is 0.836, with 150 episodes 0.860.
  ["a mean of 0.85 over 60 episodes", [0.85, 0.85, 0.85], 20, true],
  ["a mean of 0.85 over 150 episodes", [0.85, 0.85, 0.85], 50, false],
  ["a mean of 0.83 over 60 episodes", [0.8, 0.85, 0.85], 20, false],
])("%s", (_, trend, episodes, expected) => {
  expect(healthy(trend, episodes)).toBe(expected);
});

it("a run without evaluations is not healthy", () => {
  expect(isHealthy(undefined, 50)).toBe(false);
  expect(isHealthy({ value: Number.NaN, trend: [] }, 50)).toBe(false);
});
