/** @file Reads the shapes of a URDF link as boxes, cylinders and capsules; meshes are reported but never opened. */

import { InputError } from "../../shared/errors.ts";
import { add, multiply, rotate, scale, type Vec3 } from "../../shared/vec3.ts";
import type { Shape } from "../body.ts";
import type { Pose } from "./robot.ts";
import { looseNumberOf, looseVectorOf, MAX_NUMBER, originOf } from "./urdf-values.ts";
import { childOf, childrenOf, type XmlElement } from "./xml-tree.ts";

/**
 * Returns a link's collision shapes, or its visual shapes if it has none, in the link's frame. Shapes are drawn and give
 * a missing mass, but touch nothing, so one that cannot be read is left out.
 *
 * @param leftOut receives a line for each mesh and each shape that cannot be read
 */
export function shapesOf(link: XmlElement, leftOut: string[]): Shape[] {
  for (const kind of ["collision", "visual"] as const) {
    const shapes = childrenOf(link, kind).flatMap((element) => {
      const shape = shapeOf(element);
      if (typeof shape !== "string") return [shape];
      leftOut.push(`link ${link.attributes["name"]}: ${kind} ${shape}`);
      return [];
    });
    if (shapes.length > 0) return shapes;
  }
  return [];
}

/** Returns a shape, or what is left out instead. */
export function shapeOf(element: XmlElement): Shape | string {
  const geometry = childOf(element, "geometry")?.children[0];
  if (geometry === undefined) return `without a shape, in line ${element.line}`;
  const unreadable = `<${geometry.name}> without a size above 0, in line ${geometry.line}`;
  if (geometry.name === "mesh") return `mesh ${geometry.attributes["filename"] ?? ""}`.trim();
  if (!["box", "sphere", "cylinder", "capsule"].includes(geometry.name)) {
    return `<${geometry.name}>, which is no box, sphere, cylinder or capsule, in line ${geometry.line}`;
  }
  try {
    const pose = originOf(element, "");
    if (geometry.name === "box") {
      const edges = looseVectorOf(geometry, "size");
      return edges?.every((edge) => edge > 0) ? boxAt(pose, scale(edges, 1 / 2)) : unreadable;
    }
    const radius = looseNumberOf(geometry, "radius") ?? 0;
    const length = geometry.name === "sphere" ? 2 * radius : (looseNumberOf(geometry, "length") ?? 0);
    if (!(radius > 0 && length > 0 && Math.max(radius, length) <= MAX_NUMBER)) return unreadable;
    if (geometry.name === "sphere") return alongZ("capsule", pose, 0, radius);
    // The length of a capsule is that between the centres of its ends.
    return alongZ(geometry.name === "capsule" ? "capsule" : "cylinder", pose, length / 2, radius);
  } catch (error) {
    if (error instanceof InputError) return `with an origin that is not six numbers, in line ${element.line}`;
    throw error;
  }
}

function alongZ(
  kind: "capsule" | "cylinder",
  { position, orientation }: Pose,
  half: number,
  radius: number,
): Shape {
  const end = rotate(orientation, [0, 0, half]);
  return { kind, from: add(position, scale(end, -1)), to: add(position, end), radius };
}

function boxAt({ position, orientation }: Pose, halfExtents: Vec3): Shape {
  return { kind: "box", center: position, orientation, halfExtents };
}

/** Moves a shape into the frame that the pose of its own frame is given in. */
export function placeShape(shape: Shape, { position, orientation }: Pose): Shape {
  const place = (point: Vec3) => add(position, rotate(orientation, point));
  if (shape.kind !== "box") return { ...shape, from: place(shape.from), to: place(shape.to) };
  return { ...shape, center: place(shape.center), orientation: multiply(orientation, shape.orientation) };
}
