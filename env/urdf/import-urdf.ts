/** @file Converts the chain to a URDF's tip into an arm model. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { distance, length, type Vec3 } from "../../shared/vec3.ts";
import { type ArmLink, type ArmModel, maxDamping } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { type MassProperties, weld } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import { type ChainJoint, chainTo, type RigidBody } from "./urdf-chain.ts";
import { readUrdf, type UrdfJoint } from "./urdf-robot.ts";
import { placeShape } from "./urdf-shapes.ts";

/** Settings that a URDF does not contain or leaves open. */
export interface UrdfOptions {
  /** The tool's link; "" if the robot is a single chain. */
  readonly tip: string;
  /** Home angles, rad, one for each joint that moves the tip; empty for 0, or the middle of a range that excludes 0. */
  readonly home: readonly number[];
  /** Rotor inertia at each joint, kg m²; URDF has no element for it. */
  readonly armature: number;
  /** Viscous damping of joints without damping in the file, N m s/rad; 0 to derive it from their limits. */
  readonly damping: number;
  /** Seconds; derived damping is stable at this timestep. */
  readonly physicsTimestep: number;
}

export interface ImportedArm {
  readonly model: ArmModel;
  /** One line for each part of the file that the model does not have or changes. */
  readonly leftOut: readonly string[];
}

/** Each joint costs a body and a joint of the simulation. */
const MAX_JOINTS = 32;

/** Share of a joint's effort that derived damping consumes at the velocity limit: as for the Panda here. */
const DAMPING_SHARE = 0.25;

/** Derived damping as a share of the stable maximum: leaves a margin for `env.variation`. */
const STABLE_SHARE = 0.6;

/** Radius of the capsule that stands in for a link without shapes, metres. */
const STICK_RADIUS = 0.03;

/** Axes count as parallel if the cosine of their angle is at least this. */
const MIN_PARALLEL_COSINE = 1 - 1e-9;

/**
 * Converts a URDF's text into an arm. Links joined by fixed joints are merged, with exact masses and inertias. No other
 * file is opened. The caller must call `checkArmModel`.
 *
 * @param where source of the text, for errors
 * @throws InputError naming link or joint, attribute and line
 */
export function importUrdf(text: string, where: string, options: UrdfOptions): ImportedArm {
  const robot = readUrdf(text, where);
  const chain = chainTo(robot, options.tip, where);
  if (chain.joints.length > MAX_JOINTS) {
    const expected = `at most ${MAX_JOINTS} moving joints`;
    throw refuse(`${where}: path to the tip`, expected, chain.joints.length);
  }
  const leftOut = [...robot.leftOut, ...chain.notes];
  const { home } = options;
  if (home.length !== 0 && home.length !== chain.joints.length) {
    const names = chain.joints.map(({ joint }) => joint.name).join(", ");
    throw refuse(`${where}: env.urdf.home`, `${chain.joints.length} angles, for ${names}`, home.length);
  }
  const links = chain.joints.map((each, i) => {
    const next = chain.joints[i + 1]?.pose.position ?? chain.tip.position;
    return linkOf(each, next, options, where, leftOut);
  });
  const model = {
    name: robot.name,
    links,
    home: links.map(({ limits }, i) => home[i] ?? defaultHome(limits)),
    endEffector: chain.tip.position,
    baseShapes: shapesOfBody(chain.base),
  };
  return { model: { ...model, toolAxes: toolAxesOf(model) }, leftOut };
}

function linkOf(
  { joint, pose, body }: ChainJoint,
  next: Vec3,
  options: UrdfOptions,
  where: string,
  leftOut: string[],
): ArmLink {
  const jointWhere = `${where}: joint ${joint.name}`;
  const { effort = 0 } = joint;
  if (!(effort > 0)) throw refuse(`${jointWhere}: <limit effort>`, "more than 0 N m", effort);
  if (!(joint.damping >= 0)) {
    throw refuse(`${jointWhere}: <dynamics damping>`, "at least 0 N m s/rad", joint.damping);
  }
  const isFullTurn = joint.range !== undefined && joint.range[1] - joint.range[0] >= 2 * Math.PI;
  if (isFullTurn) leftOut.push(`joint ${joint.name}: limits, which are a full turn or more apart`);
  const shapes = shapesOfBody(body);
  const link: ArmLink = {
    name: joint.child,
    joint: joint.name,
    position: pose.position,
    orientation: pose.orientation,
    axis: joint.axis,
    ...massOf(body, `${where}: link ${joint.child}`),
    limits: joint.range === undefined || isFullTurn ? null : joint.range,
    damping: joint.damping > 0 ? joint.damping : options.damping,
    armature: options.armature,
    torqueLimit: effort,
    shapes: shapes.length > 0 ? shapes : stick(next),
  };
  return link.damping > 0 ? link : { ...link, damping: derivedDamping(link, joint, options) };
}

/** Returns the damping that consumes DAMPING_SHARE of the effort at the velocity limit, bounded by stability. */
function derivedDamping(
  link: ArmLink,
  { velocity = 0 }: UrdfJoint,
  { physicsTimestep }: UrdfOptions,
): number {
  const max = STABLE_SHARE * maxDamping(link, physicsTimestep);
  return velocity > 0 ? Math.min((DAMPING_SHARE * link.torqueLimit) / velocity, max) : max;
}

function massOf(body: RigidBody, where: string): MassProperties {
  const parts = body.links.flatMap(({ link, pose }) =>
    link.inertial === undefined || link.inertial.mass === 0 ? [] : [{ ...link.inertial, ...pose }],
  );
  if (parts.length === 0) {
    throw refuse(
      where,
      "an <inertial> with a mass above 0 kg on this link or one fixed to it, because a joint moves it",
      unquoted("none"),
    );
  }
  return weld(parts);
}

function shapesOfBody({ links }: RigidBody): Shape[] {
  return links.flatMap(({ link, pose }) => link.shapes.map((shape) => placeShape(shape, pose)));
}

/** Returns a capsule from a joint to the next, so that a link with meshes only is visible. */
function stick(to: Vec3): Shape[] {
  return length(to) < STICK_RADIUS ? [] : [{ kind: "capsule", from: [0, 0, 0], to, radius: STICK_RADIUS }];
}

/** Returns 0, or the middle of a range that excludes 0, rad. */
function defaultHome(limits: ArmLink["limits"]): number {
  if (limits === null || (limits[0] <= 0 && limits[1] >= 0)) return 0;
  return (limits[0] + limits[1]) / 2;
}

/** Returns all world axes, or the two of its plane for an arm whose joint axes are parallel to the third. */
function toolAxesOf(arm: Omit<ArmModel, "toolAxes">): ArmModel["toolAxes"] {
  const all = [0, 1, 2] as const;
  const kinematics = new ArmKinematics({ ...arm, toolAxes: all });
  kinematics.update(arm.home);
  const normal = all.find((axis) =>
    arm.links.every((_, i) => Math.abs(kinematics.axes[3 * i + axis]!) >= MIN_PARALLEL_COSINE),
  );
  return normal === undefined ? all : all.filter((axis) => axis !== normal);
}

/**
 * Returns the ball that an imported arm's goals lie in: about its second joint (or its only one), with three quarters
 * of the stretched arm's length as radius, because in the outer quarter the arm is almost straight.
 */
export function reachableOf(model: ArmModel): { readonly center: Vec3; readonly radius: number } {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  const shoulder = Math.min(1, model.links.length - 1);
  const jointPosition = (i: number): Vec3 => {
    const [x = 0, y = 0, z = 0] = kinematics.positions.subarray(3 * i, 3 * i + 3);
    return [x, y, z];
  };
  let stretched = distance(jointPosition(model.links.length - 1), kinematics.endEffector);
  for (let i = shoulder + 1; i < model.links.length; i++) {
    stretched += distance(jointPosition(i - 1), jointPosition(i));
  }
  return { center: jointPosition(shoulder), radius: 0.75 * stretched };
}
