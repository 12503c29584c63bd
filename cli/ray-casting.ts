/** @file Intersections of rays with capsules, cylinders and boxes. */

import type { Shape } from "../env/body.ts";
import { add, conjugate, dot, length, rotate, scale, subtract, type Vec3 } from "../shared/vec3.ts";

export interface Hit {
  /** From the ray's origin, metres. */
  readonly distance: number;
  /** Unit normal of the surface. */
  readonly normal: Vec3;
}

/** A shape in the world, with a ball around it that is tried first. */
export interface Target {
  readonly shape: Shape;
  readonly center: Vec3;
  readonly radius: number;
}

export function targetOf(shape: Shape): Target {
  if (shape.kind === "box") {
    return { shape, center: shape.center, radius: length(shape.halfExtents) };
  }
  const center = scale(add(shape.from, shape.to), 1 / 2);
  return { shape, center, radius: length(subtract(shape.to, center)) + shape.radius };
}

/** Returns where a ray first meets a shape; undefined if it misses it. The direction is a unit vector. */
export function intersect({ shape, center, radius }: Target, origin: Vec3, direction: Vec3): Hit | undefined {
  const toCenter = subtract(center, origin);
  const along = dot(toCenter, direction);
  if (dot(toCenter, toCenter) - along * along > radius * radius) return undefined;
  return shape.kind === "box" ? boxHit(shape, origin, direction) : roundHit(shape, origin, direction);
}

type Round = Extract<Shape, { kind: "capsule" | "cylinder" }>;
type Box = Extract<Shape, { kind: "box" }>;

/** The side, and the ends: half balls of a capsule, discs of a cylinder. */
function roundHit({ kind, from, to, radius }: Round, origin: Vec3, direction: Vec3): Hit | undefined {
  const line = subtract(to, from);
  const size = length(line);
  const axis: Vec3 = size > 0 ? scale(line, 1 / size) : [0, 0, 1];
  const start = subtract(origin, from);
  // The components across the axis: a circle in two dimensions.
  const d = subtract(direction, scale(axis, dot(direction, axis)));
  const o = subtract(start, scale(axis, dot(start, axis)));
  const distance = firstRoot(dot(d, d), dot(o, d), dot(o, o) - radius * radius);
  if (distance !== undefined) {
    const point = add(start, scale(direction, distance));
    const place = dot(point, axis);
    if (place >= 0 && place <= size) {
      return { distance, normal: scale(subtract(point, scale(axis, place)), 1 / radius) };
    }
  }
  const ends = [from, to].flatMap((center, end) => {
    const outward = scale(axis, end === 0 ? -1 : 1);
    return (
      (kind === "capsule"
        ? ballHit(center, radius, origin, direction)
        : discHit(center, outward, radius, origin, direction)) ?? []
    );
  });
  return ends.sort((a, b) => a.distance - b.distance)[0];
}

function ballHit(center: Vec3, radius: number, origin: Vec3, direction: Vec3): Hit | undefined {
  const offset = subtract(origin, center);
  const distance = firstRoot(1, dot(offset, direction), dot(offset, offset) - radius * radius);
  if (distance === undefined) return undefined;
  return { distance, normal: scale(add(offset, scale(direction, distance)), 1 / radius) };
}

/** The side of a disc that its normal points to. */
function discHit(center: Vec3, normal: Vec3, radius: number, origin: Vec3, direction: Vec3): Hit | undefined {
  const towards = dot(direction, normal);
  if (towards >= 0) return undefined;
  const distance = dot(subtract(center, origin), normal) / towards;
  const fromCenter = subtract(add(origin, scale(direction, distance)), center);
  return distance > 0 && length(fromCenter) <= radius ? { distance, normal } : undefined;
}

/** Returns the smaller root of a t² + 2 b t + c = 0 if it is above 0. */
function firstRoot(a: number, b: number, c: number): number | undefined {
  const discriminant = b * b - a * c;
  if (discriminant < 0 || a < 1e-12) return undefined;
  const root = (-b - Math.sqrt(discriminant)) / a;
  return root > 0 ? root : undefined;
}

function boxHit({ center, orientation, halfExtents }: Box, origin: Vec3, direction: Vec3): Hit | undefined {
  const inverse = conjugate(orientation);
  const o = rotate(inverse, subtract(origin, center));
  const d = rotate(inverse, direction);
  let [near, far, face] = [-Infinity, Infinity, 0];
  for (const i of [0, 1, 2] as const) {
    const [a, b] = [(-halfExtents[i] - o[i]) / d[i], (halfExtents[i] - o[i]) / d[i]];
    const [enter, leave] = a < b ? [a, b] : [b, a];
    // NaN, of a ray within a face, changes neither.
    if (enter > near) [near, face] = [enter, i];
    if (leave < far) far = leave;
  }
  if (!(near > 0 && near <= far)) return undefined;
  const normal: [number, number, number] = [0, 0, 0];
  normal[face] = -Math.sign(d[face] ?? 0);
  return { distance: near, normal: rotate(orientation, normal) };
}
