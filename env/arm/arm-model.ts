/**
 * @file What an arm is, as data: a chain of links, each turned by one revolute joint, and a check of it.
 *
 * Frames are as in URDF: a link's frame has its origin on its joint, is placed in the parent link's
 * frame for angle 0, and turns about `axis`. The base's frame is the world's: z up. A gripper's two
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

/** A finger and the straight joint that it slides along. */
export interface Finger extends MassProperties {
  readonly name: string;
  /** Name of the joint between the last link and this. */
  readonly joint: string;
  /** The finger's frame in the last link's when shut, metres. */
  readonly position: Vec3;
  readonly orientation: Quat;
  /** Unit vector along which it opens, in the finger's frame. */
  readonly axis: Vec3;
  /** Coulomb's μ of its skin. */
  readonly friction: number;
  readonly shapes: readonly Shape[];
}

/** Two fingers that one motor opens and shuts. */
export interface Gripper {
  readonly fingers: readonly [Finger, Finger];
  /** How far each finger opens, metres. */
  readonly travel: number;
  /** Viscous, N s/m, of each finger. */
  readonly damping: number;
  /** Stiffness of the gear that keeps the two openings even, N/m. */
  readonly coupling: number;
  /** The greatest force on each finger, N. */
  readonly forceLimit: number;
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
  readonly gripper?: Gripper;
}

/** How far from the base's origin the tool can be at most, metres: all offsets stretched into one line. */
export function armReach(model: ArmModel): number {
  return model.links.reduce((sum, link) => sum + length(link.position), length(model.endEffector));
}

/** An arm's links with the mass of its fingers, shut, on the last one: what its joints carry. */
export function linksWithFingers({ links, gripper }: ArmModel): readonly ArmLink[] {
  const last = links[links.length - 1];
  if (gripper === undefined || last === undefined) return links;
  const itself = { ...last, position: [0, 0, 0], orientation: IDENTITY } as const;
  return [...links.slice(0, -1), { ...last, ...weld([itself, ...gripper.fingers]) }];
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
  if (model.gripper !== undefined) {
    lines.push(...gripperFaults(model.gripper, physicsTimestep).map((fault) => `${model.name}: ${fault}`));
  }
  if (lines.length > 0) throw new InputError(lines.join("\n"));
}

/** How far from 1 a unit vector's length may be. */
const UNIT_TOLERANCE = 1e-6;

function linkFaults(link: ArmLink, home: number | undefined, physicsTimestep: number): string[] {
  if (![link.damping, link.armature, link.torqueLimit].every(Number.isFinite)) {
    return ["every number must be finite"];
  }
  const faults = bodyFaults(link);
  if (!(link.torqueLimit > 0)) faults.push(`torque limit: expected more than 0 N m, got ${link.torqueLimit}`);
  if (!(link.armature >= 0)) faults.push(`armature: expected at least 0 kg m², got ${link.armature}`);
  faults.push(...limitFaults(link.limits, home));
  // The bound on damping means something only for a link that could exist.
  if (faults.length === 0) faults.push(...dampingFaults(link, physicsTimestep));
  return faults;
}

/** What is wrong with a moving part, a link or a finger, as a body on a joint. */
function bodyFaults(part: ArmLink | Finger): string[] {
  const { position, orientation, axis, centerOfMass, inertia, mass } = part;
  if (![...position, ...orientation, ...axis, ...centerOfMass, ...inertia, mass].every(Number.isFinite)) {
    return ["every number must be finite"];
  }
  const faults: string[] = [];
  if (!(mass > 0)) faults.push(`mass: expected more than 0 kg, got ${mass}`);
  if (Math.abs(length(axis) - 1) > UNIT_TOLERANCE) {
    faults.push(`axis: expected a unit vector, got length ${length(axis)}`);
  }
  if (Math.abs(Math.hypot(...orientation) - 1) > UNIT_TOLERANCE) {
    faults.push(`orientation: expected a unit quaternion, got length ${Math.hypot(...orientation)}`);
  }
  const [small, middle, large] = [...principalInertia(inertia).moments].sort((a, b) => a - b);
  const shown = `[${[small, middle, large].map((moment) => moment?.toPrecision(3)).join(", ")}] kg m²`;
  if (small === undefined || middle === undefined || large === undefined || !(small > 0)) {
    faults.push(`inertia: expected a positive-definite matrix, got principal moments ${shown}`);
  } else if (small + middle < large * (1 - 1e-9)) {
    faults.push(`inertia: no body has principal moments ${shown}: two must add up to at least the third`);
  }
  return faults;
}

/** An explicit step of a damped spring is stable while 2·damping·dt/mass + stiffness·dt²/mass < 4; half is kept free. */
function gripperFaults(gripper: Gripper, physicsTimestep: number): string[] {
  const { fingers, travel, damping, coupling, forceLimit } = gripper;
  const faults = fingers.flatMap((finger) =>
    [
      ...bodyFaults(finger),
      ...(finger.friction >= 0 ? [] : [`friction: expected at least 0, got ${finger.friction}`]),
    ].map((fault) => `finger ${finger.name}: ${fault}`),
  );
  const positive = { travel, "force limit": forceLimit };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0 && Number.isFinite(value)))
      faults.push(`gripper ${name}: expected more than 0, got ${value}`);
  }
  for (const [name, value] of Object.entries({ damping, coupling })) {
    if (!(value >= 0 && Number.isFinite(value)))
      faults.push(`gripper ${name}: expected at least 0, got ${value}`);
  }
  const lightest = Math.min(...fingers.map(({ mass }) => mass));
  const stiffness = (2 * damping * physicsTimestep + 2 * coupling * physicsTimestep ** 2) / lightest;
  if (faults.length === 0 && !(stiffness < 2)) {
    faults.push(
      `gripper: damping ${damping} N s/m and coupling ${coupling} N/m are too much for fingers of ${lightest} kg at a timestep of ${physicsTimestep} s`,
    );
  }
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
