/** @file Reads what a joint's motor needs to know: axis, limits, effort, velocity, damping. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { length, quatFromAxisAngle, scale, type Vec3 } from "../../shared/vec3.ts";
import type { Assumptions } from "./assumptions.ts";
import { IDENTITY_POSE, type MotorJoint, type Pose } from "./robot.ts";
import { looseNumberOf, looseVectorOf, MAX_NUMBER, numberOf } from "./urdf-values.ts";
import { childOf, type XmlElement } from "./xml-tree.ts";

export const KINDS = ["revolute", "continuous", "prismatic", "fixed", "floating", "planar"] as const;

/** A <joint> and its type. */
export interface JointElement {
  readonly kind: (typeof KINDS)[number];
  readonly element: XmlElement;
}

/**
 * Reads a revolute or continuous joint.
 *
 * @param assumed receives the joint if it is revolute without limits
 * @throws InputError naming attribute and line
 */
export function readMotorJoint(
  { kind, element }: JointElement,
  name: string,
  where: string,
  assumed: Assumptions,
): MotorJoint {
  const limit = childOf(element, "limit");
  const dynamics = childOf(element, "dynamics");
  const damping = dynamics === undefined ? 0 : numberOf(dynamics, "damping", where, 0);
  if (damping < 0) throw refuse(`${where}: <dynamics damping>`, "at least 0 N m s/rad", damping);
  const axis = axisOf(element);
  if (axis === undefined) {
    const got = childOf(element, "axis")?.attributes["xyz"];
    throw refuse(`${where}: <axis xyz>`, "three numbers, not all 0", got, "The usual axis is 0 0 1");
  }
  if (kind === "revolute" && !hasRange(limit)) {
    assumed.add("turning without limits, because the file has none", name);
  }
  return {
    axis,
    range: kind === "revolute" && hasRange(limit) ? rangeOf(limit, where) : undefined,
    effort: positive(looseNumberOf(limit, "effort")),
    velocity: positive(looseNumberOf(limit, "velocity")),
    damping,
    armature: undefined,
  };
}

function hasRange(limit: XmlElement | undefined): limit is XmlElement {
  return limit?.attributes["lower"] !== undefined || limit?.attributes["upper"] !== undefined;
}

/** Returns the limits, of which one may be infinite. */
function rangeOf(limit: XmlElement, where: string): readonly [number, number] {
  const read = (name: string) => looseNumberOf(limit, name) ?? numberOf(limit, name, where, 0);
  const [low, high] = [read("lower"), read("upper")];
  if (low < high) return [low, high];
  throw refuse(
    `${where}: <limit> in line ${limit.line}`,
    "lower below upper",
    unquoted(`[${low}, ${high}]`),
    `If they are swapped, write lower="${high}" upper="${low}"`,
  );
}

/** Returns a number above 0 and not too large to be meant. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && value <= MAX_NUMBER ? value : undefined;
}

/** Returns what a joint does by itself: `other` is a motion that arms do not support. */
export function motionOf(joint: JointElement): "fixed" | "locked" | "turning" | "other" {
  if (joint.kind === "fixed") return "fixed";
  if (isLocked(joint)) return "locked";
  return joint.kind === "revolute" || joint.kind === "continuous" ? "turning" : "other";
}

/** Returns whether a joint's limits are the same number, so that it cannot move. */
function isLocked({ kind, element }: JointElement): boolean {
  const limit = childOf(element, "limit");
  if ((kind !== "revolute" && kind !== "prismatic") || !hasRange(limit)) return false;
  return (looseNumberOf(limit, "lower") ?? 0) === (looseNumberOf(limit, "upper") ?? 0);
}

/** Returns the joint that a joint follows, "" if that is not named; undefined if it has a motor of its own. */
export function mimickedBy({ element }: JointElement): string | undefined {
  const mimic = childOf(element, "mimic");
  return mimic === undefined ? undefined : (mimic.attributes["joint"] ?? "");
}

/** Returns the position at which a joint without a motor is held: that in its range nearest to 0, rad or metres. */
export function heldPosition({ kind, element }: JointElement): number {
  const limit = childOf(element, "limit");
  const low = looseNumberOf(limit, "lower") ?? 0;
  const high = looseNumberOf(limit, "upper") ?? 0;
  if (kind === "continuous" || !hasRange(limit) || !(low <= high) || axisOf(element) === undefined) return 0;
  const position = Math.min(Math.max(0, low), high);
  return Math.abs(position) <= MAX_NUMBER ? position : 0;
}

/** Returns the pose by which a joint moves its child at that position. */
export function heldPose(joint: JointElement): Pose {
  if (joint.kind === "fixed") return IDENTITY_POSE;
  const axis = axisOf(joint.element) ?? [1, 0, 0];
  const position = heldPosition(joint);
  if (joint.kind === "prismatic") return { ...IDENTITY_POSE, position: scale(axis, position) };
  return { ...IDENTITY_POSE, orientation: quatFromAxisAngle(axis, position) };
}

/** Returns a joint's unit axis; undefined if it is unreadable or 0. */
function axisOf(element: XmlElement): Vec3 | undefined {
  const axis = childOf(element, "axis");
  if (axis?.attributes["xyz"] === undefined) return [1, 0, 0];
  const direction = looseVectorOf(axis, "xyz");
  const size = direction === undefined ? 0 : length(direction);
  return direction !== undefined && size > 1e-9 ? scale(direction, 1 / size) : undefined;
}
