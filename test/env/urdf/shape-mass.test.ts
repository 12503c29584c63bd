/** @file Mass properties of shapes against sums over many small cubes. */

import { describe, expect, it } from "vitest";
import type { Shape } from "../../../env/body.ts";
import { uniformMass } from "../../../env/urdf/shape-mass.ts";
import {
  cross,
  dot,
  length,
  quatFromAxisAngle,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../../shared/vec3.ts";

const CELLS = 80;

/** Returns mass, centre and moments about axes through it, by summing over a grid of half-width `half`. */
function summed(isInside: (point: Vec3) => boolean, half: number, axes: readonly Vec3[]) {
  const cell = (2 * half) / CELLS;
  const points: Vec3[] = [];
  for (let i = 0; i < CELLS; i++)
    for (let j = 0; j < CELLS; j++)
      for (let k = 0; k < CELLS; k++) {
        const point: Vec3 = [(i + 0.5) * cell - half, (j + 0.5) * cell - half, (k + 0.5) * cell - half];
        if (isInside(point)) points.push(point);
      }
  const mass = points.length * cell ** 3;
  const sum = points.reduce<Vec3>((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
  const center = scale(sum, 1 / points.length);
  const moments = axes.map((axis) =>
    points.reduce((total, point) => total + length(cross(subtract(point, center), axis)) ** 2 * cell ** 3, 0),
  );
  return { mass, center, moments };
}

const AXES: readonly Vec3[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], scale([1, 1, 1], 1 / Math.sqrt(3))];

const turned = quatFromAxisAngle([0, 0, 1], 0.5);
const back = quatFromAxisAngle([0, 0, 1], -0.5);
const SHAPES: readonly (readonly [string, Shape, (point: Vec3) => boolean])[] = [
  [
    "box",
    { kind: "box", center: [0.1, 0, 0.05], orientation: turned, halfExtents: [0.3, 0.2, 0.1] },
    (point) => {
      const [x, y, z] = rotate(back, subtract(point, [0.1, 0, 0.05]));
      return Math.abs(x) <= 0.3 && Math.abs(y) <= 0.2 && Math.abs(z) <= 0.1;
    },
  ],
  [
    "capsule",
    { kind: "capsule", from: [0, 0, -0.1], to: [0.2, 0, 0.15], radius: 0.15 },
    (point) => {
      const line: Vec3 = [0.2, 0, 0.25];
      const along = dot(subtract(point, [0, 0, -0.1]), line) / dot(line, line);
      const nearest = scale(line, Math.min(Math.max(along, 0), 1));
      return length(subtract(subtract(point, [0, 0, -0.1]), nearest)) <= 0.15;
    },
  ],
  [
    "cylinder",
    { kind: "cylinder", from: [0, 0, -0.1], to: [0.2, 0, 0.15], radius: 0.15 },
    (point) => {
      const line: Vec3 = [0.2, 0, 0.25];
      const offset = subtract(point, [0, 0, -0.1]);
      const along = dot(offset, line) / dot(line, line);
      return along >= 0 && along <= 1 && length(subtract(offset, scale(line, along))) <= 0.15;
    },
  ],
];

describe("the mass of a", () => {
  it.each(SHAPES)("%s, its centre and its inertia equal sums over small cubes", (_name, shape, isInside) => {
    const { mass, centerOfMass, inertia } = uniformMass([shape], 1);
    const expected = summed(isInside, 0.5, AXES);
    expect(mass / expected.mass).toBeCloseTo(1, 1.5);
    for (const i of [0, 1, 2] as const) expect(centerOfMass[i]).toBeCloseTo(expected.center[i], 2);
    const [xx, yy, zz, xy, xz, yz] = inertia;
    for (const [i, [x, y, z]] of AXES.entries()) {
      const moment = xx * x * x + yy * y * y + zz * z * z + 2 * (xy * x * y + xz * x * z + yz * y * z);
      expect(moment / expected.moments[i]!).toBeCloseTo(1, 1.5);
    }
  });
});
