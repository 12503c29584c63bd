/** @file Metrics and entries of cards in plain words. */

import { expect, it } from "vitest";
import { describeRates } from "../../../viewer/web/panel/describe-rates.ts";
import { plainName } from "../../../viewer/web/panel/plain-names.ts";

it.each([
  ["stepsTo95", "Steps to a success rate of 0.95"],
  ["versions rapier", "Version of rapier"],
  ["doctor/batches_paid", "Batches paid"],
  ["finalEpisodes", "Final episodes"],
  ["seed", "Seed"],
])("names %s", (key, name) => {
  expect(plainName(key)).toBe(name);
});

it.each([
  [[0.25], "0.25 in the newest of 1 evaluation, at most 0.25"],
  [[0, 0, 0, 0], "0.00 in 4 evaluations"],
  // The newest is the first near the maximum.
  [[0, 0.1, 0.2, 0.3, 0.9], "0.90 in the newest of 5 evaluations, at most 0.90"],
  [[0, 0.5, 0.96, 0.7, 1, 0.76], "0.70 to 1.00 in 4 of 6 evaluations, since it first came near its maximum"],
])("describes the success rates %j", (rates, text) => {
  expect(describeRates(rates)).toBe(text);
});
