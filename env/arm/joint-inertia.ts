/**
 * @file How heavy an arm feels to its joints: the mass matrix M(q). Float64.
 *
 * M's element i, j is the torque that joint i needs for an acceleration of 1 rad/s² at joint j; written as
 * the sum over links of what each link's mass and inertia add (Siciliano et al. 2009, Robotics, eq. 7.32).
 * A rotor's inertia turns with its link, as the simulation has it.
 */

import { type ArmLink, type ArmModel, inertiaWithRotor, linksWithFingers } from "./arm-model.ts";
import type { ArmKinematics } from "./kinematics.ts";
import { type Inertia, turnInertia } from "./mass-properties.ts";

/** The mass matrix of one arm. The array is its own and changes with `update`. */
export class JointInertia {
  /** [N × N] kg m², symmetric, row by row. */
  readonly matrix: Float64Array;
  readonly #links: readonly ArmLink[];
  readonly #inertias: readonly Inertia[];
  /** How a link's centre of mass moves with each joint's turning, [N × 3]. */
  readonly #lift: Float64Array;
  readonly #turned = new Float64Array(3);

  constructor(model: ArmModel) {
    const size = model.links.length;
    this.#links = linksWithFingers(model);
    this.#inertias = this.#links.map(inertiaWithRotor);
    this.#lift = new Float64Array(3 * size);
    this.matrix = new Float64Array(size * size);
  }

  /** Computes M where the kinematics has the arm. */
  update({ positions, rotations, axes }: ArmKinematics): void {
    const links = this.#links;
    const size = links.length;
    const { matrix } = this;
    const lift = this.#lift;
    const turned = this.#turned;
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
      const [xx, yy, zz, xy, xz, yz] = turnInertia(this.#inertias[k]!, [x, y, z, w]);
      for (let j = 0; j <= k; j++) {
        const [ax, ay, az] = [axes[3 * j]!, axes[3 * j + 1]!, axes[3 * j + 2]!];
        const dx = px - positions[3 * j]!;
        const dy = py - positions[3 * j + 1]!;
        const dz = pz - positions[3 * j + 2]!;
        lift[3 * j] = ay * dz - az * dy;
        lift[3 * j + 1] = az * dx - ax * dz;
        lift[3 * j + 2] = ax * dy - ay * dx;
        turned[0] = xx * ax + xy * ay + xz * az;
        turned[1] = xy * ax + yy * ay + yz * az;
        turned[2] = xz * ax + yz * ay + zz * az;
        for (let i = 0; i <= j; i++) {
          let element = 0;
          for (let axis = 0; axis < 3; axis++) {
            element += mass * lift[3 * i + axis]! * lift[3 * j + axis]!;
            element += axes[3 * i + axis]! * turned[axis]!;
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
