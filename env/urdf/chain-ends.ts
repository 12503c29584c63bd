/** @file The ends of a robot's chains of joints, and which of them is probably the tool. */

import { nearest } from "../../shared/errors.ts";
import { isLocked, mimickedBy } from "./urdf-joint.ts";
import type { UrdfJoint, UrdfRobot } from "./urdf-robot.ts";

export interface ChainEnds {
  /** Links without children, the probable tool first. */
  readonly links: readonly string[];
  /** `tool0 (6 joints), base (0 joints)`. */
  readonly listed: string;
  /** The probable tool. */
  readonly best: string;
  /** Returns the link with the most similar name, else the probable tool. */
  nearest(name: string): string;
}

const TOOL_NAMES = [/tool|tcp|grasp/i, /(^|_)ee[fl]?(_|$)|end_?eff|tip|flange/i];
const FINGER_NAME = /finger|jaw|thumb|knuckle|claw|pad/i;

const MAX_LISTED = 8;

/** Returns what a joint does by itself: `other` is a motion that arms do not support. */
export function motionOf(joint: UrdfJoint): "fixed" | "locked" | "turning" | "other" {
  if (joint.kind === "fixed") return "fixed";
  if (isLocked(joint)) return "locked";
  return joint.kind === "revolute" || joint.kind === "continuous" ? "turning" : "other";
}

/** Returns the joints from the root to a link. */
export function pathTo(link: string, parentJoints: ReadonlyMap<string, UrdfJoint>): UrdfJoint[] {
  const path: UrdfJoint[] = [];
  for (let joint = parentJoints.get(link); joint !== undefined; joint = parentJoints.get(joint.parent)) {
    path.unshift(joint);
  }
  return path;
}

/** Returns the ends of a tree of joints. */
export function endsOf(robot: UrdfRobot, parentJoints: ReadonlyMap<string, UrdfJoint>): ChainEnds {
  const parents = new Set(robot.joints.map(({ parent }) => parent));
  const ends = [...robot.links.keys()]
    .filter((name) => !parents.has(name))
    .map((name) => {
      const path = pathTo(name, parentJoints);
      const turning = path.filter((joint) => motionOf(joint) === "turning");
      const unsupported = path.filter((joint) => motionOf(joint) === "other");
      const followers = turning.filter((joint) => mimickedBy(joint) !== undefined);
      const others = [...unsupported.map(({ kind }) => kind), ...followers.map(() => "mimicking")];
      return { name, joints: turning.length, others };
    })
    .sort((a, b) => rank(b) - rank(a));
  const listed = ends.slice(0, MAX_LISTED).map(({ name, joints, others }) => {
    const count = `${joints} joint${joints === 1 ? "" : "s"}`;
    return `${name} (${[count, ...new Set(others)].join(", ")})`;
  });
  const best = ends[0]?.name ?? "";
  return {
    links: ends.map(({ name }) => name),
    listed: [...listed, ...(ends.length > MAX_LISTED ? ["…"] : [])].join(", "),
    best,
    nearest: (name) => nearest(name, robot.links.keys()) ?? best,
  };
}

/** Puts ends that arms support first, then those named like a tool, then those with more joints. */
function rank({ name, joints, others }: { name: string; joints: number; others: readonly string[] }): number {
  if (joints === 0) return -1;
  const isFinger = FINGER_NAME.test(name);
  const isTool = TOOL_NAMES.findIndex((pattern) => pattern.test(name));
  return (
    joints +
    (others.length === 0 ? 1e4 : 0) +
    (isFinger ? 0 : 1e2) +
    (isFinger || isTool < 0 ? 0 : 1e3 * (TOOL_NAMES.length - isTool))
  );
}
