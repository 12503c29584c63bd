/** @file An arm from a URDF: the chain to its tool as the simulation has arms. */

import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { distance, length, type Vec3 } from "../../shared/vec3.ts";
import { type ArmLink, type ArmModel, mostDamping } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { type MassProperties, weld } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import { type ChainJoint, chainTo, type RigidBody } from "./urdf-chain.ts";
import { readUrdf, type UrdfJoint } from "./urdf-robot.ts";
import { placeShape } from "./urdf-shapes.ts";

/** What a URDF does not tell, or leaves open. */
export interface UrdfOptions {
  /** The tool's link; "" where the robot is a single chain. */
  readonly tip: string;
  /** Angles to start from, rad, a number for each joint that moves the tip; none for 0, or the middle of a range without it. */
  readonly home: readonly number[];
  /** Inertia of each motor's rotor as its joint feels it, kg m²: URDF has no word for it. */
  readonly armature: number;
  /** Viscous damping of joints that have none of their own, N m s/rad; 0 for one that fits their limits. */
  readonly damping: number;
  /** Seconds: what explicit damping must be stable for. */
  readonly physicsTimestep: number;
}

export interface ImportedArm {
  readonly model: ArmModel;
  /** What of the file is not in the model, or not as it was, a line each. */
  readonly leftOut: readonly string[];
}

/** Joints of an arm; each costs a body and a joint of the simulation. */
const MOST_JOINTS = 32;

/** Share of a joint's effort that holds it at its velocity limit, where its damping is ours to choose: as the Panda's here. */
const CRUISING = 0.25;

/** Chosen damping keeps this much below what the timestep allows, for links may be varied. */
const STABLE = 0.6;

/** What a link without a shape of its own is drawn with, metres. */
const STICK_RADIUS = 0.03;

/** Two axes count as parallel whose cosine is this near 1. */
const PARALLEL = 1 - 1e-9;

/**
 * Turns a URDF's text into an arm. Fixed joints are merged, masses and inertias exactly; only the text is
 * read, never another file.
 *
 * The caller's to call: `checkArmModel`, which knows the timestep.
 *
 * @param where what the text was read from, for errors
 * @throws InputError naming link or joint, attribute and line
 */
export function importUrdf(text: string, where: string, options: UrdfOptions): ImportedArm {
  const robot = readUrdf(text, where);
  const chain = chainTo(robot, options.tip, where);
  if (chain.joints.length > MOST_JOINTS) {
    throw refuse(
      `${where}: the way to the tip`,
      `at most ${MOST_JOINTS} joints that move`,
      chain.joints.length,
    );
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
    home: links.map(({ limits }, i) => home[i] ?? startOf(limits)),
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
  const own = `${where}: joint ${joint.name}`;
  const { effort = 0 } = joint;
  if (!(effort > 0)) throw refuse(`${own}: <limit effort>`, "more than 0 N m", unquoted(`${effort}`));
  if (!(joint.damping >= 0))
    throw refuse(`${own}: <dynamics damping>`, "at least 0 N m s/rad", joint.damping);
  const turns = joint.range !== undefined && joint.range[1] - joint.range[0] >= 2 * Math.PI;
  if (turns) leftOut.push(`joint ${joint.name}: limits a whole turn or more apart, so it turns for ever`);
  const shapes = shapesOfBody(body);
  const link: ArmLink = {
    name: joint.child,
    joint: joint.name,
    position: pose.position,
    orientation: pose.orientation,
    axis: joint.axis,
    ...massOf(body, `${where}: link ${joint.child}`),
    limits: joint.range === undefined || turns ? null : joint.range,
    damping: joint.damping > 0 ? joint.damping : options.damping,
    armature: options.armature,
    torqueLimit: effort,
    shapes: shapes.length > 0 ? shapes : stick(next),
  };
  return link.damping > 0 ? link : { ...link, damping: fittingDamping(link, joint, options) };
}

/** So much that a share of its effort holds a joint at its velocity limit, or as much as the timestep allows. */
function fittingDamping(
  link: ArmLink,
  { velocity = 0 }: UrdfJoint,
  { physicsTimestep }: UrdfOptions,
): number {
  const most = STABLE * mostDamping(link, physicsTimestep);
  return velocity > 0 ? Math.min((CRUISING * link.torqueLimit) / velocity, most) : most;
}

function massOf(body: RigidBody, where: string): MassProperties {
  const parts = body.links.flatMap(({ link, pose }) =>
    link.inertial === undefined || link.inertial.mass === 0 ? [] : [{ ...link.inertial, ...pose }],
  );
  if (parts.length === 0) {
    throw new InputError(
      `${where}: expected an <inertial> with a mass above 0 kg on it or on what is fixed to it, got none: a joint moves it`,
    );
  }
  return weld(parts);
}

function shapesOfBody({ links }: RigidBody): Shape[] {
  return links.flatMap(({ link, pose }) => link.shapes.map((shape) => placeShape(shape, pose)));
}

/** From the joint to the next, so that a link with nothing but meshes can be seen. */
function stick(to: Vec3): Shape[] {
  return length(to) < STICK_RADIUS ? [] : [{ kind: "capsule", from: [0, 0, 0], to, radius: STICK_RADIUS }];
}

function startOf(limits: ArmLink["limits"]): number {
  if (limits === null || (limits[0] <= 0 && limits[1] >= 0)) return 0;
  return (limits[0] + limits[1]) / 2;
}

/** All three axes of the world, or the two of the plane that an arm with parallel joints moves its tool in. */
function toolAxesOf(arm: Omit<ArmModel, "toolAxes">): ArmModel["toolAxes"] {
  const every = [0, 1, 2] as const;
  const kinematics = new ArmKinematics({ ...arm, toolAxes: every });
  kinematics.update(arm.home);
  const normal = every.find((axis) =>
    arm.links.every((_, i) => Math.abs(kinematics.axes[3 * i + axis]!) >= PARALLEL),
  );
  return normal === undefined ? every : every.filter((axis) => axis !== normal);
}

/**
 * Where goals for an imported arm are drawn from: a ball about its second joint, or its first if it has
 * but one, that leaves out the outer quarter, in which an arm is all but straight.
 */
export function reachableOf(model: ArmModel): { readonly center: Vec3; readonly radius: number } {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  const shoulder = Math.min(1, model.links.length - 1);
  const at = (i: number): Vec3 => {
    const [x = 0, y = 0, z = 0] = kinematics.positions.subarray(3 * i, 3 * i + 3);
    return [x, y, z];
  };
  let stretched = distance(at(model.links.length - 1), kinematics.endEffector);
  for (let i = shoulder + 1; i < model.links.length; i++) stretched += distance(at(i - 1), at(i));
  return { center: at(shoulder), radius: 0.75 * stretched };
}
