/**
 * @file What an arm is, as data: a chain of links, each turned by one revolute joint, and a check of it.
 *
 * Frames are as in URDF: a link's frame has its origin on its joint, is placed in the parent link's
 * frame for angle 0, and turns about `axis`. The base's frame is the world's: z up.
 */

import { InputError } from "../shared/errors.ts";
import { cross, dot, length, type Quat, type Vec3 } from "../shared/vec3.ts";
import { addRotor, type MassProperties, principalInertia, timesInertia } from "./mass-properties.ts";

/** Something to see or to touch, in a link's frame, metres. */
export type Shape =
  | { readonly kind: "capsule"; readonly from: Vec3; readonly to: Vec3; readonly radius: number }
  | {
      readonly kind: "box";
      readonly center: Vec3;
      readonly orientation: Quat;
      readonly halfExtents: Vec3;
    };

/** A link and the joint that moves it. */
export interface ArmLink extends MassProperties {
  readonly name: string;
  /** Name of the joint between the parent link (or the base) and this one. */
  readonly joint: string;
  /** The joint in the parent's frame, metres. */
  readonly position: Vec3;
  /** The link's frame in the parent's at angle 0. */
  readonly orientation: Quat;
  /** Unit vector that the joint turns about, in the link's frame. */
  readonly axis: Vec3;
  /** The least and the greatest angle, rad, less than 2π apart; null turns for ever. */
  readonly limits: readonly [low: number, high: number] | null;
  /** Viscous, N m s/rad. */
  readonly damping: number;
  /** Inertia of the motor's rotor as the joint feels it, kg m². */
  readonly armature: number;
  /** The greatest torque of the motor, N m. */
  readonly torqueLimit: number;
  readonly shapes: readonly Shape[];
}

export interface ArmModel {
  readonly name: string;
  /** From the base outwards. */
  readonly links: readonly ArmLink[];
  /** Angles to start from, rad. */
  readonly home: readonly number[];
  /** The tool's point in the last link's frame, metres. */
  readonly endEffector: Vec3;
  /** The world's axes along which the tool can move: all three, or the two of a planar arm's plane. */
  readonly toolAxes: readonly (0 | 1 | 2)[];
  readonly baseShapes: readonly Shape[];
}

/** How far from the base's origin the tool can be at most, metres: all offsets stretched into one line. */
export function armReach(model: ArmModel): number {
  return model.links.reduce((sum, link) => sum + length(link.position), length(model.endEffector));
}

/** The inertia of a link about its centre of mass with its rotor's added, as the simulation has it. */
export function inertiaWithRotor(link: ArmLink) {
  return addRotor(link.inertia, link.armature, link.axis);
}

/**
 * Refuses an arm that cannot exist or that the simulation could not hold together.
 *
 * Damping is a torque, computed once each physics timestep. Such an explicit step is stable while
 * damping · timestep < 2 × the inertia that is felt; in a chain of like links the stiffest motion, each
 * against the next, feels a quarter of one link's. So the bound is half the link's own inertia about
 * its joint, rotor included: measured, the arms here come apart at 0.6 to 0.7 of it.
 *
 * @param physicsTimestep seconds
 * @throws InputError with a line for each fault, naming the link
 */
export function checkArmModel(model: ArmModel, physicsTimestep: number): void {
  const lines = model.links.flatMap((link, i) =>
    linkFaults(link, model.home[i], physicsTimestep).map(
      (fault) => `${model.name}: link ${link.name}: ${fault}`,
    ),
  );
  if (model.links.length === 0) lines.push(`${model.name}: an arm needs at least one link`);
  if (model.home.length !== model.links.length) {
    lines.push(`${model.name}: expected ${model.links.length} home angles, got ${model.home.length}`);
  }
  if (!model.endEffector.every(Number.isFinite)) {
    lines.push(`${model.name}: end effector: expected three finite numbers, got ${model.endEffector}`);
  }
  for (const kind of ["name", "joint"] as const) {
    const seen = new Set<string>();
    for (const link of model.links) {
      if (seen.has(link[kind]))
        lines.push(`${model.name}: link ${link.name}: ${kind} ${link[kind]} is taken`);
      seen.add(link[kind]);
    }
  }
  if (lines.length > 0) throw new InputError(lines.join("\n"));
}

/** How far from 1 a unit vector's length may be. */
const UNIT_TOLERANCE = 1e-6;

function linkFaults(link: ArmLink, home: number | undefined, physicsTimestep: number): string[] {
  const vectors = [
    ...link.position,
    ...link.orientation,
    ...link.axis,
    ...link.centerOfMass,
    ...link.inertia,
  ];
  if (![...vectors, link.mass, link.damping, link.armature, link.torqueLimit].every(Number.isFinite)) {
    return ["every number must be finite"];
  }
  const faults: string[] = [];
  if (!(link.mass > 0)) faults.push(`mass: expected more than 0 kg, got ${link.mass}`);
  if (Math.abs(length(link.axis) - 1) > UNIT_TOLERANCE) {
    faults.push(`axis: expected a unit vector, got length ${length(link.axis)}`);
  }
  if (Math.abs(Math.hypot(...link.orientation) - 1) > UNIT_TOLERANCE) {
    faults.push(`orientation: expected a unit quaternion, got length ${Math.hypot(...link.orientation)}`);
  }
  const [small, middle, large] = [...principalInertia(link.inertia).moments].sort((a, b) => a - b);
  const shown = `[${[small, middle, large].map((moment) => moment?.toPrecision(3)).join(", ")}] kg m²`;
  if (small === undefined || middle === undefined || large === undefined || !(small > 0)) {
    faults.push(`inertia: expected a positive-definite matrix, got principal moments ${shown}`);
  } else if (small + middle < large * (1 - 1e-9)) {
    faults.push(`inertia: no body has principal moments ${shown}: two must add up to at least the third`);
  }
  if (!(link.torqueLimit > 0)) faults.push(`torque limit: expected more than 0 N m, got ${link.torqueLimit}`);
  if (!(link.armature >= 0)) faults.push(`armature: expected at least 0 kg m², got ${link.armature}`);
  faults.push(...limitFaults(link.limits, home));
  // The bound on damping means something only for a link that could exist.
  if (faults.length === 0) faults.push(...dampingFaults(link, physicsTimestep));
  return faults;
}

function limitFaults(limits: ArmLink["limits"], home: number | undefined): string[] {
  if (home !== undefined && !Number.isFinite(home)) return [`home: expected a finite angle, got ${home}`];
  if (limits === null) return [];
  const [low, high] = limits;
  if (!(low < high)) return [`limits: expected the lower one first, got [${low}, ${high}] rad`];
  if (!(high - low < 2 * Math.PI)) {
    return [`limits: expected less than 2π between them, got [${low}, ${high}] rad; null turns for ever`];
  }
  if (home !== undefined && !(home >= low && home <= high)) {
    return [`home: expected an angle in [${low}, ${high}] rad, got ${home}`];
  }
  return [];
}

/** The damping that a joint's explicit step must stay below, N m s/rad: see checkArmModel. */
export function mostDamping(link: ArmLink, physicsTimestep: number): number {
  const arm = cross(link.axis, link.centerOfMass);
  const inertia = dot(link.axis, timesInertia(inertiaWithRotor(link), link.axis)) + link.mass * dot(arm, arm);
  return inertia / (2 * physicsTimestep);
}

function dampingFaults(link: ArmLink, physicsTimestep: number): string[] {
  if (!(link.damping >= 0)) return [`damping: expected at least 0 N m s/rad, got ${link.damping}`];
  const bound = mostDamping(link, physicsTimestep);
  return link.damping < bound
    ? []
    : [
        `damping: expected less than ${bound.toPrecision(3)} N m s/rad, half its inertia over the timestep of ${physicsTimestep} s, got ${link.damping}`,
      ];
}
