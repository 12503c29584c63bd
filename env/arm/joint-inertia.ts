/**
 * @file The mass matrix M(q) of an arm. Float64.
 *
 * Element (i, j) is the torque of joint i for an acceleration of 1 rad/s² at joint j, summed over the links'
 * masses and inertias (Siciliano et al. 2009, Robotics, eq. 7.32). As in the simulation, a rotor's inertia
 * rotates with its link.
 */

import { type ArmLink, type ArmModel, inertiaWithRotor, linksWithFingers } from "./arm-model.ts";
import type { ArmKinematics } from "./kinematics.ts";
import { type Inertia, rotateInertia } from "./mass-properties.ts";

/** The mass matrix of one arm; overwritten by `update`. */
export class JointInertia {
  /** [N × N] kg m², symmetric, row-major. */
  readonly matrix: Float64Array;
  readonly #links: readonly ArmLink[];
  readonly #inertias: readonly Inertia[];
  /** Velocity of a link's centre of mass for 1 rad/s at each joint, [N × 3]. */
  readonly #velocities: Float64Array;
  /** Inertia times a joint axis. */
  readonly #momentum = new Float64Array(3);

  constructor(model: ArmModel) {
    const size = model.links.length;
    this.#links = linksWithFingers(model);
    this.#inertias = this.#links.map(inertiaWithRotor);
    this.#velocities = new Float64Array(3 * size);
    this.matrix = new Float64Array(size * size);
  }

  /** Computes M at the pose of the kinematics. */
  update({ positions, rotations, axes }: ArmKinematics): void {
    const links = this.#links;
    const size = links.length;
    const { matrix } = this;
    const velocities = this.#velocities;
    const momentum = this.#momentum;
    matrix.fill(0);
    for (let k = 0; k < size; k++) {
      const { mass, centerOfMass } = links[k]!;
      const [x, y, z, w] = [
        rotations[4 * k]!,
        rotations[4 * k + 1]!,
        rotations[4 * k + 2]!,
        rotations[4 * k + 3]!,
      ];
      const [cx, cy, cz] = centerOfMass;
      const [tx, ty, tz] = [2 * (y * cz - z * cy), 2 * (z * cx - x * cz), 2 * (x * cy - y * cx)];
      const px = positions[3 * k]! + cx + w * tx + y * tz - z * ty;
      const py = positions[3 * k + 1]! + cy + w * ty + z * tx - x * tz;
      const pz = positions[3 * k + 2]! + cz + w * tz + x * ty - y * tx;
      const [xx, yy, zz, xy, xz, yz] = rotateInertia(this.#inertias[k]!, [x, y, z, w]);
      for (let j = 0; j <= k; j++) {
        const [ax, ay, az] = [axes[3 * j]!, axes[3 * j + 1]!, axes[3 * j + 2]!];
        const dx = px - positions[3 * j]!;
        const dy = py - positions[3 * j + 1]!;
        const dz = pz - positions[3 * j + 2]!;
        velocities[3 * j] = ay * dz - az * dy;
        velocities[3 * j + 1] = az * dx - ax * dz;
        velocities[3 * j + 2] = ax * dy - ay * dx;
        momentum[0] = xx * ax + xy * ay + xz * az;
        momentum[1] = xy * ax + yy * ay + yz * az;
        momentum[2] = xz * ax + yz * ay + zz * az;
        for (let i = 0; i <= j; i++) {
          let element = 0;
          for (let axis = 0; axis < 3; axis++) {
            element += mass * velocities[3 * i + axis]! * velocities[3 * j + axis]!;
            element += axes[3 * i + axis]! * momentum[axis]!;
          }
          matrix[i * size + j]! += element;
        }
      }
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]!;
    }
  }
}
