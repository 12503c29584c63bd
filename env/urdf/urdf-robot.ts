/** @file Reads the links and joints of a URDF, with every number checked; http://wiki.ros.org/urdf/XML. */

import { refuse, suggest, unquoted } from "../../shared/errors.ts";
import { length, scale, type Vec3 } from "../../shared/vec3.ts";
import type { MassProperties } from "../arm/mass-properties.ts";
import { rotateInertia } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import { shapesOf } from "./urdf-shapes.ts";
import { numberOf, originOf, type Pose, textOf, vectorOf } from "./urdf-values.ts";
import { childOf, childrenOf, readXml, type XmlElement } from "./xml-tree.ts";

const KINDS = ["revolute", "continuous", "prismatic", "fixed", "floating", "planar"] as const;

export interface UrdfLink {
  readonly name: string;
  /** In the link's frame; undefined without <inertial>. */
  readonly inertial: MassProperties | undefined;
  readonly shapes: readonly Shape[];
}

export interface UrdfJoint {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly parent: string;
  readonly child: string;
  /** Pose of the child's frame in the parent's at position 0. */
  readonly origin: Pose;
  /** Unit vector in the child's frame. */
  readonly axis: Vec3;
  /** Joint limits, rad or metres; undefined for a joint without limits. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** Maximum torque, N m, or force, N; undefined if not given. */
  readonly effort: number | undefined;
  /** Velocity limit, rad/s or m/s; undefined if not given. */
  readonly velocity: number | undefined;
  /** N m s/rad or N s/m; 0 if not given. */
  readonly damping: number;
}

export interface UrdfRobot {
  readonly name: string;
  readonly links: ReadonlyMap<string, UrdfLink>;
  readonly joints: readonly UrdfJoint[];
  /** One line for each part of the file that the simulation does not use. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a robot. No other file is opened: meshes are left out and reported.
 *
 * @param where source of the text, for errors
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
      "URDF without xacro macros",
      unquoted(`<${macro.name}>`),
      "Expand the macros first: xacro robot.xacro > robot.urdf",
    );
  }
  const leftOut: string[] = [];
  const links = new Map<string, UrdfLink>();
  for (const element of childrenOf(root, "link")) {
    const name = textOf(element, "name", `${where}: link`);
    if (links.has(name)) {
      throw refuse(`${where}: link ${name}`, "a unique name", unquoted("a second link of that name"));
    }
    links.set(name, readLink(element, name, `${where}: link ${name}`, leftOut));
  }
  const joints: UrdfJoint[] = [];
  for (const element of childrenOf(root, "joint")) {
    const name = textOf(element, "name", `${where}: joint`);
    if (joints.some((joint) => joint.name === name)) {
      throw refuse(`${where}: joint ${name}`, "a unique name", unquoted("a second joint of that name"));
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
  if (matrix === undefined) {
    throw refuse(`${where}: <inertial> in line ${element.line}`, "an <inertia>", unquoted("none"));
  }
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
    inertia: rotateInertia([xx, yy, zz, read("ixy"), read("ixz"), read("iyz")], orientation),
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
  if (kind === undefined)
    throw refuse(`${where}: type`, `one of ${KINDS.join(", ")}`, type, suggest(type, KINDS));
  const linkOf = (which: "parent" | "child") => {
    const child = childOf(element, which);
    if (child === undefined) throw refuse(where, `a <${which} link>`, unquoted("none"));
    const link = textOf(child, "link", where);
    if (!links.has(link)) {
      const remedy = suggest(link, [...links.keys()]);
      throw refuse(`${where}: <${which} link>`, "a link of this robot", link, remedy);
    }
    return link;
  };
  const limit = childOf(element, "limit");
  const dynamics = childOf(element, "dynamics");
  const friction = dynamics === undefined ? 0 : numberOf(dynamics, "friction", where, 0);
  if (friction !== 0) leftOut.push(`joint ${name}: dry friction of ${friction}`);
  if (childOf(element, "mimic") !== undefined) leftOut.push(`joint ${name}: <mimic>`);
  const bounded = kind === "revolute" || kind === "prismatic";
  if (bounded && limit === undefined) {
    throw refuse(where, `a <limit>, required for a ${kind} joint`, unquoted("none"));
  }
  return {
    name,
    kind,
    parent: linkOf("parent"),
    child: linkOf("child"),
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
  if (!(size > 1e-9)) throw refuse(`${where}: <axis xyz>`, "a vector longer than 0", unquoted("0 0 0"));
  return scale(direction, 1 / size);
}
