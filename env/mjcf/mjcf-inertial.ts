/** @file Mass properties of an MJCF body: from <inertial>, or from its geoms. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { subtract, type Vec3 } from "../../shared/vec3.ts";
import { type Inertia, type MassProperties, weld } from "../arm/mass-properties.ts";
import type { GivenInertial, Pose } from "../urdf/robot.ts";
import { numberOf } from "../urdf/urdf-values.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import { type MjcfGeom, massOfGeom } from "./mjcf-geom.ts";
import { listOf, tripleOf } from "./mjcf-numbers.ts";
import { poseOf } from "./mjcf-pose.ts";

/**
 * Returns the mass properties of a body; undefined if it has no mass, or one of its geoms has a mass that only MuJoCo
 * computes, such as a mesh's.
 *
 * @param inertial its <inertial>, if it has one
 * @param anchor   origin of the link's frame in the body's, metres
 * @throws InputError naming attribute and line
 */
export function inertialOf(
  inertial: XmlElement | undefined,
  geoms: readonly MjcfGeom[],
  anchor: Vec3,
  compiler: MjcfCompiler,
  where: string,
): GivenInertial | undefined {
  const { inertiaFromGeom, boundMass } = compiler;
  const given =
    inertial !== undefined && inertiaFromGeom !== "true"
      ? readInertial(inertial, compiler, where)
      : inertiaFromGeom === "false"
        ? undefined
        : inertialOfGeoms(geoms, compiler, where);
  if (given === undefined) return undefined;
  const { mass, centerOfMass } = given;
  return { ...given, mass: Math.max(mass, boundMass), centerOfMass: subtract(centerOfMass, anchor) };
}

function readInertial(element: XmlElement, compiler: MjcfCompiler, where: string): GivenInertial | undefined {
  const mass = numberOf(element, "mass", where);
  if (mass < 0) throw refuse(`${where}: <inertial mass>`, "at least 0 kg", mass);
  if (mass === 0) return undefined;
  const { position, orientation } = poseOf(element, compiler, where);
  const full = listOf(element, "fullinertia", [6], where);
  const diagonal = tripleOf(element, "diaginertia", where);
  if (full !== undefined && diagonal !== undefined) {
    throw refuse(
      `${where}: <inertial> in line ${element.line}`,
      "diaginertia or fullinertia",
      unquoted("both"),
    );
  }
  const [xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0] = full ?? diagonal ?? [];
  const inertia: Inertia = [xx, yy, zz, xy, xz, yz];
  const isGiven = inertia.some((value) => value !== 0);
  return { mass, centerOfMass: position, orientation, inertia: isGiven ? inertia : undefined };
}

function inertialOfGeoms(
  geoms: readonly MjcfGeom[],
  compiler: MjcfCompiler,
  where: string,
): GivenInertial | undefined {
  const parts: (MassProperties & Pose)[] = [];
  for (const geom of geoms) {
    const part = massOfGeom(geom, compiler, where);
    if (part === "unknown") return undefined;
    if (part !== undefined) parts.push(part);
  }
  return parts.length === 0 ? undefined : { ...weld(parts), orientation: [0, 0, 0, 1] };
}
