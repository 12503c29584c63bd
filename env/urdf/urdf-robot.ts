/**
 * @file Reads the links and joints of a URDF as a tree; https://wiki.ros.org/urdf/XML. What only matters on the path to
 * the tip, such as masses and limits, stays in the elements.
 */

import { refuse, suggest, unquoted } from "../../shared/errors.ts";
import type { Shape } from "../body.ts";
import { shapesOf } from "./urdf-shapes.ts";
import { looseNumberOf, originOf, type Pose, textOf } from "./urdf-values.ts";
import { refuseXacro } from "./urdf-xacro.ts";
import { childOf, childrenOf, readXml, type XmlElement } from "./xml-tree.ts";

const KINDS = ["revolute", "continuous", "prismatic", "fixed", "floating", "planar"] as const;

/** Children of <link> and <joint> that are read, or mean nothing to an arm without contacts and controllers. */
const LINK_PARTS = ["inertial", "collision", "visual", "contact", "sensor", "material"];
const JOINT_PARTS = [
  ...["parent", "child", "origin", "axis", "limit", "dynamics", "mimic"],
  ...["calibration", "safety_controller", "hardwareInterface"],
];

export interface UrdfLink {
  readonly name: string;
  readonly element: XmlElement;
  readonly shapes: readonly Shape[];
}

export interface UrdfJoint {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly parent: string;
  readonly child: string;
  /** Pose of the child's frame in the parent's at position 0. */
  readonly origin: Pose;
  readonly element: XmlElement;
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
 * @param where path of the file, for errors
 * @throws InputError naming link or joint, attribute and line
 */
export function readUrdf(text: string, where: string): UrdfRobot {
  const root = readXml(text, where);
  if (root.name !== "robot") {
    throw refuse(where, "a <robot> as the root of a URDF", unquoted(`<${root.name}>`));
  }
  refuseXacro(root, where);
  const leftOut: string[] = [];
  const links = new Map<string, UrdfLink>();
  for (const element of childrenOf(root, "link")) {
    const name = textOf(element, "name", `${where}: link`);
    if (links.has(name)) {
      throw refuse(`${where}: link ${name}`, "a unique name", unquoted("a second link of that name"));
    }
    links.set(name, { name, element, shapes: shapesOf(element, leftOut) });
    reportUnknown(element, LINK_PARTS, leftOut);
  }
  const joints: UrdfJoint[] = [];
  for (const element of childrenOf(root, "joint")) {
    const name = textOf(element, "name", `${where}: joint`);
    if (joints.some((joint) => joint.name === name)) {
      throw refuse(`${where}: joint ${name}`, "a unique name", unquoted("a second joint of that name"));
    }
    joints.push(readJoint(element, name, `${where}: joint ${name}`, links));
    const friction = looseNumberOf(childOf(element, "dynamics"), "friction") ?? 0;
    if (friction !== 0) leftOut.push(`joint ${name}: dry friction of ${friction}`);
    reportUnknown(element, JOINT_PARTS, leftOut);
  }
  return { name: root.attributes["name"] ?? "robot", links, joints, leftOut };
}

function readJoint(
  element: XmlElement,
  name: string,
  where: string,
  links: ReadonlyMap<string, UrdfLink>,
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
  return {
    name,
    kind,
    parent: linkOf("parent"),
    child: linkOf("child"),
    origin: originOf(element, where),
    element,
  };
}

/** Reports children of an element whose names URDF does not have. */
function reportUnknown(element: XmlElement, known: readonly string[], leftOut: string[]): void {
  for (const { name, line } of element.children) {
    if (known.includes(name)) continue;
    leftOut.push(`${element.name} ${element.attributes["name"]}: unknown element <${name}> in line ${line}`);
  }
}
