/** @file Reads numbers, vectors and poses from XML attributes; errors name element, attribute and line. */

import { refuse } from "../../shared/errors.ts";
import { multiply, quatFromAxisAngle, type Vec3 } from "../../shared/vec3.ts";
import { IDENTITY_POSE, type Pose } from "./robot.ts";
import { childOf, type XmlElement } from "./xml-tree.ts";

/** Larger than any number of a robot, in any unit. */
export const MAX_NUMBER = 1e6;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Returns NaN for a text that is not a finite number. */
export function parseNumber(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** Returns the number in an attribute, also an infinite one; undefined if it is missing or not a number. */
export function looseNumberOf(element: XmlElement | undefined, attribute: string): number | undefined {
  const text = element?.attributes[attribute]?.trim() ?? "";
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const value = parseNumber(text);
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Returns the number in an attribute.
 *
 * @param where    owner of the element, for errors: `ur5.urdf: joint elbow`
 * @param fallback value of a missing attribute; without it, the attribute is required
 */
export function numberOf(element: XmlElement, attribute: string, where: string, fallback?: number): number {
  const text = element.attributes[attribute];
  if (text === undefined && fallback !== undefined) return fallback;
  const value = text === undefined ? Number.NaN : parseNumber(text.trim());
  if (!(Math.abs(value) <= MAX_NUMBER)) {
    throw refuse(
      `${where}: <${element.name} ${attribute}> in line ${element.line}`,
      `a number in ±${MAX_NUMBER}`,
      text,
    );
  }
  return value;
}

/** Returns the three numbers in an attribute; undefined if it is missing or not three numbers in ±MAX_NUMBER. */
export function looseVectorOf(element: XmlElement, attribute: string): Vec3 | undefined {
  const numbers = (element.attributes[attribute] ?? "").trim().split(/\s+/).map(parseNumber);
  const [x, y, z] = numbers;
  if (x === undefined || y === undefined || z === undefined || numbers.length > 3) return undefined;
  return numbers.every((value) => Math.abs(value) <= MAX_NUMBER) ? [x, y, z] : undefined;
}

/** Returns the three numbers in an attribute, or `fallback` if it is missing. */
export function vectorOf(element: XmlElement, attribute: string, where: string, fallback: Vec3): Vec3 {
  const text = element.attributes[attribute];
  if (text === undefined) return fallback;
  const vector = looseVectorOf(element, attribute);
  if (vector === undefined) {
    throw refuse(
      `${where}: <${element.name} ${attribute}> in line ${element.line}`,
      `three numbers in ±${MAX_NUMBER}`,
      text,
    );
  }
  return vector;
}

/** Returns the text of a required attribute. */
export function textOf(element: XmlElement, attribute: string, where: string): string {
  const text = element.attributes[attribute];
  if (text === undefined || text === "") {
    throw refuse(`${where}: <${element.name}> in line ${element.line}`, `an attribute ${attribute}`, text);
  }
  return text;
}

/** Returns the pose in an element's <origin>; roll, pitch and yaw rotate about the fixed axes x, y, z in that order. */
export function originOf(element: XmlElement, where: string): Pose {
  const origin = childOf(element, "origin");
  if (origin === undefined) return IDENTITY_POSE;
  const [roll, pitch, yaw] = vectorOf(origin, "rpy", where, [0, 0, 0]);
  return {
    position: vectorOf(origin, "xyz", where, [0, 0, 0]),
    orientation: multiply(
      quatFromAxisAngle([0, 0, 1], yaw),
      multiply(quatFromAxisAngle([0, 1, 0], pitch), quatFromAxisAngle([1, 0, 0], roll)),
    ),
  };
}
