/** @file Pure functions on three-dimensional vectors and quaternions, stored as tuples. */

/** A position in metres, or a direction. */
export type Vec3 = readonly [x: number, y: number, z: number];
/** A rotation as a unit quaternion, scalar last, as in Rapier and three.js. */
export type Quat = readonly [x: number, y: number, z: number, w: number];

export const IDENTITY: Quat = [0, 0, 0, 1];

export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function length(a: Vec3): number {
  return Math.sqrt(dot(a, a));
}

/** Returns the Euclidean distance between two points of any dimension. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/** Returns the rotation by `angle` radians about a unit axis, right-handed. */
export function quatFromAxisAngle(axis: Vec3, angle: number): Quat {
  const s = Math.sin(angle / 2);
  return [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)];
}

/** Returns the rotation b followed by a. */
export function multiply(a: Quat, b: Quat): Quat {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** Returns the inverse rotation. */
export function conjugate(q: Quat): Quat {
  return [-q[0], -q[1], -q[2], q[3]];
}

/** Returns v rotated by q. */
export function rotate(q: Quat, v: Vec3): Vec3 {
  const u: Vec3 = [q[0], q[1], q[2]];
  const t = scale(cross(u, v), 2);
  return add(add(v, scale(t, q[3])), cross(u, t));
}

/** Returns the shortest rotation of the x axis onto a unit vector. */
export function quatFromXTo([x, y, z]: Vec3): Quat {
  // cross(x, axis) and w = 1 + dot(x, axis), normalised; for the opposite vector any half turn will do.
  const w = 1 + x;
  const norm = Math.hypot(y, z, w);
  return norm < 1e-6 ? [0, 0, 1, 0] : [0, -z / norm, y / norm, w / norm];
}

/** Returns a rotation of the y axis into a direction; the identity for a zero vector. */
export function quatFromYTo(direction: Vec3): Quat {
  const norm = length(direction);
  return norm < 1e-9
    ? IDENTITY
    : multiply(quatFromXTo(scale(direction, 1 / norm)), [0, 0, -Math.SQRT1_2, Math.SQRT1_2]);
}
