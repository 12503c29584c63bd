/** @file Geometries of links, housings and objects: rounded solids from the capsules and boxes of the model. */

import {
  BoxGeometry,
  type BufferGeometry,
  CapsuleGeometry,
  CylinderGeometry,
  LatheGeometry,
  Matrix4,
  Quaternion,
  Vector2,
  Vector3,
} from "three";
import { RoundedBoxGeometry } from "three/examples/jsm/geometries/RoundedBoxGeometry.js";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { cross, dot, length, scale, subtract, type Vec3 } from "../../../shared/vec3.ts";

type Shape = SceneMessage["links"][number]["shapes"][number];

const RADIAL_SEGMENTS = 40;
const UP = new Vector3(0, 1, 0);

/** A capsule between two points; metres. */
export function limb(from: Vec3, to: Vec3, radius: number): BufferGeometry {
  const axis = subtract(to, from);
  const along = length(axis);
  return place(new CapsuleGeometry(radius, along, 12, RADIAL_SEGMENTS), middle(from, to), axis);
}

/** A cylinder between the centres of its ends; metres. */
function cylinder(from: Vec3, to: Vec3, radius: number): BufferGeometry {
  return roundedCylinder(from, to, radius, 0.06);
}

/**
 * The solid of a shape: a round one where the shape is, a box about the origin.
 *
 * @param rounding of a box, metres
 */
export function solid(shape: Shape, rounding: number): BufferGeometry {
  if (shape.kind === "box") return block(shape.halfExtents, rounding);
  return (shape.kind === "capsule" ? limb : cylinder)(shape.from, shape.to, shape.radius);
}

/** A motor housing between two points: a cylinder with rounded edges; metres. */
export function housing(from: Vec3, to: Vec3, radius: number): BufferGeometry {
  return roundedCylinder(from, to, radius, 0.3);
}

/** @param rounding radius of the edges, as a share of the cylinder's */
function roundedCylinder(from: Vec3, to: Vec3, radius: number, rounding: number): BufferGeometry {
  const axis = subtract(to, from);
  const half = length(axis) / 2;
  const fillet = Math.min(radius * rounding, half * 0.9);
  const profile = [new Vector2(0, -half)];
  const steps = 8;
  for (let i = 0; i <= steps; i++) {
    const angle = (-Math.PI / 2) * (1 - i / steps);
    profile.push(
      new Vector2(radius - fillet + fillet * Math.cos(angle), -half + fillet + fillet * Math.sin(angle)),
    );
  }
  for (let i = 0; i <= steps; i++) {
    const angle = (Math.PI / 2) * (i / steps);
    profile.push(
      new Vector2(radius - fillet + fillet * Math.cos(angle), half - fillet + fillet * Math.sin(angle)),
    );
  }
  profile.push(new Vector2(0, half));
  return place(new LatheGeometry(profile, RADIAL_SEGMENTS), middle(from, to), axis);
}

/** A disc with a thickness along an axis; metres. */
export function disc(center: Vec3, axis: Vec3, radius: number, thickness: number): BufferGeometry {
  return place(new CylinderGeometry(radius, radius, thickness, RADIAL_SEGMENTS), center, axis);
}

/** A box with rounded edges around the origin; metres. */
export function block(halfExtents: Vec3, rounding = 0.006): BufferGeometry {
  const [x, y, z] = halfExtents;
  const radius = Math.min(rounding, 0.45 * Math.min(x, y, z));
  if (radius <= 0) return new BoxGeometry(2 * x, 2 * y, 2 * z);
  return new RoundedBoxGeometry(2 * x, 2 * y, 2 * z, 3, radius);
}

/** Whether a segment lies on a joint's axis. Its capsule is then drawn as a motor housing. */
export function housesJoint(from: Vec3, to: Vec3, axis: Vec3): boolean {
  const along = subtract(to, from);
  const size = length(along);
  if (size === 0) return false;
  const parallel = Math.abs(dot(along, axis)) / size > 0.98;
  return parallel && length(cross(from, axis)) < 0.02;
}

export function middle(from: Vec3, to: Vec3): Vec3 {
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
}

/** The unit vector of a direction; z for a vector of length 0. */
export function unit(v: Vec3): Vec3 {
  const size = length(v);
  return size < 1e-9 ? [0, 0, 1] : scale(v, 1 / size);
}

function place(geometry: BufferGeometry, center: Vec3, axis: Vec3): BufferGeometry {
  const rotation = new Quaternion().setFromUnitVectors(UP, new Vector3(...unit(axis)));
  return geometry.applyMatrix4(new Matrix4().compose(new Vector3(...center), rotation, new Vector3(1, 1, 1)));
}
