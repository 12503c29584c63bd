/** @file Welding and rotating bodies, against textbook inertias of boxes. */

import { describe, expect, it } from "vitest";
import { type Inertia, principalInertia, rotateInertia, weld } from "../../../env/arm/mass-properties.ts";
import { Rng } from "../../../shared/rng.ts";
import { IDENTITY, multiply, type Quat, quatFromAxisAngle } from "../../../shared/vec3.ts";

/** Returns the inertia of a uniform box about its centre. */
function boxInertia(mass: number, x: number, y: number, z: number): Inertia {
  const k = mass / 12;
  return [k * (y * y + z * z), k * (x * x + z * z), k * (x * x + y * y), 0, 0, 0];
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (const [i, x] of got.entries()) expect(x, `[${i}]`).toBeCloseTo(expected[i]!, 12);
}

describe("weld", () => {
  it("combines two short boxes, one of them rotated, into a long box", () => {
    const quarter = quatFromAxisAngle([0, 0, 1], Math.PI / 2);
    const box = weld([
      {
        mass: 1,
        centerOfMass: [0.5, 0, 0],
        inertia: boxInertia(1, 1, 0.2, 0.3),
        position: [0, 0, 0],
        orientation: IDENTITY,
      },
      {
        // Lies along its own y axis, which the orientation turns into −x.
        mass: 1,
        centerOfMass: [0, -0.5, 0],
        inertia: boxInertia(1, 0.2, 1, 0.3),
        position: [1, 0, 0],
        orientation: quarter,
      },
    ]);
    expect(box.mass).toBe(2);
    expectClose(box.centerOfMass, [1, 0, 0]);
    expectClose(box.inertia, boxInertia(2, 2, 0.2, 0.3));
  });
});

describe("principalInertia", () => {
  it("returns moments and axes that reproduce the inertia", () => {
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 100; trial++) {
      const [x, y, z, w] = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
      const norm = Math.hypot(x, y, z, w);
      const orientation: Quat = multiply([x / norm, y / norm, z / norm, w / norm], IDENTITY);
      const moments = [rng.uniformIn(1, 1.5), rng.uniformIn(1, 1.5), rng.uniformIn(1, 1.5)] as const;
      const inertia = rotateInertia([...moments, 0, 0, 0], orientation);
      const principal = principalInertia(inertia);
      expectClose([...principal.moments].sort(), [...moments].sort());
      expectClose(rotateInertia([...principal.moments, 0, 0, 0], principal.frame), inertia);
      expect(Math.hypot(...principal.frame)).toBeCloseTo(1, 12);
    }
  });

  it("handles a body with two or three equal moments", () => {
    expectClose(principalInertia([2, 2, 2, 0, 0, 0]).moments, [2, 2, 2]);
    const { moments } = principalInertia([2, 2, 3, 0.5, 0, 0]);
    expectClose([...moments].sort(), [1.5, 2.5, 3]);
  });
});
