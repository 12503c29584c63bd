/** @file The arms move as MuJoCo says: an engine that shares nothing with ours, the same model and torques. */

import { describe, expect, it } from "vitest";
import { difference, TIMES } from "../../bench/oracle.ts";
import { ENVIRONMENTS } from "../../env/registry.ts";

const ARMS = new Map(Object.values(ENVIRONMENTS).map(({ arm }) => [arm.name, arm]));
const HALF_SECOND = TIMES.indexOf(0.5);

describe.each([...ARMS])("%s", (_name, model) => {
  it("is within 5 mm of MuJoCo after 0.5 s of random torques, and nearer at finer substeps", async () => {
    let [coarse, fine] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const { distances, ways } = await difference(model, seed, 1 / 200, false);
      expect(ways[HALF_SECOND]).toBeGreaterThan(0.02);
      expect(distances[HALF_SECOND]).toBeLessThan(0.005);
      coarse += distances[HALF_SECOND]!;
      fine += (await difference(model, seed, 1 / 1000, false)).distances[HALF_SECOND]!;
    }
    expect(fine).toBeLessThan(coarse / 2);
  });
});
