/** @file A URDF's links and joints as data, each number checked; http://wiki.ros.org/urdf/XML. */

import { refuse, suggest, unquoted } from "../../shared/errors.ts";
import { length, scale, type Vec3 } from "../../shared/vec3.ts";
import type { MassProperties } from "../arm/mass-properties.ts";
import { turnInertia } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import { shapesOf } from "./urdf-shapes.ts";
import { numberOf, originOf, type Pose, textOf, vectorOf } from "./urdf-values.ts";
import { childOf, childrenOf, readXml, type XmlElement } from "./xml-tree.ts";

const KINDS = ["revolute", "continuous", "prismatic", "fixed", "floating", "planar"] as const;

export interface UrdfLink {
  readonly name: string;
  /** In the link's frame; undefined where it has no <inertial>. */
  readonly inertial: MassProperties | undefined;
  readonly shapes: readonly Shape[];
}

export interface UrdfJoint {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly parent: string;
  readonly child: string;
  /** The child's frame in the parent's, at position 0. */
  readonly origin: Pose;
  /** Unit vector in the child's frame. */
  readonly axis: Vec3;
  /** rad or metres; undefined where there are none. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** The greatest torque or force; undefined where none is told. */
  readonly effort: number | undefined;
  /** rad/s or m/s that it should not exceed; undefined where none is told. */
  readonly velocity: number | undefined;
  /** N m s/rad or N s/m; 0 where none is told. */
  readonly damping: number;
}

export interface UrdfRobot {
  readonly name: string;
  readonly links: ReadonlyMap<string, UrdfLink>;
  readonly joints: readonly UrdfJoint[];
  /** What was read but has no place in the simulation, a line each. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a robot. No other file is read: meshes are left out, and reported.
 *
 * @param where what the text was read from, for errors
 * @throws InputError naming link or joint, attribute and line
 */
export function readUrdf(text: string, where: string): UrdfRobot {
  const root = readXml(text, where);
  if (root.name !== "robot") {
    throw refuse(where, "a <robot> as the root of a URDF", unquoted(`<${root.name}>`));
  }
  const macro = root.children.find(({ name }) => name.startsWith("xacro:"));
  if (macro !== undefined) {
    throw refuse(
      `${where}:${macro.line}`,
      "URDF",
      unquoted(`<${macro.name}>`),
      "Expand its macros with xacro first",
    );
  }
  const leftOut: string[] = [];
  const links = new Map<string, UrdfLink>();
  for (const element of childrenOf(root, "link")) {
    const name = textOf(element, "name", `${where}: link`);
    if (links.has(name))
      throw refuse(`${where}: link ${name}`, "a name of its own", unquoted("a second link of that name"));
    links.set(name, readLink(element, name, `${where}: link ${name}`, leftOut));
  }
  const joints: UrdfJoint[] = [];
  for (const element of childrenOf(root, "joint")) {
    const name = textOf(element, "name", `${where}: joint`);
    if (joints.some((joint) => joint.name === name)) {
      throw refuse(`${where}: joint ${name}`, "a name of its own", unquoted("a second joint of that name"));
    }
    joints.push(readJoint(element, name, `${where}: joint ${name}`, links, leftOut));
  }
  return { name: root.attributes["name"] ?? "robot", links, joints, leftOut };
}

function readLink(element: XmlElement, name: string, where: string, leftOut: string[]): UrdfLink {
  const inertial = childOf(element, "inertial");
  return {
    name,
    inertial: inertial === undefined ? undefined : readInertial(inertial, where),
    shapes: shapesOf(element, where, leftOut),
  };
}

function readInertial(element: XmlElement, where: string): MassProperties {
  const massElement = childOf(element, "mass");
  const mass = massElement === undefined ? Number.NaN : numberOf(massElement, "value", where);
  if (!(mass >= 0)) throw refuse(`${where}: <mass value>`, "at least 0 kg", massElement?.attributes["value"]);
  const matrix = childOf(element, "inertia");
  if (matrix === undefined)
    throw refuse(`${where}: <inertial> in line ${element.line}`, "an <inertia>", unquoted("none"));
  const read = (name: string) => numberOf(matrix, name, where);
  const diagonal = ["ixx", "iyy", "izz"].map((name) => {
    const value = read(name);
    if (!(value >= 0)) throw refuse(`${where}: <inertia ${name}>`, "at least 0 kg m²", value);
    return value;
  });
  const [xx = 0, yy = 0, zz = 0] = diagonal;
  const { position, orientation } = originOf(element, where);
  return {
    mass,
    centerOfMass: position,
    inertia: turnInertia([xx, yy, zz, read("ixy"), read("ixz"), read("iyz")], orientation),
  };
}

function readJoint(
  element: XmlElement,
  name: string,
  where: string,
  links: ReadonlyMap<string, UrdfLink>,
  leftOut: string[],
): UrdfJoint {
  const type = textOf(element, "type", where);
  const kind = KINDS.find((each) => each === type);
  if (kind === undefined) throw refuse(`${where}: type`, KINDS.join(", "), type, suggest(type, KINDS));
  const end = (which: "parent" | "child") => {
    const child = childOf(element, which);
    if (child === undefined) throw refuse(where, `a <${which} link>`, unquoted("none"));
    const link = textOf(child, "link", where);
    if (!links.has(link))
      throw refuse(
        `${where}: <${which} link>`,
        "a link of this robot",
        link,
        suggest(link, [...links.keys()]),
      );
    return link;
  };
  const limit = childOf(element, "limit");
  const dynamics = childOf(element, "dynamics");
  const friction = dynamics === undefined ? 0 : numberOf(dynamics, "friction", where, 0);
  if (friction !== 0) leftOut.push(`joint ${name}: dry friction of ${friction}`);
  if (childOf(element, "mimic") !== undefined) leftOut.push(`joint ${name}: <mimic>`);
  const bounded = kind === "revolute" || kind === "prismatic";
  if (bounded && limit === undefined)
    throw refuse(where, `a <limit>, as a ${kind} joint has`, unquoted("none"));
  return {
    name,
    kind,
    parent: end("parent"),
    child: end("child"),
    origin: originOf(element, where),
    axis: kind === "fixed" ? [1, 0, 0] : axisOf(element, where),
    range: bounded && limit !== undefined ? rangeOf(limit, where) : undefined,
    effort: limit === undefined ? undefined : numberOf(limit, "effort", where, 0),
    velocity: limit === undefined ? undefined : numberOf(limit, "velocity", where, 0),
    damping: dynamics === undefined ? 0 : numberOf(dynamics, "damping", where, 0),
  };
}

function rangeOf(limit: XmlElement, where: string): readonly [number, number] {
  const [low, high] = [numberOf(limit, "lower", where, 0), numberOf(limit, "upper", where, 0)];
  if (!(low < high)) throw refuse(`${where}: <limit>`, "lower below upper", unquoted(`[${low}, ${high}]`));
  return [low, high];
}

function axisOf(element: XmlElement, where: string): Vec3 {
  const axis = childOf(element, "axis");
  const direction = axis === undefined ? ([1, 0, 0] as const) : vectorOf(axis, "xyz", where, [1, 0, 0]);
  const size = length(direction);
  if (!(size > 1e-9)) throw refuse(`${where}: <axis xyz>`, "a direction", unquoted("0 0 0"));
  return scale(direction, 1 / size);
}
