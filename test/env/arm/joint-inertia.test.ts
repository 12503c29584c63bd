/** @file The mass matrix against recursive Newton–Euler. */

import { expect, it } from "vitest";
import { linksWithFingers } from "../../../env/arm/arm-model.ts";
import { JointInertia } from "../../../env/arm/joint-inertia.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import { Rng } from "../../../shared/rng.ts";
import { inverseDynamics } from "./newton-euler.ts";

it.each(Object.entries(ENVIRONMENTS))(
  "%s: M(q) q̈ equals the torque of inverse dynamics at rest",
  (_id, { arm }) => {
    const carried = { ...arm, links: linksWithFingers(arm) };
    const rng = Rng.fromSeed(1);
    const kinematics = new ArmKinematics(arm);
    const inertia = new JointInertia(arm);
    const size = arm.links.length;
    for (let trial = 0; trial < 20; trial++) {
      const angles = arm.links.map(() => rng.uniformIn(-3, 3));
      const accelerations = arm.links.map(() => rng.uniformIn(-5, 5));
      kinematics.update(angles);
      inertia.update(kinematics);
      const expected = inverseDynamics(carried, angles, new Float64Array(size), accelerations, [0, 0, 0]);
      for (let i = 0; i < size; i++) {
        const row = inertia.matrix.subarray(i * size, (i + 1) * size);
        const torque = row.reduce((sum, element, j) => sum + element * accelerations[j]!, 0);
        expect(torque).toBeCloseTo(expected[i]!, 9);
      }
    }
  },
);
