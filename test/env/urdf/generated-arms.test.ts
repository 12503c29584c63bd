/** @file Random arms with random gaps: what one error suggests is enough to import each of them. */

import { describe, expect, it } from "vitest";
import { armReach, checkArmModel } from "../../../env/arm/arm-model.ts";
import { examineUrdf, importUrdf } from "../../../env/urdf/import-urdf.ts";
import { InputError } from "../../../shared/errors.ts";
import { Rng } from "../../../shared/rng.ts";
import { DEFAULT_OPTIONS, generatedArm } from "./arm-urdf.ts";

const ARMS = Array.from({ length: 60 }, (_, seed) => {
  const text = generatedArm(Rng.fromSeed(seed));
  return { seed, text, ...examineUrdf(text, "x.urdf", DEFAULT_OPTIONS) };
});

/** Returns the message of the error without settings; "" if the file has all that it needs. */
function errorOf(text: string): string {
  try {
    importUrdf(text, "x.urdf", DEFAULT_OPTIONS);
    return "";
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

describe("a generated arm", () => {
  it("is imported with at most the suggested efforts and density, and can be simulated", () => {
    for (const { seed, arm } of ARMS) {
      expect(() => checkArmModel(arm.model, 1 / 200), `seed ${seed}`).not.toThrow();
      expect(arm.model.links.length, `seed ${seed}`).toBeGreaterThanOrEqual(4);
      expect(armReach(arm.model)).toBeGreaterThan(0.2);
    }
  });

  it("lists all its gaps in one line, if there are any", () => {
    for (const { seed, text, gaps } of ARMS) {
      const message = errorOf(text);
      const names = [...gaps.joints, ...gaps.links];
      expect(message === "", `seed ${seed}`).toBe(names.length === 0);
      for (const name of names) expect(message, `seed ${seed}`).toMatch(new RegExp(`\\b${name}\\b`));
      expect(message).not.toContain("\n");
    }
  });

  it("keeps the file's torques and masses whatever the settings", () => {
    for (const { text, arm, gaps } of ARMS) {
      const { model } = importUrdf(text, "x.urdf", { ...DEFAULT_OPTIONS, effort: 77, density: 500 });
      for (const [i, link] of model.links.entries()) {
        const other = arm.model.links[i]!;
        expect(link.torqueLimit).toBe(gaps.joints.includes(link.joint) ? 77 : other.torqueLimit);
        expect(link.mass).toBeCloseTo(gaps.links.includes(link.name) ? other.mass / 2 : other.mass, 9);
      }
    }
  });
});
