/** @file Reads the links and joints of a URDF; https://wiki.ros.org/urdf/XML. */

import { refuse, suggest, unquoted } from "../../shared/errors.ts";
import type { Robot, RobotFormat, RobotJoint, RobotLink } from "./robot.ts";
import { givenInertial } from "./urdf-inertial.ts";
import { heldPose, heldPosition, KINDS, mimickedBy, motionOf, readMotorJoint } from "./urdf-joint.ts";
import { shapesOf } from "./urdf-shapes.ts";
import { looseNumberOf, originOf, textOf } from "./urdf-values.ts";
import { visualOf } from "./urdf-visuals.ts";
import { refuseXacro } from "./urdf-xacro.ts";
import { childOf, childrenOf, type XmlElement } from "./xml-tree.ts";

/** Children of <link> and <joint> that are read, or mean nothing to an arm without contacts and controllers. */
const LINK_PARTS = ["inertial", "collision", "visual", "contact", "sensor", "material"];
const JOINT_PARTS = [
  ...["parent", "child", "origin", "axis", "limit", "dynamics", "mimic"],
  ...["calibration", "safety_controller", "hardwareInterface"],
];

const FORMAT: RobotFormat = {
  name: "URDF",
  effort: "a <limit effort> above 0 N m for each joint on the path to the tip",
  mass: "an <inertial> with a mass above 0 kg for each link that a joint moves",
  supported: "a revolute, continuous or fixed joint",
  moving: "a revolute or continuous joint",
  armature: "env.urdf.armature",
  lengths: "the <origin xyz> of the joints",
  tool: (link) =>
    `<link name="tool"/><joint name="flange" type="fixed"><parent link="${link}"/><child link="tool"/><origin xyz="0 0 0.1"/></joint>`,
};

/**
 * Reads a robot. No other file is opened: meshes are left out and reported.
 *
 * @param root a <robot>
 * @param where path of the file, for errors
 * @throws InputError naming link or joint, attribute and line
 */
export function readUrdf(root: XmlElement, where: string): Robot {
  refuseXacro(root, where);
  const leftOut: string[] = [];
  const links = new Map<string, RobotLink>();
  for (const element of childrenOf(root, "link")) {
    const name = textOf(element, "name", `${where}: link`);
    if (links.has(name)) {
      throw refuse(`${where}: link ${name}`, "a unique name", unquoted("a second link of that name"));
    }
    links.set(name, {
      name,
      shapes: shapesOf(element, leftOut),
      readInertial: (at) => givenInertial(element, at),
      readVisual: () => visualOf(element, root),
    });
    reportUnknown(element, LINK_PARTS, leftOut);
  }
  const joints: RobotJoint[] = [];
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
  return {
    name: root.attributes["name"] ?? "robot",
    format: FORMAT,
    links,
    joints,
    loops: [],
    home: undefined,
    leftOut,
  };
}

function readJoint(
  element: XmlElement,
  name: string,
  where: string,
  links: ReadonlyMap<string, RobotLink>,
): RobotJoint {
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
  const joint = { kind, element };
  return {
    name,
    type: kind,
    motion: motionOf(joint),
    parent: linkOf("parent"),
    child: linkOf("child"),
    origin: originOf(element, where),
    heldPose: heldPose(joint),
    held: heldPosition(joint),
    follows: mimickedBy(joint),
    readMotor: (at, assumed) => readMotorJoint(joint, name, at, assumed),
  };
}

/** Reports children of an element whose names URDF does not have. */
function reportUnknown(element: XmlElement, known: readonly string[], leftOut: string[]): void {
  for (const { name, line } of element.children) {
    if (known.includes(name)) continue;
    leftOut.push(`${element.name} ${element.attributes["name"]}: unknown element <${name}> in line ${line}`);
  }
}
