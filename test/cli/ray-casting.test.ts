/** @file Where rays meet capsules, cylinders and boxes, beside the distances by hand. */

import { expect, it } from "vitest";
import { intersect, targetOf } from "../../cli/ray-casting.ts";
import type { Shape } from "../../env/body.ts";
import type { Vec3 } from "../../shared/vec3.ts";

const upright = (kind: "capsule" | "cylinder"): Shape => ({
  kind,
  from: [0, 0, 0],
  to: [0, 0, 1],
  radius: 0.2,
});
const box: Shape = {
  kind: "box",
  center: [0, 0, 0.5],
  orientation: [0, 0, 0, 1],
  halfExtents: [0.2, 0.3, 0.5],
};

it.each<{ name: string; shape: Shape; origin: Vec3; direction: Vec3; distance: number; normal: Vec3 }>([
  {
    name: "side",
    shape: upright("capsule"),
    origin: [2, 0, 0.5],
    direction: [-1, 0, 0],
    distance: 1.8,
    normal: [1, 0, 0],
  },
  {
    name: "side",
    shape: upright("cylinder"),
    origin: [2, 0, 0.5],
    direction: [-1, 0, 0],
    distance: 1.8,
    normal: [1, 0, 0],
  },
  {
    name: "top",
    shape: upright("capsule"),
    origin: [0, 0, 3],
    direction: [0, 0, -1],
    distance: 1.8,
    normal: [0, 0, 1],
  },
  {
    name: "top",
    shape: upright("cylinder"),
    origin: [0.1, 0, 3],
    direction: [0, 0, -1],
    distance: 2,
    normal: [0, 0, 1],
  },
  {
    name: "bottom",
    shape: upright("cylinder"),
    origin: [0, 0.1, -3],
    direction: [0, 0, 1],
    distance: 3,
    normal: [0, 0, -1],
  },
  { name: "face", shape: box, origin: [0, 2, 0.5], direction: [0, -1, 0], distance: 1.7, normal: [0, 1, 0] },
])("a ray meets the $name of a $shape.kind", ({ shape, origin, direction, distance, normal }) => {
  const hit = intersect(targetOf(shape), origin, direction);
  expect(hit?.distance).toBeCloseTo(distance, 9);
  for (const [i, x] of normal.entries()) expect(hit?.normal[i]).toBeCloseTo(x, 9);
});

it.each<[Shape["kind"], Shape, Vec3]>([
  ["capsule", upright("capsule"), [2, 0, 1.21]],
  ["cylinder", upright("cylinder"), [2, 0, 1.01]],
  ["box", box, [2, 0.31, 0.5]],
])("a ray passes a %s", (_, shape, origin) => {
  expect(intersect(targetOf(shape), origin, [-1, 0, 0])).toBeUndefined();
});
