/** @file Welding and turning bodies, against shapes whose inertia is in every table. */

import { describe, expect, it } from "vitest";
import { type Inertia, principalInertia, turnInertia, weld } from "../../../env/arm/mass-properties.ts";
import { Rng } from "../../../shared/rng.ts";
import { IDENTITY, multiply, type Quat, quatFromAxisAngle } from "../../../shared/vec3.ts";

/** A uniform box of the given edges about its centre. */
function boxInertia(mass: number, x: number, y: number, z: number): Inertia {
  const k = mass / 12;
  return [k * (y * y + z * z), k * (x * x + z * z), k * (x * x + y * y), 0, 0, 0];
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  for (const [i, x] of got.entries()) expect(x, `[${i}]`).toBeCloseTo(want[i]!, 12);
}

describe("weld", () => {
  it("makes a long box of two short ones, whichever way each was turned", () => {
    const quarter = quatFromAxisAngle([0, 0, 1], Math.PI / 2);
    const whole = weld([
      {
        mass: 1,
        centerOfMass: [0.5, 0, 0],
        inertia: boxInertia(1, 1, 0.2, 0.3),
        position: [0, 0, 0],
        orientation: IDENTITY,
      },
      {
        // Lies along its own y, and is turned into line: its y becomes −x.
        mass: 1,
        centerOfMass: [0, -0.5, 0],
        inertia: boxInertia(1, 0.2, 1, 0.3),
        position: [1, 0, 0],
        orientation: quarter,
      },
    ]);
    expect(whole.mass).toBe(2);
    expectClose(whole.centerOfMass, [1, 0, 0]);
    expectClose(whole.inertia, boxInertia(2, 2, 0.2, 0.3));
  });
});

describe("principalInertia", () => {
  it("finds moments and axes that make up the inertia again", () => {
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 100; trial++) {
      const [x, y, z, w] = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
      const norm = Math.hypot(x, y, z, w);
      const turned: Quat = multiply([x / norm, y / norm, z / norm, w / norm], IDENTITY);
      const moments = [rng.uniformIn(1, 1.5), rng.uniformIn(1, 1.5), rng.uniformIn(1, 1.5)] as const;
      const inertia = turnInertia([...moments, 0, 0, 0], turned);
      const found = principalInertia(inertia);
      expectClose([...found.moments].sort(), [...moments].sort());
      expectClose(turnInertia([...found.moments, 0, 0, 0], found.frame), inertia);
      expect(Math.hypot(...found.frame)).toBeCloseTo(1, 12);
    }
  });

  it("takes a body with two or three equal moments", () => {
    expectClose(principalInertia([2, 2, 2, 0, 0, 0]).moments, [2, 2, 2]);
    const { moments } = principalInertia([2, 2, 3, 0.5, 0, 0]);
    expectClose([...moments].sort(), [1.5, 2.5, 3]);
  });
});
