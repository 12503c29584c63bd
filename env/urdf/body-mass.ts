/** @file Mass properties of links connected rigidly: the file's, and those of shapes where it lacks something. */

import {
  type Inertia,
  type MassProperties,
  principalInertia,
  rotateInertia,
  weld,
} from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";
import type { Assumptions } from "./assumptions.ts";
import type { RobotLink } from "./robot.ts";
import { uniformMass } from "./shape-mass.ts";
import type { RigidBody } from "./urdf-chain.ts";

/** Stands in for a link without shapes and without length. */
export const SMALL_BALL: Shape = { kind: "capsule", from: [0, 0, 0], to: [0, 0, 0], radius: 0.03 };

/** Share of the largest principal moment that replaces one of 0, such as a thin rod's about itself. */
const THIN_SHARE = 1e-3;

/** Shares of the largest principal moment by which a negative moment, or the sum of two, may be wrong. */
const MAX_NEGATIVE = 1e-3;
const MAX_MISSING = 0.5;

/**
 * Returns the mass properties of links connected rigidly; undefined if none of them has a mass.
 *
 * @param shapes shapes of the moving link, for its inertia
 * @param assumed receives each inertia that was replaced
 * @throws InputError if a mass or centre of mass is not a number
 */
export function massOfBody(
  { links }: RigidBody,
  shapes: readonly Shape[],
  where: string,
  assumed: Assumptions,
): MassProperties | undefined {
  const parts = links.flatMap(({ link, pose }, i) => {
    const own = link.shapes.length > 0 ? link.shapes : i === 0 && shapes.length > 0 ? shapes : [SMALL_BALL];
    const inertial = readInertial(link, own, `${where}: link ${link.name}`, assumed);
    return inertial === undefined ? [] : [{ ...inertial, ...pose }];
  });
  return parts.length === 0 ? undefined : weld(parts);
}

/** Returns undefined for a link without mass. */
function readInertial(
  link: RobotLink,
  shapes: readonly Shape[],
  where: string,
  assumed: Assumptions,
): MassProperties | undefined {
  const given = link.readInertial(where);
  if (given === undefined) return undefined;
  const { mass, centerOfMass, orientation } = given;
  const possible = given.inertia === undefined ? undefined : possibleInertia(given.inertia);
  if (possible === undefined) {
    const { mass: solid, inertia } = uniformMass(shapes, 1);
    const reason = given.inertia === undefined ? "the file has none" : "no body has the file's";
    assumed.add(`inertia of a solid of the link's mass, because ${reason}`, link.name);
    return { mass, centerOfMass, inertia: scaled(inertia, mass / solid) };
  }
  if (possible !== given.inertia)
    assumed.add("inertia raised to the nearest that a body can have", link.name);
  return { mass, centerOfMass, inertia: rotateInertia(possible, orientation) };
}

/**
 * Returns the inertia, raised equally about all axes until its principal moments are above 0 and any two add up to the
 * third; undefined if that would change it beyond recognition.
 */
function possibleInertia(inertia: Inertia): Inertia | undefined {
  const [small = 0, middle = 0, large = 0] = [...principalInertia(inertia).moments].sort((a, b) => a - b);
  const missing = large - small - middle;
  if (!(middle > 0 && small >= -MAX_NEGATIVE * large && missing <= MAX_MISSING * large)) return undefined;
  if (small <= 0) return raised(inertia, Math.max(missing, THIN_SHARE * large - small));
  return missing <= 1e-9 * large ? inertia : raised(inertia, missing);
}

function raised([xx, yy, zz, xy, xz, yz]: Inertia, by: number): Inertia {
  return [xx + by, yy + by, zz + by, xy, xz, yz];
}

function scaled([xx, yy, zz, xy, xz, yz]: Inertia, factor: number): Inertia {
  return [xx * factor, yy * factor, zz * factor, xy * factor, xz * factor, yz * factor];
}
