/** @file Numbers, vectors and poses in URDF's attributes, each refused by line, element and attribute. */

import { refuse } from "../../shared/errors.ts";
import { multiply, type Quat, quatFromAxisAngle, type Vec3 } from "../../shared/vec3.ts";
import { childOf, type XmlElement } from "./xml-tree.ts";

/** Beyond this a number is no robot's, in any unit that URDF has. */
const LARGEST = 1e6;

/** A frame in another. */
export interface Pose {
  readonly position: Vec3;
  readonly orientation: Quat;
}

export const NO_POSE: Pose = { position: [0, 0, 0], orientation: [0, 0, 0, 1] };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parsed(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/**
 * An attribute's number.
 *
 * @param where who the element belongs to, for errors: `ur5.urdf: joint elbow`
 * @param initial what an attribute stands for that is not there; without it, it must be there
 */
export function numberOf(element: XmlElement, attribute: string, where: string, initial?: number): number {
  const text = element.attributes[attribute];
  if (text === undefined && initial !== undefined) return initial;
  const value = text === undefined ? Number.NaN : parsed(text.trim());
  if (!(Math.abs(value) <= LARGEST)) {
    throw refuse(
      `${where}: <${element.name} ${attribute}> in line ${element.line}`,
      `a number in ±${LARGEST}`,
      text,
    );
  }
  return value;
}

/** An attribute's three numbers. */
export function vectorOf(element: XmlElement, attribute: string, where: string, initial: Vec3): Vec3 {
  const text = element.attributes[attribute];
  if (text === undefined) return initial;
  const [x = Number.NaN, y = Number.NaN, z = Number.NaN, ...more] = text.trim().split(/\s+/).map(parsed);
  if (more.length > 0 || ![x, y, z].every((value) => Math.abs(value) <= LARGEST)) {
    throw refuse(
      `${where}: <${element.name} ${attribute}> in line ${element.line}`,
      `three numbers in ±${LARGEST}`,
      text,
    );
  }
  return [x, y, z];
}

/** An attribute's text. */
export function textOf(element: XmlElement, attribute: string, where: string): string {
  const text = element.attributes[attribute];
  if (text === undefined || text === "") {
    throw refuse(`${where}: <${element.name}> in line ${element.line}`, `an attribute ${attribute}`, text);
  }
  return text;
}

/** The pose in an element's <origin>: roll, pitch, yaw turn about the fixed axes x, y, z in that order. */
export function originOf(element: XmlElement, where: string): Pose {
  const origin = childOf(element, "origin");
  if (origin === undefined) return NO_POSE;
  const [roll, pitch, yaw] = vectorOf(origin, "rpy", where, [0, 0, 0]);
  return {
    position: vectorOf(origin, "xyz", where, [0, 0, 0]),
    orientation: multiply(
      quatFromAxisAngle([0, 0, 1], yaw),
      multiply(quatFromAxisAngle([0, 1, 0], pitch), quatFromAxisAngle([1, 0, 0], roll)),
    ),
  };
}
