/** @file The ends of a robot's chains of joints, and which of them is probably the tool. */

import { nearest } from "../../shared/errors.ts";
import type { Robot, RobotJoint } from "./robot.ts";

export interface ChainEnds {
  /** Links without children, and one that carries nothing but fingers; the probable tool first. */
  readonly links: readonly string[];
  /** `tool0 (6 joints), base (0 joints)`. */
  readonly listed: string;
  /** The probable tool. */
  readonly best: string;
  /** Returns the link with the most similar name, else the probable tool. */
  nearest(name: string): string;
}

const TOOL_NAMES = [/tool|tcp|grasp|pinch/i, /(^|_)ee[fl]?(_|$)|end_?eff|tip|flange|attach/i];
const FINGER_NAME = /finger|jaw|thumb|knuckle|claw|pad/i;

const MAX_LISTED = 8;

/** Returns the joints from the root to a link. */
export function pathTo(link: string, parentJoints: ReadonlyMap<string, RobotJoint>): RobotJoint[] {
  const path: RobotJoint[] = [];
  for (let joint = parentJoints.get(link); joint !== undefined; joint = parentJoints.get(joint.parent)) {
    path.unshift(joint);
  }
  return path;
}

/** Returns the ends of a tree of joints. */
export function endsOf(robot: Robot, parentJoints: ReadonlyMap<string, RobotJoint>): ChainEnds {
  const parents = new Set(robot.joints.map(({ parent }) => parent));
  const leaves = [...robot.links.keys()].filter((name) => !parents.has(name));
  const ends = [...leaves, ...handsOf(leaves, parentJoints)]
    .map((name) => {
      const path = pathTo(name, parentJoints);
      const turning = path.filter(({ motion }) => motion === "turning");
      const unsupported = path.filter(isUnsupported);
      const followers = turning.filter(({ follows }) => follows !== undefined);
      const others = [...unsupported.map(({ type }) => type), ...followers.map(() => "mimicking")];
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

function isUnsupported({ motion }: RobotJoint): boolean {
  return motion === "other" || motion === "free";
}

/** Returns the links that carry two or more fingers, if the robot ends in nothing but fingers. */
function handsOf(leaves: readonly string[], parentJoints: ReadonlyMap<string, RobotJoint>): string[] {
  const paths = leaves.map((name) => pathTo(name, parentJoints));
  const hands = paths.map(handOf);
  if (hands.some((hand, i) => hand === undefined && paths[i]?.some(({ motion }) => motion === "turning"))) {
    return [];
  }
  const carried = hands.filter((hand): hand is string => hand !== undefined);
  return [...new Set(carried.filter((hand, i) => carried.indexOf(hand) !== i))];
}

/** Returns the link of a path that carries a finger, which slides or is named so; undefined without one. */
function handOf(path: readonly RobotJoint[]): string | undefined {
  const finger = path.findIndex(
    (joint) => isUnsupported(joint) || (joint.motion === "turning" && FINGER_NAME.test(joint.child)),
  );
  const isMoved = path.slice(0, Math.max(finger, 0)).some(({ motion }) => motion === "turning");
  return isMoved ? path[finger]?.parent : undefined;
}

/** Fewer joints are a wheel, or a head that pans and tilts. */
const MIN_ARM_JOINTS = 3;

/** Puts ends of arms first, then those that arms support, then those named like a tool, then those with more joints. */
function rank({ name, joints, others }: { name: string; joints: number; others: readonly string[] }): number {
  if (joints === 0) return -1;
  const isFinger = FINGER_NAME.test(name);
  const isTool = TOOL_NAMES.findIndex((pattern) => pattern.test(name));
  return (
    joints +
    (joints >= MIN_ARM_JOINTS ? 1e5 : 0) +
    (others.length === 0 ? 1e4 : 0) +
    (isFinger ? 0 : 1e2) +
    (isFinger || isTool < 0 ? 0 : 1e3 * (TOOL_NAMES.length - isTool))
  );
}
