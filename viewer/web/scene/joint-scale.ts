/** @file The geometry of a joint's scale: where its needle points, which ticks it has, and the arc of its range. */

import { Matrix4, Quaternion, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { cross, dot, length, scale, subtract, type Vec3 } from "../../../shared/vec3.ts";

type SceneLink = SceneMessage["links"][number];

/** Radians between ticks: 30°. */
const TICK = Math.PI / 6;

/** Shorter vectors do not give the needle a direction, metres. */
const MIN_LENGTH = 1e-3;

/**
 * Returns the orientation of a joint's scale in its link's frame: z along the joint's axis, x along the needle.
 *
 * The needle points to the next joint, or else to the link's centre of mass.
 *
 * @param next the next joint or the tool in the link's frame, metres
 */
export function scaleFrame({ axis, inertial }: Pick<SceneLink, "axis" | "inertial">, next: Vec3): Quaternion {
  const other: Vec3 = Math.abs(axis[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0];
  const across = [next, inertial.centerOfMass, other]
    .map((each) => subtract(each, scale(axis, dot(each, axis))))
    .find((each) => length(each) > MIN_LENGTH);
  const needle = across ?? other;
  const x = scale(needle, 1 / length(needle));
  const basis = new Matrix4().makeBasis(
    new Vector3(...x),
    new Vector3(...cross(axis, x)),
    new Vector3(...axis),
  );
  return new Quaternion().setFromRotationMatrix(basis);
}

/** Returns the angles of the ticks in a joint's range, rad: multiples of 30° from −180° to 180°. */
export function tickAngles(limits: SceneLink["limits"]): readonly number[] {
  const [low, high] = limits ?? [-Math.PI + TICK / 2, Math.PI];
  const first = Math.ceil(low / TICK - 1e-9);
  const count = Math.max(0, Math.floor(high / TICK + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * TICK);
}

/** Returns the start and length of the arc of a joint's range, rad; a full circle without limits. */
export function arcOf(limits: SceneLink["limits"]): { readonly start: number; readonly sweep: number } {
  const [low, high] = limits ?? [-Math.PI, Math.PI];
  return { start: low, sweep: high - low };
}

/** Returns the next joint of each link, or the tool for the last one, in the link's frame, metres. */
export function nextPoints({ links, endEffector }: Pick<SceneMessage, "links" | "endEffector">): Vec3[] {
  return links.map((_, i) => links[i + 1]?.position ?? endEffector);
}
