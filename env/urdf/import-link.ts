/** @file Converts a joint of a robot's chain and the links that it moves to a link of an arm model. */

import { length, type Vec3 } from "../../shared/vec3.ts";
import { type ArmLink, maxDamping } from "../arm/arm-model.ts";
import type { MassProperties } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import type { Assumptions } from "./assumptions.ts";
import { massOfBody, SMALL_BALL } from "./body-mass.ts";
import type { MotorJoint } from "./robot.ts";
import { uniformMass } from "./shape-mass.ts";
import type { ChainJoint, RigidBody } from "./urdf-chain.ts";
import { SUGGESTED_DENSITY } from "./urdf-gaps.ts";
import { placeShape } from "./urdf-shapes.ts";

/** Share of a joint's effort that derived damping consumes at the velocity limit: as for the Panda here. */
const DAMPING_SHARE = 0.25;

/** Derived damping as a share of the stable maximum: leaves a margin for `env.variation`. */
const STABLE_SHARE = 0.6;

/** Radius of the capsule that stands in for a link without shapes, metres. */
const STICK_RADIUS = 0.03;

/** Settings of one link and its joint. */
interface LinkOptions {
  /** Rotor inertia without one in the file, kg m². */
  readonly armature: number;
  /** Viscous damping without one in the file, N m s/rad; 0 to derive it. */
  readonly damping: number;
  /** Density without mass in the file, kg/m³; 0 for none. */
  readonly density: number;
  /** Seconds. */
  readonly physicsTimestep: number;
  /** Torque limit that overrides the file's, N m; 0 for none. */
  readonly given: number;
  /** Torque limit of a joint without one in the file, N m; 0 for none. */
  readonly fallback: number;
  /** Setting or attribute that gives a joint more armature. */
  readonly moreArmature: string;
}

export interface ImportedLink {
  readonly link: ArmLink;
  /** Velocity limit in the file, rad/s. */
  readonly velocity: number | undefined;
  /** The link's mass or its joint's effort is neither in the file nor in the settings: the model has an estimate. */
  readonly lacksMass: boolean;
  readonly lacksEffort: boolean;
}

/** Converts a joint of the chain and the body that it moves. */
export function importLink(
  { joint, pose, body }: ChainJoint,
  next: Vec3,
  options: LinkOptions,
  where: string,
  { leftOut, assumed }: { readonly leftOut: string[]; readonly assumed: Assumptions },
): ImportedLink {
  const motor = joint.readMotor(`${where}: joint ${joint.name}`, assumed);
  const { range } = motor;
  const isFullTurn = range !== undefined && range[1] - range[0] >= 2 * Math.PI;
  if (isFullTurn) leftOut.push(`joint ${joint.name}: limits, which are a full turn or more apart`);
  const shapes = shapesOfBody(body);
  const drawn = shapes.length > 0 ? shapes : stick(next);
  const mass = massOfBody(body, stick(next), where, assumed);
  const effort = options.given || (motor.effort ?? options.fallback);
  if (effort > 0 && effort !== motor.effort) {
    assumed.add("effort by env.urdf.effort", `${joint.name} ${effort} N m${insteadOf(motor.effort)}`);
  }
  const link: ArmLink = {
    name: joint.child,
    joint: joint.name,
    position: pose.position,
    orientation: pose.orientation,
    axis: motor.axis,
    ...(mass ?? massOfShapes(joint.child, drawn, options.density, assumed)),
    limits: range === undefined || isFullTurn ? null : range,
    damping: motor.damping > 0 ? motor.damping : options.damping,
    armature: motor.armature ?? options.armature,
    // A joint without effort is only used to suggest one.
    torqueLimit: effort > 0 ? effort : 1,
    shapes: drawn,
  };
  return {
    link: { ...link, damping: stableDamping(link, motor, options, assumed) },
    velocity: motor.velocity,
    lacksMass: mass === undefined && options.density === 0,
    lacksEffort: !(effort > 0),
  };
}

function insteadOf(value: number | undefined): string {
  return value === undefined ? "" : ` instead of ${value}`;
}

/** Returns the mass properties of a link without mass in the file. */
function massOfShapes(
  name: string,
  drawn: readonly Shape[],
  density: number,
  assumed: Assumptions,
): MassProperties {
  const properties = uniformMass(drawn.length > 0 ? drawn : [SMALL_BALL], density || SUGGESTED_DENSITY);
  if (density > 0) {
    assumed.add("mass by env.urdf.density", `${name} ${Number(properties.mass.toPrecision(3))} kg`);
  }
  return properties;
}

/**
 * Returns a link's damping, lowered to what is stable; without one, the damping that consumes DAMPING_SHARE of the
 * effort at the velocity limit.
 */
function stableDamping(
  link: ArmLink,
  { velocity }: MotorJoint,
  { physicsTimestep, moreArmature }: LinkOptions,
  assumed: Assumptions,
): number {
  const bound = maxDamping(link, physicsTimestep);
  const stable = STABLE_SHARE * bound;
  if (link.damping === 0) {
    return velocity === undefined ? stable : Math.min((DAMPING_SHARE * link.torqueLimit) / velocity, stable);
  }
  if (link.damping < bound) return link.damping;
  assumed.add(
    `damping lowered to what is stable, more with a larger ${moreArmature}`,
    `${link.joint} ${Number(stable.toPrecision(3))} N m s/rad${insteadOf(link.damping)}`,
  );
  return stable;
}

/** Returns the shapes of a rigid body, in its frame. */
export function shapesOfBody({ links }: RigidBody): Shape[] {
  return links.flatMap(({ link, pose }) => link.shapes.map((shape) => placeShape(shape, pose)));
}

/** Returns a capsule from a joint to the next, so that a link with meshes only is visible. */
function stick(to: Vec3): Shape[] {
  return length(to) < STICK_RADIUS ? [] : [{ kind: "capsule", from: [0, 0, 0], to, radius: STICK_RADIUS }];
}
