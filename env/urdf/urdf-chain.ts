/** @file The way from a robot's root to its tool: which joints move it, and what hangs rigidly on each link. */

import { InputError, refuse, suggest } from "../../shared/errors.ts";
import { add, multiply, quatFromAxisAngle, rotate, scale } from "../../shared/vec3.ts";
import type { UrdfJoint, UrdfLink, UrdfRobot } from "./urdf-robot.ts";
import { NO_POSE, type Pose } from "./urdf-values.ts";

/** A link with its place on a body. */
export interface PlacedLink {
  readonly link: UrdfLink;
  /** Of the link's frame in the body's. */
  readonly pose: Pose;
}

/** Links that are rigid among each other; the first one's frame is the body's. */
export interface RigidBody {
  readonly links: readonly PlacedLink[];
}

/** A joint of the chain, and where it is on the body that carries it. */
export interface ChainJoint {
  readonly joint: UrdfJoint;
  /** The moved body's frame in the carrying body's, at position 0. */
  readonly pose: Pose;
  readonly body: RigidBody;
}

export interface Chain {
  readonly base: RigidBody;
  /** From the base outwards. */
  readonly joints: readonly ChainJoint[];
  /** The tip's frame in the last body's. */
  readonly tip: Pose;
  /** What was done to make it a chain, a line each. */
  readonly notes: readonly string[];
}

/** First b's frame, seen from a's. */
export function within(a: Pose, b: Pose): Pose {
  return {
    position: add(a.position, rotate(a.orientation, b.position)),
    orientation: multiply(a.orientation, b.orientation),
  };
}

/**
 * The chain from the root to a tip; side branches are held where they are at position 0, and welded on.
 *
 * @param tip the tool's link; "" for the only one there is
 * @throws InputError if the joints make no tree, if no tip was chosen where there are several, or if the
 *   way to it has a joint that is not supported
 */
export function chainTo(robot: UrdfRobot, tip: string, where: string): Chain {
  const above = jointsAbove(robot, where);
  const below = new Map<string, UrdfJoint[]>();
  for (const joint of robot.joints) below.set(joint.parent, [...(below.get(joint.parent) ?? []), joint]);
  const root = rootOf(robot, above, where);
  const end = tip === "" ? onlyTip(root, below, where) : tip;
  if (!robot.links.has(end)) {
    throw refuse(
      `${where}: env.urdf.tip`,
      "a link of this robot",
      end,
      suggest(end, [...robot.links.keys()]),
    );
  }
  const way = wayTo(end, above);
  const notes: string[] = [];
  const onWay = new Set(way.map(({ name }) => name));
  const body = (first: string): RigidBody => ({ links: rigidFrom(robot, first, below, onWay, notes) });
  const joints: ChainJoint[] = [];
  let pose = NO_POSE;
  for (const joint of way) {
    pose = within(pose, joint.origin);
    if (joint.kind === "fixed") continue;
    if (joint.kind !== "revolute" && joint.kind !== "continuous") {
      throw refuse(
        `${where}: joint ${joint.name}`,
        "a revolute, continuous or fixed joint on the way to the tip",
        joint.kind,
        "Choose another env.urdf.tip, or make it fixed",
      );
    }
    joints.push({ joint, pose, body: body(joint.child) });
    pose = NO_POSE;
  }
  if (joints.length === 0) {
    throw new InputError(`${where}: no joint moves ${end}; env.urdf.tip must be a link that a joint moves`);
  }
  return { base: body(root), joints, tip: pose, notes };
}

/** The joint that carries each link but the root. */
function jointsAbove(robot: UrdfRobot, where: string): Map<string, UrdfJoint> {
  const above = new Map<string, UrdfJoint>();
  for (const joint of robot.joints) {
    const other = above.get(joint.child);
    if (other !== undefined) {
      throw new InputError(
        `${where}: link ${joint.child}: expected one joint that carries it, got ${other.name} and ${joint.name}; closed loops are not supported`,
      );
    }
    above.set(joint.child, joint);
  }
  return above;
}

function rootOf(robot: UrdfRobot, above: ReadonlyMap<string, UrdfJoint>, where: string): string {
  const roots = [...robot.links.keys()].filter((name) => !above.has(name));
  const [root] = roots;
  if (root === undefined)
    throw new InputError(`${where}: expected a link that no joint carries, got none: its joints make a loop`);
  if (roots.length > 1) {
    throw new InputError(
      `${where}: expected one link that no joint carries, got ${roots.length}: ${list(roots)}`,
    );
  }
  // Links in a loop of their own hang on no root.
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
  if (lost !== undefined) throw new InputError(`${where}: link ${lost}: its joints make a loop`);
  return root;
}

/** The end of a robot that is one chain. */
function onlyTip(root: string, below: ReadonlyMap<string, readonly UrdfJoint[]>, where: string): string {
  let link = root;
  for (;;) {
    const next = below.get(link) ?? [];
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

function wayTo(tip: string, above: ReadonlyMap<string, UrdfJoint>): UrdfJoint[] {
  const way: UrdfJoint[] = [];
  for (let joint = above.get(tip); joint !== undefined; joint = above.get(joint.parent)) way.unshift(joint);
  return way;
}

/** A link and all that hangs on it rigidly, side branches included, up to the chain's own joints that move. */
function rigidFrom(
  robot: UrdfRobot,
  first: string,
  below: ReadonlyMap<string, readonly UrdfJoint[]>,
  onWay: ReadonlySet<string>,
  notes: string[],
): PlacedLink[] {
  const placed: PlacedLink[] = [];
  const todo: { readonly name: string; readonly pose: Pose }[] = [{ name: first, pose: NO_POSE }];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const link = robot.links.get(at.name);
    if (link !== undefined) placed.push({ link, pose: at.pose });
    for (const joint of below.get(at.name) ?? []) {
      const fixed = joint.kind === "fixed";
      if (!fixed && onWay.has(joint.name)) continue;
      if (!fixed) notes.push(`joint ${joint.name}: off the way to the tip, so held at ${heldAt(joint)}`);
      todo.push({ name: joint.child, pose: within(at.pose, within(joint.origin, heldPose(joint))) });
    }
  }
  return placed;
}

/** 0, or what is nearest to it in the joint's range. */
function heldAt({ range }: UrdfJoint): number {
  return range === undefined ? 0 : Math.min(Math.max(0, range[0]), range[1]);
}

function heldPose(joint: UrdfJoint): Pose {
  const at = heldAt(joint);
  if (joint.kind === "prismatic") return { ...NO_POSE, position: scale(joint.axis, at) };
  return { ...NO_POSE, orientation: quatFromAxisAngle(joint.axis, at) };
}

const MOST_LISTED = 8;

function list(names: readonly string[]): string {
  return names.length <= MOST_LISTED ? names.join(", ") : `${names.slice(0, MOST_LISTED).join(", ")}, …`;
}
