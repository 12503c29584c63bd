/** @file Reads the shapes of a URDF link as capsules and boxes; meshes are reported but never opened. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { add, multiply, rotate, scale, type Vec3 } from "../../shared/vec3.ts";
import type { Shape } from "../body.ts";
import { numberOf, originOf, type Pose, vectorOf } from "./urdf-values.ts";
import { childOf, childrenOf, type XmlElement } from "./xml-tree.ts";

/** Returns a link's collision shapes, or its visual shapes if it has none, in the link's frame. */
export function shapesOf(link: XmlElement, where: string, leftOut: string[]): Shape[] {
  for (const kind of ["collision", "visual"] as const) {
    const shapes = childrenOf(link, kind).flatMap((element) => shapeOf(element, where, leftOut));
    if (shapes.length > 0) return shapes;
  }
  return [];
}

/** Returns one shape, or none for a mesh. */
function shapeOf(element: XmlElement, where: string, leftOut: string[]): Shape[] {
  const geometry = childOf(element, "geometry")?.children[0];
  if (geometry === undefined) {
    throw refuse(
      `${where}: <${element.name}> in line ${element.line}`,
      "a <geometry> with a shape",
      unquoted("none"),
    );
  }
  const pose = originOf(element, where);
  const size = (attribute: string) => {
    const value = numberOf(geometry, attribute, where);
    if (!(value > 0)) throw refuse(`${where}: <${geometry.name} ${attribute}>`, "more than 0 m", value);
    return value;
  };
  if (geometry.name === "box") {
    const edges = vectorOf(geometry, "size", where, [0, 0, 0]);
    if (!edges.every((edge) => edge > 0)) {
      throw refuse(`${where}: <box size>`, "three lengths above 0 m", geometry.attributes["size"]);
    }
    return [boxAt(pose, scale(edges, 1 / 2))];
  }
  if (geometry.name === "sphere") return [alongZ(pose, 0, size("radius"))];
  if (geometry.name === "cylinder") return [cylinder(pose, size("length"), size("radius"))];
  if (geometry.name === "mesh") {
    leftOut.push(
      `${where.slice(where.lastIndexOf("link "))}: ${element.name} mesh ${geometry.attributes["filename"] ?? ""}`.trim(),
    );
    return [];
  }
  throw refuse(
    `${where}: <${element.name}> in line ${element.line}`,
    "a box, sphere, cylinder or mesh",
    unquoted(`<${geometry.name}>`),
  );
}

/** Returns a capsule of the cylinder's total length, or its bounding box if it is shorter than its diameter. */
function cylinder(pose: Pose, height: number, radius: number): Shape {
  if (height < 2 * radius) return boxAt(pose, [radius, radius, height / 2]);
  return alongZ(pose, height / 2 - radius, radius);
}

function alongZ({ position, orientation }: Pose, half: number, radius: number): Shape {
  const end = rotate(orientation, [0, 0, half]);
  return { kind: "capsule", from: add(position, scale(end, -1)), to: add(position, end), radius };
}

function boxAt({ position, orientation }: Pose, halfExtents: Vec3): Shape {
  return { kind: "box", center: position, orientation, halfExtents };
}

/** Moves a shape into the frame that the pose of its own frame is given in. */
export function placeShape(shape: Shape, { position, orientation }: Pose): Shape {
  const place = (point: Vec3) => add(position, rotate(orientation, point));
  if (shape.kind === "capsule") return { ...shape, from: place(shape.from), to: place(shape.to) };
  return { ...shape, center: place(shape.center), orientation: multiply(orientation, shape.orientation) };
}
