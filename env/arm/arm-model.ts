/**
 * @file An arm as data: a chain of links with one revolute joint each, and the validation of it.
 *
 * Frames are as in URDF: a link's frame has its origin on its joint, its pose at angle 0 is given in the
 * parent's frame, and it rotates about `axis`. The base's frame is the world's, z up. A gripper's two
 * fingers slide on the last link.
 */

import { InputError } from "../../shared/errors.ts";
import { cross, dot, IDENTITY, length, type Quat, type Vec3 } from "../../shared/vec3.ts";
import type { Shape } from "../body.ts";
import { addRotor, type MassProperties, principalInertia, timesInertia, weld } from "./mass-properties.ts";

/** A link and the joint that moves it. */
export interface ArmLink extends MassProperties {
  readonly name: string;
  /** Name of the joint between the parent link (or the base) and this one. */
  readonly joint: string;
  /** Position of the joint in the parent's frame, metres. */
  readonly position: Vec3;
  /** Orientation of the link's frame in the parent's at angle 0. */
  readonly orientation: Quat;
  /** Joint axis, a unit vector in the link's frame. */
  readonly axis: Vec3;
  /** Joint limits, rad, less than 2π apart; null for a joint without limits. */
  readonly limits: readonly [low: number, high: number] | null;
  /** Viscous, N m s/rad. */
  readonly damping: number;
  /** Inertia of the motor's rotor at the joint, kg m². */
  readonly armature: number;
  /** Maximum torque of the motor, N m. */
  readonly torqueLimit: number;
  readonly shapes: readonly Shape[];
}

/** A finger and its prismatic joint. */
export interface Finger extends MassProperties {
  readonly name: string;
  /** Name of the joint between the last link and this finger. */
  readonly joint: string;
  /** Pose of the closed finger's frame in the last link's frame, metres. */
  readonly position: Vec3;
  readonly orientation: Quat;
  /** Opening direction, a unit vector in the finger's frame. */
  readonly axis: Vec3;
  /** Coulomb's μ of the surface. */
  readonly friction: number;
  readonly shapes: readonly Shape[];
}

/** Two fingers driven by one motor. */
export interface Gripper {
  readonly fingers: readonly [Finger, Finger];
  /** Maximum opening of each finger, metres. */
  readonly travel: number;
  /** Viscous damping of each finger, N s/m. */
  readonly damping: number;
  /** Stiffness of the gear that keeps the two openings equal, N/m. */
  readonly coupling: number;
  /** Maximum force on each finger, N. */
  readonly forceLimit: number;
}

export interface ArmModel {
  readonly name: string;
  /** From the base outwards. */
  readonly links: readonly ArmLink[];
  /** Nominal start angles, [N] rad. */
  readonly home: readonly number[];
  /** Tool point in the last link's frame, metres. */
  readonly endEffector: Vec3;
  /** World axes along which the tool can move: all three, or the two of a planar arm's plane. */
  readonly toolAxes: readonly (0 | 1 | 2)[];
  /** Height below which there are no goals and no random postures, metres; default 0, −Infinity for none. */
  readonly floor?: number;
  readonly baseShapes: readonly Shape[];
  readonly gripper?: Gripper;
}

/** Returns the maximum distance of the tool from the base's origin, metres: the sum of all offsets. */
export function armReach(model: ArmModel): number {
  return model.links.reduce((sum, link) => sum + length(link.position), length(model.endEffector));
}

/** Returns the links with the mass of the closed fingers added to the last one. */
export function linksWithFingers({ links, gripper }: ArmModel): readonly ArmLink[] {
  const last = links[links.length - 1];
  if (gripper === undefined || last === undefined) return links;
  const hand = { ...last, position: [0, 0, 0], orientation: IDENTITY } as const;
  return [...links.slice(0, -1), { ...last, ...weld([hand, ...gripper.fingers]) }];
}

/** Returns the inertia that the simulation uses: the link's about its centre of mass plus the rotor's. */
export function inertiaWithRotor(link: ArmLink) {
  return addRotor(link.inertia, link.armature, link.axis);
}

/**
 * Checks that an arm is physically possible and that the simulation can keep it stable.
 *
 * Damping is an explicit torque, computed once each physics timestep. It is stable while damping · timestep is
 * below twice the effective inertia. In a chain of equal links the stiffest motion, each link against the
 * next, has a quarter of one link's inertia. So damping · timestep must be below half the link's inertia about
 * its joint, rotor included; the arms here become unstable at 0.6 to 0.7 of that inertia.
 *
 * @param physicsTimestep seconds
 * @throws InputError with one line for each fault, naming the link
 */
export function checkArmModel(model: ArmModel, physicsTimestep: number): void {
  const lines = model.links.flatMap((link, i) =>
    linkFaults(link, model.home[i], physicsTimestep).map(
      (fault) => `${model.name}: link ${link.name}: ${fault}`,
    ),
  );
  if (model.links.length === 0) lines.push(`${model.name}: links: expected at least one, got none`);
  if (model.home.length !== model.links.length) {
    lines.push(`${model.name}: home: expected ${model.links.length} angles, got ${model.home.length}`);
  }
  if (!model.endEffector.every(Number.isFinite)) {
    lines.push(
      `${model.name}: end effector: expected three finite numbers, got ${model.endEffector.join(", ")}`,
    );
  }
  for (const kind of ["name", "joint"] as const) {
    const names = new Set<string>();
    for (const link of model.links) {
      if (names.has(link[kind])) {
        lines.push(
          `${model.name}: link ${link.name}: ${kind}: expected a unique name, got a second ${link[kind]}`,
        );
      }
      names.add(link[kind]);
    }
  }
  if (model.gripper !== undefined) {
    lines.push(...gripperFaults(model.gripper, physicsTimestep).map((fault) => `${model.name}: ${fault}`));
  }
  if (lines.length > 0) throw new InputError(lines);
}

/** Allowed deviation of a unit vector's length from 1. */
const UNIT_TOLERANCE = 1e-6;

/** Returns a fault for each named value that is not finite. */
function finiteFaults(values: Readonly<Record<string, number | readonly number[]>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().every(Number.isFinite)
      ? []
      : [`${name}: expected finite numbers, got ${[value].flat().join(", ")}`],
  );
}

function linkFaults(link: ArmLink, home: number | undefined, physicsTimestep: number): string[] {
  const { damping, armature, torqueLimit } = link;
  const faults = [...finiteFaults({ damping, armature, "torque limit": torqueLimit }), ...bodyFaults(link)];
  if (torqueLimit <= 0) faults.push(`torque limit: expected more than 0 N m, got ${torqueLimit}`);
  if (armature < 0) faults.push(`armature: expected at least 0 kg m², got ${armature}`);
  faults.push(...limitFaults(link.limits, home));
  // The bound on damping is meaningless for an invalid link.
  if (faults.length === 0) faults.push(...dampingFaults(link, physicsTimestep));
  return faults;
}

/** Returns the faults of a link or finger as a body on a joint. */
function bodyFaults(part: ArmLink | Finger): string[] {
  const { position, orientation, axis, centerOfMass, inertia, mass } = part;
  const faults = finiteFaults({
    position,
    orientation,
    axis,
    "centre of mass": centerOfMass,
    inertia,
    mass,
  });
  if (faults.length > 0) return faults;
  if (mass <= 0) faults.push(`mass: expected more than 0 kg, got ${mass}`);
  if (Math.abs(length(axis) - 1) > UNIT_TOLERANCE) {
    faults.push(`axis: expected a unit vector, got length ${length(axis)}`);
  }
  if (Math.abs(Math.hypot(...orientation) - 1) > UNIT_TOLERANCE) {
    faults.push(`orientation: expected a unit quaternion, got length ${Math.hypot(...orientation)}`);
  }
  const [small, middle, large] = [...principalInertia(inertia).moments].sort((a, b) => a - b);
  const moments = `[${[small, middle, large].map((moment) => moment?.toPrecision(3)).join(", ")}] kg m²`;
  if (small === undefined || middle === undefined || large === undefined || !(small > 0)) {
    faults.push(`inertia: expected a positive-definite matrix, got principal moments ${moments}`);
  } else if (small + middle < large * (1 - 1e-9)) {
    faults.push(`inertia: expected two principal moments to add up to at least the third, got ${moments}`);
  }
  return faults;
}

/** Returns the faults of a gripper. An explicit damped spring is stable below 4 of the sum used here; 2 leaves a margin. */
function gripperFaults(gripper: Gripper, physicsTimestep: number): string[] {
  const { fingers, travel, damping, coupling, forceLimit } = gripper;
  const faults = fingers.flatMap((finger) =>
    [
      ...bodyFaults(finger),
      ...(finger.friction >= 0 ? [] : [`friction: expected at least 0, got ${finger.friction}`]),
    ].map((fault) => `finger ${finger.name}: ${fault}`),
  );
  for (const [name, value] of Object.entries({ travel, "force limit": forceLimit })) {
    if (value > 0 && Number.isFinite(value)) continue;
    faults.push(`gripper ${name}: expected more than 0, got ${value}`);
  }
  for (const [name, value] of Object.entries({ damping, coupling })) {
    if (value >= 0 && Number.isFinite(value)) continue;
    faults.push(`gripper ${name}: expected at least 0, got ${value}`);
  }
  const lightest = Math.min(...fingers.map(({ mass }) => mass));
  const stiffness = (2 * damping * physicsTimestep + 2 * coupling * physicsTimestep ** 2) / lightest;
  if (faults.length === 0 && !(stiffness < 2)) {
    faults.push(
      `gripper: expected damping and coupling that are stable for fingers of ${lightest} kg at a timestep of ${physicsTimestep} s, got ${damping} N s/m and ${coupling} N/m`,
    );
  }
  return faults;
}

function limitFaults(limits: ArmLink["limits"], home: number | undefined): string[] {
  if (home !== undefined && !Number.isFinite(home)) return [`home: expected a finite angle, got ${home}`];
  if (limits === null) return [];
  const [low, high] = limits;
  if (!(low < high)) return [`limits: expected the lower limit first, got [${low}, ${high}] rad`];
  if (!(high - low < 2 * Math.PI)) {
    return [
      `limits: expected less than 2π between them, got [${low}, ${high}] rad. Use null for a joint without limits`,
    ];
  }
  if (home !== undefined && !(home >= low && home <= high)) {
    return [`home: expected an angle in [${low}, ${high}] rad, got ${home}`];
  }
  return [];
}

/** Returns the upper bound of a joint's damping, N m s/rad: see checkArmModel. */
export function maxDamping(link: ArmLink, physicsTimestep: number): number {
  const lever = cross(link.axis, link.centerOfMass);
  const inertia =
    dot(link.axis, timesInertia(inertiaWithRotor(link), link.axis)) + link.mass * dot(lever, lever);
  return inertia / (2 * physicsTimestep);
}

function dampingFaults(link: ArmLink, physicsTimestep: number): string[] {
  if (!(link.damping >= 0)) return [`damping: expected at least 0 N m s/rad, got ${link.damping}`];
  const bound = maxDamping(link, physicsTimestep);
  return link.damping < bound
    ? []
    : [
        `damping: expected less than ${bound.toPrecision(3)} N m s/rad, half its inertia over the timestep of ${physicsTimestep} s, got ${link.damping}`,
      ];
}
