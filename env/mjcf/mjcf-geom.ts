/** @file Reads MJCF geoms: the shapes that are drawn, and exact masses of the solids. */

import { InputError } from "../../shared/errors.ts";
import { add, length, rotate, scale, subtract, type Vec3 } from "../../shared/vec3.ts";
import type { MassProperties } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import { compose } from "../urdf/compose-poses.ts";
import type { Pose } from "../urdf/robot.ts";
import { uniformMass } from "../urdf/shape-mass.ts";
import { numberOf } from "../urdf/urdf-values.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import { listOf } from "./mjcf-numbers.ts";
import { poseOf, quatFromZTo } from "./mjcf-pose.ts";

/** MuJoCo's default, kg/m³. */
const DEFAULT_DENSITY = 1000;

/** A solid about the origin of its frame; the half sizes are those along x, y and z, metres. */
interface Solid {
  readonly kind: "sphere" | "capsule" | "cylinder" | "box" | "ellipsoid";
  readonly half: Vec3;
}

/** Number of sizes of each kind of solid; those in brackets may follow from `fromto`. */
const SIZES: Readonly<Record<Solid["kind"], readonly number[]>> = {
  sphere: [1],
  capsule: [2, 1],
  cylinder: [2, 1],
  box: [3, 1],
  ellipsoid: [3, 1],
};

export interface MjcfGeom {
  readonly element: XmlElement;
  readonly type: string;
  /** In the body's frame. */
  readonly pose: Pose;
  /** Undefined for a mesh, a plane, or a geom that cannot be read. */
  readonly solid: Solid | undefined;
  /** Why there is no solid; "" if there is one. */
  readonly fault: string;
  /** Whether it can touch others; others are only looked at. */
  readonly collides: boolean;
}

/**
 * Reads a geom with all inherited attributes.
 *
 * @param frame pose of the frame that it is in, in the body's
 */
export function readGeom(element: XmlElement, frame: Pose, compiler: MjcfCompiler, where: string): MjcfGeom {
  const { attributes, line } = element;
  const type = attributes["type"] ?? (attributes["mesh"] === undefined ? "sphere" : "mesh");
  const collides = attributes["contype"]?.trim() !== "0" || attributes["conaffinity"]?.trim() !== "0";
  const common = { element, type, collides };
  const kind = (Object.keys(SIZES) as Solid["kind"][]).find((each) => each === type);
  if (kind === undefined || attributes["mesh"] !== undefined) {
    const fault = attributes["mesh"] === undefined ? `<${type}>` : `mesh ${attributes["mesh"]}`;
    return { ...common, pose: compose(frame, poseOf(element, compiler, where)), solid: undefined, fault };
  }
  const fault = `${type} without a size above 0, in line ${line}`;
  try {
    const ends = listOf(element, "fromto", [6], where);
    const [own, along] =
      ends === undefined ? [poseOf(element, compiler, where), undefined] : betweenEnds(ends);
    const sizes = listOf(element, "size", [1, 2, 3], where) ?? [];
    const solid = solidOf(kind, along === undefined ? sizes : [sizes[0] ?? 0], along);
    return {
      ...common,
      pose: compose(frame, own),
      solid,
      fault: solid === undefined ? fault : "",
    };
  } catch (error) {
    if (error instanceof InputError) return { ...common, pose: frame, solid: undefined, fault };
    throw error;
  }
}

/** Returns the pose of a segment's middle with z along it, and half its length. */
function betweenEnds([x1 = 0, y1 = 0, z1 = 0, x2 = 0, y2 = 0, z2 = 0]: readonly number[]): [Pose, number] {
  const [from, to]: Vec3[] = [
    [x1, y1, z1],
    [x2, y2, z2],
  ];
  const line = subtract(to ?? [0, 0, 0], from ?? [0, 0, 0]);
  const size = length(line);
  const position = add(from ?? [0, 0, 0], scale(line, 1 / 2));
  return [{ position, orientation: quatFromZTo(size > 0 ? scale(line, 1 / size) : [0, 0, 1]) }, size / 2];
}

/** @param along half length along z that `fromto` gives, metres */
function solidOf(
  kind: Solid["kind"],
  sizes: readonly number[],
  along: number | undefined,
): Solid | undefined {
  const [a = 0, b = 0, c = 0] = sizes;
  const isRound = kind === "capsule" || kind === "cylinder";
  const half: Vec3 =
    kind === "sphere" ? [a, a, a] : along !== undefined ? [a, a, along] : isRound ? [a, a, b] : [a, b, c];
  // A capsule of length 0 is a sphere.
  return half.every((size) => size > 0) ? { kind, half } : undefined;
}

/** Returns the shape that stands in for a solid, in the body's frame. An ellipsoid becomes a capsule. */
export function shapeOf({ kind, half }: Solid, pose: Pose): Shape {
  const [x, y, z] = half;
  const round = (shape: "capsule" | "cylinder", end: Vec3, radius: number): Shape => {
    const offset = rotate(pose.orientation, end);
    return {
      kind: shape,
      from: subtract(pose.position, offset),
      to: add(pose.position, offset),
      radius,
    };
  };
  if (kind === "box")
    return { kind, center: pose.position, orientation: pose.orientation, halfExtents: half };
  if (kind === "sphere") return round("capsule", [0, 0, 0], x);
  if (kind === "capsule" || kind === "cylinder") return round(kind, [0, 0, z], x);
  const long = Math.max(x, y, z);
  const [, radius = long] = [x, y, z].sort((first, second) => second - first);
  const beyond = long - radius;
  return round("capsule", z === long ? [0, 0, beyond] : y === long ? [0, beyond, 0] : [beyond, 0, 0], radius);
}

/**
 * Returns a geom's mass properties in the body's frame; undefined for one without mass, "unknown" for a mesh with
 * mass or a solid that cannot be read.
 *
 * @throws InputError if mass or density is not a number
 */
export function massOfGeom(
  { element, type, pose, solid }: MjcfGeom,
  { inertiaGroups: [low, high] }: MjcfCompiler,
  where: string,
): (MassProperties & Pose) | "unknown" | undefined {
  const group = numberOf(element, "group", where, 0);
  const density = numberOf(element, "density", where, DEFAULT_DENSITY);
  const given = element.attributes["mass"] === undefined ? undefined : numberOf(element, "mass", where);
  if (group < low || group > high || type === "plane" || (given ?? density) === 0) return undefined;
  if (solid === undefined) return "unknown";
  const unit = unitMass(solid);
  const mass = given ?? density * unit.mass;
  const factor = mass / unit.mass;
  const [xx, yy, zz, xy, xz, yz] = unit.inertia;
  const inertia = [factor * xx, factor * yy, factor * zz, factor * xy, factor * xz, factor * yz] as const;
  return { mass, centerOfMass: [0, 0, 0], inertia, ...pose };
}

/** Returns the mass properties at a density of 1 kg/m³, in the solid's frame. */
function unitMass(solid: Solid): MassProperties {
  const [x, y, z] = solid.half;
  if (solid.kind !== "ellipsoid") {
    return uniformMass([shapeOf(solid, { position: [0, 0, 0], orientation: [0, 0, 0, 1] })], 1);
  }
  const mass = (4 / 3) * Math.PI * x * y * z;
  const fifth = mass / 5;
  return {
    mass,
    centerOfMass: [0, 0, 0],
    inertia: [fifth * (y ** 2 + z ** 2), fifth * (x ** 2 + z ** 2), fifth * (x ** 2 + y ** 2), 0, 0, 0],
  };
}
