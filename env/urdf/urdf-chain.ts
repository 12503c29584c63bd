/** @file The kinematic chain from a robot's root to its tip: moving joints, and the links of each rigid body. */

import { InputError, refuse, suggest, unquoted } from "../../shared/errors.ts";
import { setFlags } from "../../shared/shell-quote.ts";
import type { Assumptions } from "./assumptions.ts";
import { type ChainEnds, endsOf, pathTo } from "./chain-ends.ts";
import { compose } from "./compose-poses.ts";
import {
  IDENTITY_POSE,
  type Pose,
  type Robot,
  type RobotFormat,
  type RobotJoint,
  type RobotLink,
} from "./robot.ts";

/** A link of a rigid body. */
export interface PlacedLink {
  readonly link: RobotLink;
  /** Pose of the link's frame in the body's frame. */
  readonly pose: Pose;
}

/** Links connected rigidly; the body's frame is that of the first. */
export interface RigidBody {
  readonly links: readonly PlacedLink[];
}

/** A joint of the chain. */
export interface ChainJoint {
  readonly joint: RobotJoint;
  /** Pose of the child body's frame in the parent body's at position 0. */
  readonly pose: Pose;
  readonly body: RigidBody;
}

export interface Chain {
  readonly base: RigidBody;
  /** From the base outwards. */
  readonly joints: readonly ChainJoint[];
  /** Pose of the tip's frame in the last body's. */
  readonly tip: Pose;
  /** Name of the tip's link. */
  readonly tipLink: string;
  readonly ends: ChainEnds;
  readonly format: RobotFormat;
  /** The robot branches and no tip is given, so the tip is the probable tool. */
  readonly isTipGuessed: boolean;
  /** One line for each joint off the chain that is held. */
  readonly leftOut: readonly string[];
}

/** What the chain depends on besides the file. */
export interface ChainOptions {
  /** The tool's link; "" for the only end of a chain, or the probable tool of a robot that branches. */
  readonly tip: string;
  /** What a joint of the chain becomes that follows another one. */
  readonly mimic: "refuse" | "motor" | "fixed";
  /** Names of joints of the chain that have no motor. */
  readonly hold: readonly string[];
}

/**
 * Returns the chain from the root to a tip; side branches are held at position 0 and welded on.
 *
 * @param assumed receives joints of the chain that are held, or that get a motor the file does not give them
 * @throws InputError if the joints are not a tree, or if the chain has an unsupported joint
 */
export function chainTo(robot: Robot, options: ChainOptions, where: string, assumed: Assumptions): Chain {
  const { tip } = options;
  const parentJoints = parentJointsOf(robot, where);
  const childJoints = new Map<string, RobotJoint[]>();
  for (const joint of robot.joints) {
    childJoints.set(joint.parent, [...(childJoints.get(joint.parent) ?? []), joint]);
  }
  const root = rootOf(robot, parentJoints, where);
  const ends = endsOf(robot, parentJoints);
  const tipLink = tip === "" ? ends.best : tip;
  if (!robot.links.has(tipLink)) {
    const expected = `a link of this robot, such as ${ends.listed}`;
    throw refuse(`${where}: env.urdf.tip`, expected, tipLink, chooseTip(ends.nearest(tipLink)));
  }
  const path = pathTo(tipLink, parentJoints);
  refuseUnknownHolds(options.hold, path, where);
  const moving = new Set(
    path
      .filter((joint) => hasMotor(joint, path, options, robot.format, where, assumed))
      .map(({ name }) => name),
  );
  if (moving.size === 0) {
    const expected = `a link that ${robot.format.moving} moves, such as ${ends.listed}`;
    throw refuse(`${where}: env.urdf.tip`, expected, tipLink, chooseTip(ends.best));
  }
  const leftOut: string[] = [];
  const onPath = new Set(path.map(({ name }) => name));
  const body = (first: string): RigidBody => ({
    links: rigidLinks(robot, first, childJoints, moving, (joint) => {
      if (!onPath.has(joint.name)) {
        leftOut.push(`joint ${joint.name}: not on the path to the tip, so fixed at ${joint.held}`);
      }
    }),
  });
  const joints: ChainJoint[] = [];
  let pose = IDENTITY_POSE;
  for (const joint of path) {
    pose = compose(pose, joint.origin);
    if (moving.has(joint.name)) {
      joints.push({ joint, pose, body: body(joint.child) });
      pose = IDENTITY_POSE;
    } else pose = compose(pose, joint.heldPose);
  }
  const base = body(root);
  refuseLoops(robot, [base, ...joints.map((each) => each.body)], where, leftOut);
  return {
    base,
    joints,
    tip: pose,
    tipLink,
    ends,
    format: robot.format,
    isTipGuessed: tip === "" && ends.links.length > 1,
    leftOut,
  };
}

/** Returns whether a joint on the path turns, after checking that it is fixed otherwise. */
function hasMotor(
  joint: RobotJoint,
  path: readonly RobotJoint[],
  { mimic, hold }: ChainOptions,
  format: RobotFormat,
  where: string,
  assumed: Assumptions,
): boolean {
  const { motion, follows } = joint;
  if (motion === "fixed") return false;
  const held = `${joint.name} at ${joint.held}`;
  if (motion === "locked") {
    assumed.add("held, because its limits are equal", held);
    return false;
  }
  if (hold.includes(joint.name) && motion !== "free") {
    assumed.add("held, by env.urdf.hold", held);
    return false;
  }
  if (follows !== undefined && mimic === "fixed") {
    assumed.add("held instead of following another joint, by env.urdf.mimic", held);
    return false;
  }
  if (motion === "other" || motion === "free") {
    const before = path.slice(0, path.indexOf(joint)).some((each) => each.motion === "turning");
    const sliding = path.filter((each) => each.motion === "other" && each.remedy === undefined);
    const holdAll = setFlags({
      "env.urdf.hold": [...hold, ...sliding.map(({ name }) => name).filter((name) => !hold.includes(name))],
    });
    throw refuse(
      `${where}: joint ${joint.name}`,
      `${format.supported} on the path to the tip`,
      joint.type,
      before
        ? `End the arm before it: ${setFlags({ "env.urdf.tip": joint.parent })}, or hold it: ${holdAll}`
        : (joint.remedy ?? `Hold it: ${holdAll}, or choose another tip with env.urdf.tip`),
    );
  }
  if (follows === undefined) return true;
  if (mimic === "refuse") {
    throw refuse(
      `${where}: joint ${joint.name}`,
      "a joint with a motor of its own on the path to the tip",
      unquoted(`one that mimics ${follows === "" ? "another joint" : `joint ${follows}`}`),
      "Such a coupling is not simulated: --set env.urdf.mimic=motor gives the joint a motor, --set env.urdf.mimic=fixed holds it",
    );
  }
  assumed.add("a motor of its own instead of following another joint, by env.urdf.mimic", joint.name);
  return true;
}

function refuseUnknownHolds(hold: ChainOptions["hold"], path: readonly RobotJoint[], where: string): void {
  const names = path.filter(({ motion }) => motion !== "fixed").map(({ name }) => name);
  const unknown = hold.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw refuse(
    `${where}: env.urdf.hold`,
    `names of joints on the path to the tip: ${list(names)}`,
    unknown,
    suggest(unknown, names),
  );
}

function chooseTip(link: string): string {
  return `Choose it: ${setFlags({ "env.urdf.tip": link })}`;
}

/** Returns the joint whose child each link is; the root has none. */
function parentJointsOf(robot: Robot, where: string): Map<string, RobotJoint> {
  const parentJoints = new Map<string, RobotJoint>();
  for (const joint of robot.joints) {
    const other = parentJoints.get(joint.child);
    if (other !== undefined) {
      throw new InputError(
        `${where}: link ${joint.child}: expected one joint with it as the child, got ${other.name} and ${joint.name}. Remove one of them: closed loops are not supported`,
      );
    }
    parentJoints.set(joint.child, joint);
  }
  return parentJoints;
}

/** Returns the only link that is not a joint's child. */
function rootOf(robot: Robot, parentJoints: ReadonlyMap<string, RobotJoint>, where: string): string {
  const roots = [...robot.links.keys()].filter((name) => !parentJoints.has(name));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    const got = roots.length === 0 ? "none: the joints form a loop" : `${roots.length}: ${list(roots)}`;
    throw new InputError(`${where}: expected one root, a link that is not a joint's child, got ${got}`);
  }
  // A loop that is separate from the root has no root of its own.
  const reached = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { parent, child } of robot.joints) {
      if (reached.has(parent) && !reached.has(child)) {
        reached.add(child);
        grown = true;
      }
    }
  }
  const lost = [...robot.links.keys()].find((name) => !reached.has(name));
  if (lost !== undefined) {
    throw refuse(
      `${where}: link ${lost}`,
      `a chain of joints from the root ${root}`,
      unquoted("a loop of joints"),
    );
  }
  return root;
}

/** Returns a link and all links below it, side branches included, up to the next moving joints of the chain. */
function rigidLinks(
  robot: Robot,
  first: string,
  childJoints: ReadonlyMap<string, readonly RobotJoint[]>,
  moving: ReadonlySet<string>,
  reportHeld: (joint: RobotJoint) => void,
): PlacedLink[] {
  const placed: PlacedLink[] = [];
  const todo: { readonly name: string; readonly pose: Pose }[] = [{ name: first, pose: IDENTITY_POSE }];
  for (let current = todo.pop(); current !== undefined; current = todo.pop()) {
    const { name, pose } = current;
    const link = robot.links.get(name);
    if (link !== undefined) placed.push({ link, pose });
    for (const joint of childJoints.get(name) ?? []) {
      if (moving.has(joint.name)) continue;
      if (joint.motion === "free") continue;
      if (joint.motion !== "fixed") reportHeld(joint);
      todo.push({ name: joint.child, pose: compose(pose, compose(joint.origin, joint.heldPose)) });
    }
  }
  return placed;
}

/** Throws InputError if a loop connects two bodies of the chain; one within a body is reported. */
function refuseLoops(
  { loops, format }: Robot,
  bodies: readonly RigidBody[],
  where: string,
  leftOut: string[],
): void {
  for (const { name, links } of loops) {
    const [first, second] = links.map((link) =>
      bodies.findIndex((body) => body.links.some((each) => each.link.name === link)),
    );
    if (first === second || first === -1 || second === -1) {
      leftOut.push(`${name}, between bodies that are held`);
      continue;
    }
    throw refuse(
      `${where}: ${name}`,
      "no closed loop among the links of the arm",
      unquoted(`one between ${links.join(" and ")}`),
      `Closed loops are not supported. Delete it from a copy of the ${format.name} file if the arm moves without it`,
    );
  }
}

const MAX_LISTED = 8;

function list(names: readonly string[]): string {
  return names.length <= MAX_LISTED ? names.join(", ") : `${names.slice(0, MAX_LISTED).join(", ")}, …`;
}
