/** @file Reads MJCF joints: frames, motions, limits, damping and rotors. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { add, length, quatFromAxisAngle, rotate, scale, subtract, type Vec3 } from "../../shared/vec3.ts";
import { compose } from "../urdf/compose-poses.ts";
import { IDENTITY_POSE, type MotorJoint, type Pose } from "../urdf/robot.ts";
import { numberOf } from "../urdf/urdf-values.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import { listOf, rangeOf, tripleOf } from "./mjcf-numbers.ts";

const TYPES = ["hinge", "slide", "ball", "free"] as const;

export interface MjcfJoint {
  readonly element: XmlElement;
  readonly type: (typeof TYPES)[number];
  /** Point of the axis, in the body's frame, metres. */
  readonly anchor: Vec3;
  /** Unit vector in the body's frame. */
  readonly axis: Vec3;
  /** Position in the file's configuration, rad or metres. */
  readonly reference: number;
  /** Position at which it is held without a motor, rad or metres. */
  readonly held: number;
}

/** Number of the joint's coordinates in `qpos`. */
export const COORDINATES: Readonly<Record<MjcfJoint["type"], number>> = {
  hinge: 1,
  slide: 1,
  ball: 4,
  free: 7,
};

/**
 * Reads a joint with all inherited attributes.
 *
 * @param frame pose of the frame that it is in, in the body's
 * @param home  its position in the file's home posture, rad or metres
 * @throws InputError naming attribute and line
 */
export function readJoint(
  element: XmlElement,
  frame: Pose,
  home: number | undefined,
  compiler: MjcfCompiler,
  where: string,
): MjcfJoint {
  const type = typeOf(element, where);
  const direction = tripleOf(element, "axis", where) ?? [0, 0, 1];
  const size = length(direction);
  if (!(size > 1e-9)) {
    throw refuse(`${where}: <joint axis>`, "three numbers, not all 0", element.attributes["axis"]);
  }
  const position = tripleOf(element, "pos", where) ?? [0, 0, 0];
  const unit = type === "hinge" ? compiler.angle : 1;
  const reference = unit * numberOf(element, "ref", where, 0);
  const range = limitsOf(element, compiler, where);
  const wanted = home ?? reference;
  return {
    element,
    type,
    anchor: add(frame.position, rotate(frame.orientation, position)),
    axis: scale(rotate(frame.orientation, direction), 1 / size),
    reference,
    held: range === undefined ? wanted : Math.min(Math.max(wanted, range[0]), range[1]),
  };
}

/** Returns a joint's type. Throws InputError if there is no such type. */
export function typeOf({ name, attributes, line }: XmlElement, where: string): MjcfJoint["type"] {
  if (name === "freejoint") return "free";
  const text = attributes["type"] ?? "hinge";
  const type = TYPES.find((each) => each === text);
  if (type === undefined) throw refuse(`${where}: <joint type> in line ${line}`, TYPES.join(" or "), text);
  return type;
}

/** Returns the pose by which a joint moves its body from the file's configuration to a position, in the body's frame. */
export function motionTo({ type, anchor, axis, reference }: MjcfJoint, position: number): Pose {
  const way = position - reference;
  if (type === "slide") return { ...IDENTITY_POSE, position: scale(axis, way) };
  if (type !== "hinge") return IDENTITY_POSE;
  const orientation = quatFromAxisAngle(axis, way);
  return { position: subtract(anchor, rotate(orientation, anchor)), orientation };
}

/**
 * Returns the pose of a hinged or sliding body's link frame at position 0: with its origin on the joint.
 *
 * @param pose the body's pose in the file's configuration
 */
export function jointFrame(joint: MjcfJoint, pose: Pose): Pose {
  return compose(compose(pose, motionTo(joint, 0)), { ...IDENTITY_POSE, position: joint.anchor });
}

/** Returns the pose by which a joint moves its link from position 0 to where it is held, in the link's frame. */
export function heldPose({ type, axis, held }: MjcfJoint): Pose {
  if (type === "slide") return { ...IDENTITY_POSE, position: scale(axis, held) };
  return { ...IDENTITY_POSE, orientation: quatFromAxisAngle(axis, held) };
}

/**
 * Reads a hinge's motor.
 *
 * @param effort its actuators' torque limit, N m
 * @throws InputError naming attribute and line
 */
export function readMotor(
  { element, axis }: MjcfJoint,
  effort: number | undefined,
  compiler: MjcfCompiler,
  where: string,
): MotorJoint {
  const first = (name: string): number => {
    const [value = 0] = listOf(element, name, [1, 2, 3], where) ?? [];
    if (value < 0) throw refuse(`${where}: <joint ${name}> in line ${element.line}`, "at least 0", value);
    return value;
  };
  const armature = first("armature");
  return {
    axis,
    range: limitsOf(element, compiler, where),
    effort,
    velocity: undefined,
    damping: first("damping"),
    armature: armature > 0 ? armature : undefined,
  };
}

/**
 * Returns a range if it limits, in radians for a hinge; undefined without limits.
 *
 * @throws InputError if it is not said whether the range limits, or if it is empty
 */
function limitsOf(
  element: XmlElement,
  { angle, autolimits }: MjcfCompiler,
  where: string,
): readonly [low: number, high: number] | undefined {
  const unit = (element.attributes["type"] ?? "hinge") === "hinge" ? angle : 1;
  const range = rangeOf(element, "range", where);
  const isLimited = isLimitedBy(range, element, "limited", autolimits, where);
  if (!isLimited || range === undefined) return undefined;
  if (range[0] < range[1]) return [unit * range[0], unit * range[1]];
  throw refuse(
    `${where}: <joint range> in line ${element.line}`,
    "the lower limit below the upper one",
    element.attributes["range"],
    `If they are swapped, write range="${range[1]} ${range[0]}"`,
  );
}

/**
 * Returns whether a range limits, as MuJoCo decides it: by the attribute, or if it has a width.
 *
 * @throws InputError if the attribute is required and missing
 */
export function isLimitedBy(
  range: readonly [number, number] | undefined,
  { name, attributes, line }: XmlElement,
  attribute: string,
  autolimits: boolean,
  where: string,
): boolean {
  const text = attributes[attribute] ?? "auto";
  if (text === "true" || text === "false") return text === "true";
  const at = `${where}: <${name} ${attribute}> in line ${line}`;
  if (text !== "auto") throw refuse(at, "true, false or auto", text);
  if (range === undefined || !(range[0] < range[1])) return false;
  if (autolimits) return true;
  throw refuse(
    at,
    'true or false, because the compiler has autolimits="false"',
    unquoted("none"),
    `Write ${attribute}="true" if the range is a limit`,
  );
}
