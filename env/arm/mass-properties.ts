/** @file Mass properties of rigid bodies: parallel axes, rotation, welding, principal axes. */

import {
  add,
  conjugate,
  multiply,
  type Quat,
  quatFromAxisAngle,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../shared/vec3.ts";

/** A symmetric matrix of second moments, kg m²; the order is MuJoCo's `fullinertia`. */
export type Inertia = readonly [xx: number, yy: number, zz: number, xy: number, xz: number, yz: number];

export interface MassProperties {
  /** kg. */
  readonly mass: number;
  /** In the body's frame, metres. */
  readonly centerOfMass: Vec3;
  /** About the centre of mass, along the body's axes. */
  readonly inertia: Inertia;
}

/** Returns a uniform solid cylinder along x that starts at the body's origin. */
export function rodAlongX(mass: number, length: number, radius: number): MassProperties {
  const across = (mass * (3 * radius ** 2 + length ** 2)) / 12;
  return {
    mass,
    centerOfMass: [length / 2, 0, 0],
    inertia: [(mass * radius ** 2) / 2, across, across, 0, 0, 0],
  };
}

/** A rigid part of a body. */
export interface Part extends MassProperties {
  /** Pose of the part's frame in the body's frame. */
  readonly position: Vec3;
  readonly orientation: Quat;
}

/** Returns inertia · vector. */
export function timesInertia([xx, yy, zz, xy, xz, yz]: Inertia, [x, y, z]: Vec3): Vec3 {
  return [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z];
}

/** Returns inertia + m·(|d|² − d dᵀ), the parallel-axis term of a mass m at d. */
export function addPointMass(inertia: Inertia, mass: number, [x, y, z]: Vec3): Inertia {
  const [xx, yy, zz, xy, xz, yz] = inertia;
  return [
    xx + mass * (y * y + z * z),
    yy + mass * (x * x + z * z),
    zz + mass * (x * x + y * y),
    xy - mass * x * y,
    xz - mass * x * z,
    yz - mass * y * z,
  ];
}

/** Returns inertia + j·a aᵀ, the inertia with a rotor of inertia j about the unit axis a. */
export function addRotor([xx, yy, zz, xy, xz, yz]: Inertia, j: number, [x, y, z]: Vec3): Inertia {
  return [xx + j * x * x, yy + j * y * y, zz + j * z * z, xy + j * x * y, xz + j * x * z, yz + j * y * z];
}

/** Rotates an inertia from a part's frame into the frame that its orientation is given in. */
export function rotateInertia(inertia: Inertia, orientation: Quat): Inertia {
  const columns = [
    rotate(orientation, [1, 0, 0]),
    rotate(orientation, [0, 1, 0]),
    rotate(orientation, [0, 0, 1]),
  ] as const;
  const row = (axis: 0 | 1 | 2): Vec3 => [columns[0][axis], columns[1][axis], columns[2][axis]];
  const element = (i: 0 | 1 | 2, j: 0 | 1 | 2) => {
    const [x, y, z] = timesInertia(inertia, row(j));
    const left = row(i);
    return left[0] * x + left[1] * y + left[2] * z;
  };
  return [element(0, 0), element(1, 1), element(2, 2), element(0, 1), element(0, 2), element(1, 2)];
}

/** Combines parts into one rigid body, in the frame that their poses are given in. */
export function weld(parts: readonly Part[]): MassProperties {
  const centers = parts.map((part) => add(part.position, rotate(part.orientation, part.centerOfMass)));
  const mass = parts.reduce((sum, part) => sum + part.mass, 0);
  let weighted: Vec3 = [0, 0, 0];
  for (const [i, part] of parts.entries()) weighted = add(weighted, scale(centers[i]!, part.mass));
  const centerOfMass = scale(weighted, 1 / mass);
  let inertia: Inertia = [0, 0, 0, 0, 0, 0];
  for (const [i, part] of parts.entries()) {
    const [xx, yy, zz, xy, xz, yz] = addPointMass(
      rotateInertia(part.inertia, part.orientation),
      part.mass,
      subtract(centers[i]!, centerOfMass),
    );
    const [a, b, c, d, e, f] = inertia;
    inertia = [a + xx, b + yy, c + zz, d + xy, e + xz, f + yz];
  }
  return { mass, centerOfMass, inertia };
}

/** Principal moments, kg m², and the orientation of the principal axes in the body's frame. */
export interface PrincipalInertia {
  readonly moments: Vec3;
  readonly frame: Quat;
}

/** More than enough for 3 × 3: Jacobi's method converges quadratically, to the last bit in four or five sweeps. */
const JACOBI_SWEEPS = 12;

/** Diagonalises an inertia by Jacobi's cyclic rotations. */
export function principalInertia(inertia: Inertia): PrincipalInertia {
  let frame: Quat = [0, 0, 0, 1];
  let [xx, yy, zz, xy, xz, yz] = inertia;
  for (let sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
    // Rotate in each coordinate plane, then express the inertia in the rotated frame.
    for (const plane of [0, 1, 2] as const) {
      const [first, second, off] = plane === 0 ? [yy, zz, yz] : plane === 1 ? [zz, xx, xz] : [xx, yy, xy];
      if (off === 0) continue;
      // Of the two angles that zero the element, take the smaller: the larger swaps axes and never converges.
      const angle = Math.atan2(Math.sign(first - second || 1) * 2 * off, Math.abs(first - second)) / 2;
      const axis: Vec3 = plane === 0 ? [1, 0, 0] : plane === 1 ? [0, 1, 0] : [0, 0, 1];
      const rotation = quatFromAxisAngle(axis, angle);
      frame = multiply(frame, rotation);
      [xx, yy, zz, xy, xz, yz] = rotateInertia([xx, yy, zz, xy, xz, yz], conjugate(rotation));
    }
  }
  return { moments: [xx, yy, zz], frame };
}
