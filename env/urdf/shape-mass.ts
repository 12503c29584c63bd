/** @file Mass properties of shapes of uniform density. */

import { add, length, quatFromXTo, scale, subtract } from "../../shared/vec3.ts";
import { type MassProperties, rotateInertia, weld } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";

/**
 * Returns the mass properties of solid shapes, each of the full density even where they overlap, in the frame that the
 * shapes are given in.
 *
 * @param shapes at least one
 * @param density kg/m³
 */
export function uniformMass(shapes: readonly Shape[], density: number): MassProperties {
  const parts = shapes.map((shape) =>
    shape.kind === "box" ? boxMass(shape, density) : roundMass(shape, density),
  );
  return weld(parts.map((part) => ({ ...part, position: [0, 0, 0], orientation: [0, 0, 0, 1] })));
}

function boxMass(
  { center, orientation, halfExtents: [x, y, z] }: Shape & { kind: "box" },
  density: number,
): MassProperties {
  const mass = 8 * x * y * z * density;
  const third = mass / 3;
  const inertia = [
    third * (y * y + z * z),
    third * (x * x + z * z),
    third * (x * x + y * y),
    0,
    0,
    0,
  ] as const;
  return { mass, centerOfMass: center, inertia: rotateInertia(inertia, orientation) };
}

/** A cylinder; a capsule has two half balls more, whose centres of mass lie 3/8 of the radius outside the cylinder. */
function roundMass(
  { kind, from, to, radius: r }: Shape & { kind: "capsule" | "cylinder" },
  density: number,
): MassProperties {
  const line = subtract(to, from);
  const h = length(line);
  const cylinder = Math.PI * r * r * h * density;
  const ball = kind === "cylinder" ? 0 : (4 / 3) * Math.PI * r ** 3 * density;
  const along = (cylinder * r * r) / 2 + (2 / 5) * ball * r * r;
  const across =
    (cylinder * (3 * r * r + h * h)) / 12 + ball * ((2 / 5) * r * r + (h * h) / 4 + (3 / 8) * h * r);
  const turned = quatFromXTo(h > 0 ? scale(line, 1 / h) : [1, 0, 0]);
  return {
    mass: cylinder + ball,
    centerOfMass: scale(add(from, to), 1 / 2),
    inertia: rotateInertia([along, across, across, 0, 0, 0], turned),
  };
}
