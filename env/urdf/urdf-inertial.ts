/** @file Reads the <inertial> of a URDF link. */

import { refuse } from "../../shared/errors.ts";
import type { Inertia } from "../arm/mass-properties.ts";
import type { GivenInertial } from "./robot.ts";
import { looseNumberOf, numberOf, originOf } from "./urdf-values.ts";
import { childOf, type XmlElement } from "./xml-tree.ts";

/**
 * Returns a link's mass properties; undefined for a link without mass.
 *
 * @throws InputError if the mass or the centre of mass is not a number
 */
export function givenInertial(link: XmlElement, where: string): GivenInertial | undefined {
  const inertial = childOf(link, "inertial");
  const massElement = inertial === undefined ? undefined : childOf(inertial, "mass");
  if (inertial === undefined || massElement === undefined) return undefined;
  const mass = numberOf(massElement, "value", where, 0);
  if (mass < 0) throw refuse(`${where}: <mass value>`, "at least 0 kg", massElement.attributes["value"]);
  if (mass === 0) return undefined;
  const { position, orientation } = originOf(inertial, where);
  return { mass, centerOfMass: position, orientation, inertia: givenInertia(inertial) };
}

/** Returns undefined if the inertia is missing, incomplete, unreadable or 0. */
function givenInertia(inertial: XmlElement): Inertia | undefined {
  const element = childOf(inertial, "inertia");
  if (element === undefined) return undefined;
  const [xx, yy, zz] = ["ixx", "iyy", "izz"].map((name) => looseNumberOf(element, name));
  const [xy, xz, yz] = ["ixy", "ixz", "iyz"].map((name) =>
    element.attributes[name] === undefined ? 0 : looseNumberOf(element, name),
  );
  if (xx === undefined || yy === undefined || zz === undefined) return undefined;
  if (xy === undefined || xz === undefined || yz === undefined) return undefined;
  const inertia = [xx, yy, zz, xy, xz, yz] as const;
  return inertia.every(Number.isFinite) && inertia.some((value) => value !== 0) ? inertia : undefined;
}
