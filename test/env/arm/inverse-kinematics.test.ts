/** @file Inverse kinematics: accuracy within reach, joint limits and finite angles beyond it, tool orientation. */

import { describe, expect, it } from "vitest";
import { InverseKinematics } from "../../../env/arm/inverse-kinematics.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { arm3 } from "../../../env/models/arm3.ts";
import { panda } from "../../../env/models/panda.ts";
import { planar2 } from "../../../env/models/planar2.ts";
import { planar3 } from "../../../env/models/planar3.ts";
import { Rng } from "../../../shared/rng.ts";
import { distance } from "../../../shared/vec3.ts";

const ARMS = [panda, planar2, planar3, arm3].map((model) => [model.name, model] as const);

describe.each(ARMS)("%s", (_name, model) => {
  const kinematics = new ArmKinematics(model);
  const inverse = new InverseKinematics(model);
  kinematics.update(model.home);
  const home = [...kinematics.endEffector];

  it("moves the tool by up to 3 cm with an error below half a millimetre", () => {
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 30; trial++) {
      const target = [...home];
      for (const axis of model.toolAxes) target[axis]! += rng.uniformIn(-0.03, 0.03);
      inverse.solve(model.home, target);
      kinematics.update(inverse.angles);
      expect(distance(kinematics.endEffector, target)).toBeLessThan(5e-4);
    }
  });

  it("moves towards a point out of reach with its joints within their limits", () => {
    let angles: ArrayLike<number> = model.home;
    for (let step = 0; step < 200; step++) {
      inverse.solve(angles, [5, 0, home[2]!]);
      angles = inverse.angles.slice();
    }
    kinematics.update(angles);
    expect(kinematics.endEffector[0]).toBeGreaterThan(home[0]! + 0.05);
    for (const [i, { limits }] of model.links.entries()) {
      expect(Number.isFinite(angles[i])).toBe(true);
      if (limits === null) continue;
      expect(angles[i]).toBeGreaterThanOrEqual(limits[0]);
      expect(angles[i]).toBeLessThanOrEqual(limits[1]);
    }
  });
});

it("restores and keeps the orientation of the Panda's hand while it moves 20 cm", () => {
  const kinematics = new ArmKinematics(panda);
  const inverse = new InverseKinematics(panda);
  kinematics.update(panda.home);
  const home = kinematics.rotations.slice(-4);
  const target = kinematics.endEffector.slice();
  const tilted = panda.home.map((angle, i) => angle + (i === 5 ? 0.2 : 0));
  let angles: ArrayLike<number> = tilted;
  const tilt = () => {
    kinematics.update(angles);
    const dot = kinematics.rotations.slice(-4).reduce((sum, x, i) => sum + x * home[i]!, 0);
    return 2 * Math.acos(Math.min(Math.abs(dot), 1));
  };
  expect(tilt()).toBeCloseTo(0.2, 6);
  for (let step = 0; step < 10; step++) {
    target[1]! += 0.02;
    inverse.solve(angles, target);
    angles = inverse.angles.slice();
  }
  expect(tilt()).toBeLessThan(0.005);
  expect(distance(kinematics.endEffector, target)).toBeLessThan(1e-3);
});
