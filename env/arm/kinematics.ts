/**
 * @file Forward kinematics of an arm: link poses, end effector and its velocity, gravity torques. Float64.
 *
 * The world's frame is the base's: right-handed, z up, metres.
 */

import type { Quat, Vec3 } from "../../shared/vec3.ts";
import { type ArmLink, type ArmModel, linksWithFingers } from "./arm-model.ts";

/** Poses of all links for one set of joint angles; the arrays are overwritten by `update`. */
export class ArmKinematics {
  /** Origins of the links' frames, [N × 3], metres. */
  readonly positions: Float64Array;
  /** Orientations of the links' frames, [N × 4], x y z w. */
  readonly rotations: Float64Array;
  /** Joint axes, [N × 3], unit vectors. */
  readonly axes: Float64Array;
  /** Tool point, [3], metres. */
  readonly endEffector = new Float64Array(3);
  readonly #model: ArmModel;
  /** Links with the mass of the fingers. */
  readonly #carried: readonly ArmLink[];
  readonly #centerOfMass = new Float64Array(3);

  constructor(model: ArmModel) {
    const size = model.links.length;
    this.#model = model;
    this.#carried = linksWithFingers(model);
    this.positions = new Float64Array(3 * size);
    this.rotations = new Float64Array(4 * size);
    this.axes = new Float64Array(3 * size);
  }

  /** Computes the poses for joint angles, [N] rad. */
  update(angles: ArrayLike<number>): void {
    const { positions, rotations, axes } = this;
    const { links } = this.#model;
    for (let i = 0; i < links.length; i++) {
      const link = links[i]!;
      if (i === 0) {
        positions.set(link.position);
        rotations.set(link.orientation);
      } else {
        transform(positions, rotations, i - 1, link.position, positions, i);
        multiply(rotations, i - 1, link.orientation, rotations, i);
      }
      rotate(rotations, i, link.axis, axes, i);
      rotateAbout(rotations, i, link.axis, angles[i]!);
    }
    const last = links.length - 1;
    transform(positions, rotations, last, this.#model.endEffector, this.endEffector, 0);
  }

  /** Writes the tool's velocity at the last pose, [3] m/s, for joint speeds [N] rad/s: Jacobian times speeds. */
  endEffectorVelocity(speeds: ArrayLike<number>, into: Float64Array): void {
    const { positions, axes, endEffector } = this;
    into.fill(0);
    for (let i = 0; i < this.#model.links.length; i++) {
      const speed = speeds[i]!;
      const [ax, ay, az] = [axes[3 * i]!, axes[3 * i + 1]!, axes[3 * i + 2]!];
      const x = endEffector[0]! - positions[3 * i]!;
      const y = endEffector[1]! - positions[3 * i + 1]!;
      const z = endEffector[2]! - positions[3 * i + 2]!;
      into[0]! += speed * (ay * z - az * y);
      into[1]! += speed * (az * x - ax * z);
      into[2]! += speed * (ax * y - ay * x);
    }
  }

  /**
   * Writes g(q), the torques that hold the arm against gravity at the last pose, [N] N m.
   *
   * @param gravity m/s²
   */
  gravityTorques(gravity: Vec3, into: Float64Array): void {
    const { positions, rotations, axes } = this;
    const links = this.#carried;
    const center = this.#centerOfMass;
    into.fill(0);
    for (let j = 0; j < links.length; j++) {
      const { mass, centerOfMass } = links[j]!;
      transform(positions, rotations, j, centerOfMass, center, 0);
      for (let i = 0; i <= j; i++) {
        const x = center[0]! - positions[3 * i]!;
        const y = center[1]! - positions[3 * i + 1]!;
        const z = center[2]! - positions[3 * i + 2]!;
        const [ax, ay, az] = [axes[3 * i]!, axes[3 * i + 1]!, axes[3 * i + 2]!];
        const velocityX = ay * z - az * y;
        const velocityY = az * x - ax * z;
        const velocityZ = ax * y - ay * x;
        into[i]! -= mass * (gravity[0] * velocityX + gravity[1] * velocityY + gravity[2] * velocityZ);
      }
    }
  }
}

/** Sets into[k] to v rotated by rotation i. */
function rotate(rotations: Float64Array, i: number, v: Vec3, into: Float64Array, k: number): void {
  const [x, y, z, w] = [
    rotations[4 * i]!,
    rotations[4 * i + 1]!,
    rotations[4 * i + 2]!,
    rotations[4 * i + 3]!,
  ];
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  into[3 * k] = v[0] + w * tx + y * tz - z * ty;
  into[3 * k + 1] = v[1] + w * ty + z * tx - x * tz;
  into[3 * k + 2] = v[2] + w * tz + x * ty - y * tx;
}

/** Sets into[k] to the world position of point v of link i's frame. */
function transform(
  positions: Float64Array,
  rotations: Float64Array,
  i: number,
  v: Vec3,
  into: Float64Array,
  k: number,
): void {
  const [px, py, pz] = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
  rotate(rotations, i, v, into, k);
  into[3 * k]! += px;
  into[3 * k + 1]! += py;
  into[3 * k + 2]! += pz;
}

/** Sets into[k] to rotation i times q. */
function multiply(rotations: Float64Array, i: number, q: Quat, into: Float64Array, k: number): void {
  const [x, y, z, w] = [
    rotations[4 * i]!,
    rotations[4 * i + 1]!,
    rotations[4 * i + 2]!,
    rotations[4 * i + 3]!,
  ];
  into[4 * k] = w * q[0] + x * q[3] + y * q[2] - z * q[1];
  into[4 * k + 1] = w * q[1] - x * q[2] + y * q[3] + z * q[0];
  into[4 * k + 2] = w * q[2] + x * q[1] - y * q[0] + z * q[3];
  into[4 * k + 3] = w * q[3] - x * q[0] - y * q[1] - z * q[2];
}

/** Rotates rotation i about an axis of its own frame. */
function rotateAbout(rotations: Float64Array, i: number, axis: Vec3, angle: number): void {
  const s = Math.sin(angle / 2);
  multiply(rotations, i, [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)], rotations, i);
}
