/** @file Which runs have the settings of a job of a sweep. */

import { expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { isRunOf } from "../../training/training-pool.ts";

const config = (urdf: object, agent: object = {}) =>
  parseConfig({ env: { id: "arm-reach", urdf }, agent }, "test");
const file = "/arms/arm.urdf";
const recorded = { file, sha256: "a".repeat(64) };

it("a run records the checksum of the arm's file and the home that was chosen for it", () => {
  const run = config({ ...recorded, home: [0, 1, 0] });
  expect(isRunOf(config({ file }), run)).toBe(true);
  expect(isRunOf(config({ file, home: [0, 1, 0] }), run)).toBe(true);
});

it("a run with another home or another agent is not the job's", () => {
  const run = config({ ...recorded, home: [0, 1, 0] });
  expect(isRunOf(config({ file, home: [0, 0.5, 0] }), run)).toBe(false);
  expect(isRunOf(config({ file }, { tau: 0.5 }), run)).toBe(false);
});
