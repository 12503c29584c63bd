/**
 * @file Reference dynamics of a chain of links: recursive Newton–Euler (Luh, Walker & Paul 1980), float64.
 *
 * Written in the world's frame. As in the simulation, a rotor's inertia rotates with its link. Optimised for
 * readability, not for speed.
 */

import type { ArmModel } from "../../../env/arm/arm-model.ts";
import {
  add,
  conjugate,
  cross,
  dot,
  multiply,
  type Quat,
  quatFromAxisAngle,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../../shared/vec3.ts";

const ZERO: Vec3 = [0, 0, 0];

interface Pose {
  readonly origin: Vec3;
  readonly rotation: Quat;
  readonly axis: Vec3;
  readonly center: Vec3;
}

function poses(model: ArmModel, q: ArrayLike<number>): Pose[] {
  let origin: Vec3 = ZERO;
  let rotation: Quat = [0, 0, 0, 1];
  return model.links.map((link, i) => {
    origin = add(origin, rotate(rotation, link.position));
    rotation = multiply(multiply(rotation, link.orientation), quatFromAxisAngle(link.axis, q[i]!));
    return {
      origin,
      rotation,
      axis: rotate(rotation, link.axis),
      center: add(origin, rotate(rotation, link.centerOfMass)),
    };
  });
}

/** Returns the tool point, metres. */
export function toolPosition(model: ArmModel, q: ArrayLike<number>): Vec3 {
  const last = poses(model, q).at(-1)!;
  return add(last.origin, rotate(last.rotation, model.endEffector));
}

/** Returns the torques, [N] N m, for accelerations q̈ of an undamped arm at angles q and speeds q̇. */
export function inverseDynamics(
  model: ArmModel,
  q: ArrayLike<number>,
  speeds: ArrayLike<number>,
  accelerations: ArrayLike<number>,
  gravity: Vec3,
): number[] {
  const chain = poses(model, q);
  let omega: Vec3 = ZERO;
  let alpha: Vec3 = ZERO;
  // Gravity is equivalent to a base that accelerates upwards.
  let acceleration: Vec3 = scale(gravity, -1);
  let origin: Vec3 = ZERO;
  const forces: Vec3[] = [];
  const moments: Vec3[] = [];
  for (const [i, pose] of chain.entries()) {
    const link = model.links[i]!;
    acceleration = add(acceleration, pointAcceleration(omega, alpha, subtract(pose.origin, origin)));
    const spin = scale(pose.axis, speeds[i]!);
    alpha = add(add(alpha, scale(pose.axis, accelerations[i]!)), cross(omega, spin));
    omega = add(omega, spin);
    const atCenter = add(acceleration, pointAcceleration(omega, alpha, subtract(pose.center, pose.origin)));
    forces.push(scale(atCenter, link.mass));
    const [xx, yy, zz, xy, xz, yz] = link.inertia;
    const inertia = (v: Vec3): Vec3 => {
      const [x, y, z] = rotate(conjugate(pose.rotation), v);
      const rotor = link.armature * dot(link.axis, [x, y, z]);
      const turned: Vec3 = [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z];
      return rotate(pose.rotation, add(turned, scale(link.axis, rotor)));
    };
    moments.push(add(inertia(alpha), cross(omega, inertia(omega))));
    origin = pose.origin;
  }
  const torques: number[] = [];
  let force: Vec3 = ZERO;
  let moment: Vec3 = ZERO;
  for (let i = chain.length - 1; i >= 0; i--) {
    const pose = chain[i]!;
    const outer = chain[i + 1];
    if (outer !== undefined) moment = add(moment, cross(subtract(outer.origin, pose.origin), force));
    moment = add(add(moment, moments[i]!), cross(subtract(pose.center, pose.origin), forces[i]!));
    force = add(force, forces[i]!);
    torques[i] = dot(moment, pose.axis);
  }
  return torques;
}

/** Returns kinetic plus potential energy, J, rotors included. */
export function energy(
  model: ArmModel,
  q: ArrayLike<number>,
  speeds: ArrayLike<number>,
  gravity: Vec3,
): number {
  const momenta = inverseDynamics(model, q, new Float64Array(model.links.length), speeds, ZERO);
  const kinetic = momenta.reduce((sum, momentum, i) => sum + 0.5 * momentum * speeds[i]!, 0);
  const potential = poses(model, q).map(({ center }, i) => -model.links[i]!.mass * dot(gravity, center));
  return potential.reduce((sum, each) => sum + each, kinetic);
}

/** Returns the accelerations, [N] rad/s², of an arm with joint damping under motor torques. */
export function forwardDynamics(
  model: ArmModel,
  q: ArrayLike<number>,
  speeds: ArrayLike<number>,
  torques: ArrayLike<number>,
  gravity: Vec3,
): number[] {
  const size = model.links.length;
  const still = new Float64Array(size);
  const bias = inverseDynamics(model, q, speeds, still, gravity);
  const massColumns = model.links.map((_, j) => {
    const unit = new Float64Array(size);
    unit[j] = 1;
    return inverseDynamics(model, q, still, unit, ZERO);
  });
  const rightSide = model.links.map((link, i) => torques[i]! - link.damping * speeds[i]! - bias[i]!);
  return solve(massColumns, rightSide);
}

/** Returns the acceleration of a point at r on a body that rotates with ω and α. */
function pointAcceleration(omega: Vec3, alpha: Vec3, r: Vec3): Vec3 {
  return add(cross(alpha, r), cross(omega, cross(omega, r)));
}

/** Solves a symmetric positive-definite system by Gaussian elimination. */
function solve(columns: readonly number[][], rightSide: readonly number[]): number[] {
  const rows = columns.map((column, i) => [...column, rightSide[i]!]);
  for (const [i, pivot] of rows.entries()) {
    for (let k = i + 1; k < rows.length; k++) {
      const row = rows[k]!;
      const factor = row[i]! / pivot[i]!;
      for (let j = i; j < row.length; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  const x: number[] = new Array(rows.length).fill(0);
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i]!;
    let sum = row[rows.length]!;
    for (let j = i + 1; j < rows.length; j++) sum -= row[j]! * x[j]!;
    x[i] = sum / row[i]!;
  }
  return x;
}
