/** @file More injected faults that the doctor names after short runs: see injected-faults.integration.test.ts. */

import { expect, it } from "vitest";
import { causeOf, diagnosisOf, HALF_RANDOM } from "./short-diagnosis.ts";

it.each(["inputs-times-100", "dead-actor", "dead-critic", "statistics-of-still-arm", "updates-late"])(
  "%s is found after 600 steps",
  async (name) => {
    expect((await diagnosisOf(name)).verdict).toBe(causeOf(name));
  },
);

it.each([
  "delay",
  "goal-of-before",
  "goals-jitter",
  "goals-unreachable",
  "sensor-frozen",
  "critic-frozen",
  "one-unit",
  "tau-tiny",
  "warm-up-longer-than-run",
  "action-gain-low",
])("%s is found after 1,000 steps, half of them random", async (name) => {
  expect((await diagnosisOf(name, HALF_RANDOM)).verdict).toBe(causeOf(name));
});
