/**
 * @file Reads the bodies and joints of an MJCF file as a robot; https://mujoco.readthedocs.io/en/stable/XMLreference.html.
 * The world is the root link, each body and each named site is a link.
 */

import { refuse, unquoted } from "../../shared/errors.ts";
import { subtract } from "../../shared/vec3.ts";
import { GRAVITY } from "../body.ts";
import { compose } from "../urdf/compose-poses.ts";
import {
  IDENTITY_POSE,
  type Pose,
  type Robot,
  type RobotFormat,
  type RobotJoint,
  type RobotLink,
} from "../urdf/robot.ts";
import { placeShape } from "../urdf/urdf-shapes.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import { MjcfActuators } from "./mjcf-actuators.ts";
import { type MjcfBody, readBodies, WORLD } from "./mjcf-bodies.ts";
import { type MjcfCompiler, readCompiler } from "./mjcf-compiler.ts";
import { MjcfDefaults } from "./mjcf-defaults.ts";
import { readEqualities } from "./mjcf-equality.ts";
import { type MjcfGeom, readGeom, shapeOf } from "./mjcf-geom.ts";
import { homeOf, type MjcfHome } from "./mjcf-home.ts";
import { inertialOf } from "./mjcf-inertial.ts";
import { heldPose, jointFrame, type MjcfJoint, motionTo, readJoint, readMotor } from "./mjcf-joint.ts";
import { listOf, tripleOf } from "./mjcf-numbers.ts";
import { poseOf } from "./mjcf-pose.ts";
import { refuseExpanded } from "./mjcf-refused.ts";
import { MjcfAssets, visualOf } from "./mjcf-visuals.ts";

const FORMAT: RobotFormat = {
  name: "MJCF",
  effort:
    "a torque limit above 0 N m for each joint on the path to the tip, by a motor's ctrlrange, forcerange or actuatorfrcrange",
  mass: "an <inertial> with a mass above 0 kg, or geoms other than meshes, for each body that a joint moves",
  supported: "a hinge joint or none",
  moving: "a hinge joint",
  armature: "armature of the joint in the file",
  lengths: "the pos of the bodies",
  tool: (link) => `<site name="tool" pos="0 0 0.1"/> in body ${link}`,
};

/** Sections that are read, or mean nothing to an arm without contacts and pictures. */
const SECTIONS = [
  ...["compiler", "option", "size", "visual", "statistic", "default", "asset", "worldbody", "contact"],
  ...["equality", "actuator", "sensor", "keyframe", "custom"],
];

/** What the bodies are read with. */
interface Reading {
  readonly compiler: MjcfCompiler;
  readonly assets: MjcfAssets;
  readonly actuators: MjcfActuators;
  readonly home: MjcfHome | undefined;
  readonly followed: ReadonlyMap<string, string>;
  readonly where: string;
  readonly leftOut: string[];
}

/**
 * Reads a robot. No other file is opened: meshes are left out and reported.
 *
 * @param root  a <mujoco>
 * @param where path of the file, for errors
 * @throws InputError naming body or joint, attribute and line
 */
export function readMjcf(root: XmlElement, where: string): Robot {
  refuseExpanded(root, where);
  const leftOut: string[] = [];
  reportSections(root, where, leftOut);
  const compiler = readCompiler(root, where);
  if (compiler.boundInertia > 0) leftOut.push(`compiler boundinertia of ${compiler.boundInertia}`);
  const defaults = new MjcfDefaults(root, where);
  const bodies = readBodies(root, defaults, compiler, where, leftOut);
  const actuators = new MjcfActuators(root, defaults, compiler, leftOut);
  const { followed, loops } = readEqualities(root, bodies, defaults, leftOut);
  const home = homeOf(root, bodies, where, leftOut);
  const assets = new MjcfAssets(root, defaults, compiler);
  const reading = { compiler, assets, actuators, home, followed, where, leftOut };

  const links = new Map<string, RobotLink>();
  const joints: RobotJoint[] = [];
  const homes = new Map<string, number>();
  // Origin of each body's link frame in the body's, metres.
  const anchors = new Map<string, Pose>();
  for (const body of bodies) {
    const { name, pose } = body;
    const moved = jointsOf(body, reading);
    const [single] = moved;
    const isHinged = moved.length === 1 && (single?.type === "hinge" || single?.type === "slide");
    const anchor = isHinged && single !== undefined ? single.anchor : IDENTITY_POSE.position;
    const toBody: Pose = { ...IDENTITY_POSE, position: subtract([0, 0, 0], anchor) };
    anchors.set(name, toBody);
    links.set(name, linkOf(body, toBody, reading));
    if (name === WORLD) continue;
    const parent = anchors.get(body.parent) ?? IDENTITY_POSE;
    const origin = compose(parent, isHinged && single !== undefined ? jointFrame(single, pose) : pose);
    const joint = jointOf(body, moved, origin, reading);
    if (joints.some((each) => each.name === joint.name)) {
      throw refuse(`${where}: joint ${joint.name}`, "a unique name", unquoted("a second joint of that name"));
    }
    joints.push(joint);
    const position = single === undefined ? undefined : home?.positions.get(single.element);
    if (position !== undefined) homes.set(joint.name, position);
  }
  for (const { name, sites } of bodies) {
    for (const { element, frame } of sites) {
      const site = element.attributes["name"];
      if (site === undefined) continue;
      const link = links.has(site) ? `${site}_site` : site;
      if (links.has(link)) continue;
      links.set(link, {
        name: link,
        shapes: [],
        readInertial: () => undefined,
        readVisual: () => ({ shapes: [], meshes: [] }),
      });
      const pose = compose(frame, poseOf(element, compiler, `${where}: site ${site}`));
      const origin = compose(anchors.get(name) ?? IDENTITY_POSE, pose);
      joints.push(fixedJoint(`${link}_mount`, name, link, origin));
    }
  }
  const name = root.attributes["model"] ?? "robot";
  const posture = home === undefined ? undefined : { name: `keyframe ${home.key}`, positions: homes };
  return { name, format: FORMAT, links, joints, loops, home: posture, leftOut };
}

function jointsOf({ name, joints }: MjcfBody, { compiler, home, where, leftOut }: Reading): MjcfJoint[] {
  return joints.map(({ element, frame }) => {
    const label = element.attributes["name"] ?? `of body ${name}`;
    const at = `${where}: joint ${label}`;
    for (const [attribute, what] of [
      ["frictionloss", "dry friction"],
      ["stiffness", "spring"],
      ["springdamper", "spring and damper"],
    ] as const) {
      const [value = 0] = listOf(element, attribute, [1, 2, 3], at) ?? [];
      if (value !== 0) leftOut.push(`joint ${label}: ${what} of ${value}`);
    }
    return readJoint(element, frame, home?.positions.get(element), compiler, at);
  });
}

/** @param toBody pose of the body's frame in the link's */
function linkOf(
  { name, inertial, geoms: framed }: MjcfBody,
  toBody: Pose,
  { compiler, assets, where, leftOut }: Reading,
): RobotLink {
  const at = `${where}: body ${name}`;
  const geoms = framed.map(({ element, frame }) => readGeom(element, frame, compiler, at));
  const isFloor = ({ type }: MjcfGeom) => name === WORLD && (type === "plane" || type === "hfield");
  const shapesOf = (collides: boolean) =>
    geoms
      .filter((geom) => geom.collides === collides && !isFloor(geom))
      .flatMap(({ element, solid, pose, fault }) => {
        const label = element.attributes["name"];
        const what = `body ${name}: ${collides ? "" : "visual "}geom${label === undefined ? "" : ` ${label}`}`;
        if (solid?.kind === "ellipsoid") leftOut.push(`${what}: ellipsoid, drawn as a capsule`);
        if (solid !== undefined) return [placeShape(shapeOf(solid, pose), toBody)];
        leftOut.push(`${what} ${fault}`);
        return [];
      });
  const colliding = shapesOf(true);
  const anchor = subtract([0, 0, 0], toBody.position);
  return {
    name,
    shapes: colliding.length > 0 ? colliding : shapesOf(false),
    readInertial: () => inertialOf(inertial, geoms, anchor, compiler, at),
    readVisual: () =>
      visualOf(
        geoms.filter((geom) => !isFloor(geom)),
        toBody,
        assets,
      ),
  };
}

/** Returns the joint of a body, fixed if it has none. */
function jointOf(
  { name, parent }: MjcfBody,
  joints: readonly MjcfJoint[],
  origin: Pose,
  { compiler, actuators, followed, leftOut }: Reading,
): RobotJoint {
  const [joint] = joints;
  if (joint === undefined) return fixedJoint(`${name}_mount`, parent, name, origin);
  const given = joint.element.attributes["name"];
  const fixed = fixedJoint(given ?? `${name}_joint`, parent, name, origin);
  const { line } = joint.element;
  const common = { ...fixed, held: joint.held, heldPose: heldPose(joint), type: joint.type };
  if (joints.some(({ type }) => type === "free")) {
    leftOut.push(`body ${name}: free, so no part of the arm`);
    const remedy = `Delete <${joint.element.name}> in line ${line} to fix body ${name} to the world`;
    return { ...common, motion: "free", remedy };
  }
  if (joints.length > 1) {
    const names = joints.map(({ element }) => element.attributes["name"] ?? element.name).join(", ");
    const remedy = `Nest ${joints.length} bodies with one joint each in its place, and share its mass among them`;
    const held = joints.reduce((pose, each) => compose(pose, motionTo(each, each.held)), IDENTITY_POSE);
    return { ...common, motion: "other", type: `${joints.length} joints: ${names}`, heldPose: held, remedy };
  }
  if (joint.type !== "hinge") return { ...common, motion: "other" };
  return {
    ...common,
    motion: "turning",
    follows: given === undefined ? undefined : followed.get(given),
    readMotor: (at, assumed) =>
      readMotor(joint, actuators.effortOf(joint.element, at, assumed), compiler, at),
  };
}

function fixedJoint(name: string, parent: string, child: string, origin: Pose): RobotJoint {
  return {
    name,
    type: "fixed",
    motion: "fixed",
    parent,
    child,
    origin,
    heldPose: IDENTITY_POSE,
    held: 0,
    follows: undefined,
    readMotor: (where) => {
      throw refuse(where, FORMAT.moving, unquoted("a fixed body"));
    },
  };
}

/** Reports sections and options that the simulation does not use. */
function reportSections(root: XmlElement, where: string, leftOut: string[]): void {
  for (const section of root.children) {
    const { name, line, children, attributes } = section;
    if (name === "tendon") {
      for (const each of children)
        leftOut.push(`tendon ${each.attributes["name"] ?? `in line ${each.line}`}`);
    } else if (!SECTIONS.includes(name)) leftOut.push(`<${name}> in line ${line}`);
    if (name !== "option") continue;
    const gravity = tripleOf(section, "gravity", where) ?? GRAVITY;
    if (gravity.some((value, i) => value !== GRAVITY[i])) {
      leftOut.push(`option gravity of ${gravity.join(" ")}; the simulation's is ${GRAVITY.join(" ")}`);
    }
    for (const fluid of ["wind", "density", "viscosity"]) {
      if (/[1-9]/.test(attributes[fluid] ?? "")) leftOut.push(`option ${fluid}`);
    }
  }
}
