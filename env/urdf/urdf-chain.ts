/** @file The kinematic chain from a robot's root to its tip: moving joints, and the links of each rigid body. */

import { InputError, refuse, suggest, unquoted } from "../../shared/errors.ts";
import { add, multiply, quatFromAxisAngle, rotate, scale } from "../../shared/vec3.ts";
import type { UrdfJoint, UrdfLink, UrdfRobot } from "./urdf-robot.ts";
import { IDENTITY_POSE, type Pose } from "./urdf-values.ts";

/** A link of a rigid body. */
export interface PlacedLink {
  readonly link: UrdfLink;
  /** Pose of the link's frame in the body's frame. */
  readonly pose: Pose;
}

/** Links connected rigidly; the body's frame is that of the first. */
export interface RigidBody {
  readonly links: readonly PlacedLink[];
}

/** A joint of the chain. */
export interface ChainJoint {
  readonly joint: UrdfJoint;
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
  /** One line for each joint off the chain that was fixed. */
  readonly notes: readonly string[];
}

/** Returns the pose b, given in the frame of a, in the frame that a is given in. */
function compose(a: Pose, b: Pose): Pose {
  return {
    position: add(a.position, rotate(a.orientation, b.position)),
    orientation: multiply(a.orientation, b.orientation),
  };
}

/**
 * Returns the chain from the root to a tip; side branches are fixed at position 0 and welded on.
 *
 * @param tip the tool's link; "" if the robot is a single chain
 * @throws InputError if the joints are not a tree, if `tip` is "" and the robot branches, or if the chain
 *   has an unsupported joint
 */
export function chainTo(robot: UrdfRobot, tip: string, where: string): Chain {
  const parentJoints = parentJointsOf(robot, where);
  const childJoints = new Map<string, UrdfJoint[]>();
  for (const joint of robot.joints) {
    childJoints.set(joint.parent, [...(childJoints.get(joint.parent) ?? []), joint]);
  }
  const root = rootOf(robot, parentJoints, where);
  const tipLink = tip === "" ? onlyTip(root, childJoints, where) : tip;
  if (!robot.links.has(tipLink)) {
    const remedy = suggest(tipLink, [...robot.links.keys()]);
    throw refuse(`${where}: env.urdf.tip`, "a link of this robot", tipLink, remedy);
  }
  const path = pathTo(tipLink, parentJoints);
  const notes: string[] = [];
  const onPath = new Set(path.map(({ name }) => name));
  const body = (first: string): RigidBody => ({
    links: rigidLinks(robot, first, childJoints, onPath, notes),
  });
  const joints: ChainJoint[] = [];
  let pose = IDENTITY_POSE;
  for (const joint of path) {
    pose = compose(pose, joint.origin);
    if (joint.kind === "fixed") continue;
    if (joint.kind !== "revolute" && joint.kind !== "continuous") {
      throw refuse(
        `${where}: joint ${joint.name}`,
        "a revolute, continuous or fixed joint on the path to the tip",
        joint.kind,
        "Choose another tip with --set env.urdf.tip=<link>, or make the joint fixed",
      );
    }
    joints.push({ joint, pose, body: body(joint.child) });
    pose = IDENTITY_POSE;
  }
  if (joints.length === 0) {
    throw refuse(`${where}: env.urdf.tip`, "a link that a joint moves", tipLink);
  }
  return { base: body(root), joints, tip: pose, notes };
}

/** Returns the joint whose child each link is; the root has none. */
function parentJointsOf(robot: UrdfRobot, where: string): Map<string, UrdfJoint> {
  const parentJoints = new Map<string, UrdfJoint>();
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
function rootOf(robot: UrdfRobot, parentJoints: ReadonlyMap<string, UrdfJoint>, where: string): string {
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

/** Returns the last link of a robot that is a single chain. */
function onlyTip(
  root: string,
  childJoints: ReadonlyMap<string, readonly UrdfJoint[]>,
  where: string,
): string {
  let link = root;
  for (;;) {
    const next = childJoints.get(link) ?? [];
    const [only] = next;
    if (only === undefined) return link;
    if (next.length > 1) {
      const branches = next.map(({ name, child }) => `${child} (by ${name})`);
      throw new InputError(
        `${where}: link ${link}: expected a chain, got branches to ${list(branches)}. Choose the tool's link: --set env.urdf.tip=<link>`,
      );
    }
    link = only.child;
  }
}

/** Returns the joints from the root to a link. */
function pathTo(link: string, parentJoints: ReadonlyMap<string, UrdfJoint>): UrdfJoint[] {
  const path: UrdfJoint[] = [];
  let joint = parentJoints.get(link);
  while (joint !== undefined) {
    path.unshift(joint);
    joint = parentJoints.get(joint.parent);
  }
  return path;
}

/** Returns a link and all links below it, side branches included, up to the next moving joints of the chain. */
function rigidLinks(
  robot: UrdfRobot,
  first: string,
  childJoints: ReadonlyMap<string, readonly UrdfJoint[]>,
  onPath: ReadonlySet<string>,
  notes: string[],
): PlacedLink[] {
  const placed: PlacedLink[] = [];
  const todo: { readonly name: string; readonly pose: Pose }[] = [{ name: first, pose: IDENTITY_POSE }];
  for (let current = todo.pop(); current !== undefined; current = todo.pop()) {
    const { name, pose } = current;
    const link = robot.links.get(name);
    if (link !== undefined) placed.push({ link, pose });
    for (const joint of childJoints.get(name) ?? []) {
      const isFixed = joint.kind === "fixed";
      if (!isFixed && onPath.has(joint.name)) continue;
      if (!isFixed) {
        notes.push(`joint ${joint.name}: not on the path to the tip, so fixed at ${fixedPosition(joint)}`);
      }
      todo.push({ name: joint.child, pose: compose(pose, compose(joint.origin, fixedPose(joint))) });
    }
  }
  return placed;
}

/** Returns the position within the joint's limits that is nearest to 0. */
function fixedPosition({ range }: UrdfJoint): number {
  return range === undefined ? 0 : Math.min(Math.max(0, range[0]), range[1]);
}

function fixedPose(joint: UrdfJoint): Pose {
  const position = fixedPosition(joint);
  if (joint.kind === "prismatic") return { ...IDENTITY_POSE, position: scale(joint.axis, position) };
  return { ...IDENTITY_POSE, orientation: quatFromAxisAngle(joint.axis, position) };
}

const MAX_LISTED = 8;

function list(names: readonly string[]): string {
  return names.length <= MAX_LISTED ? names.join(", ") : `${names.slice(0, MAX_LISTED).join(", ")}, …`;
}
