/**
 * @file Joint displacements that move a tool as far as possible in a direction, each joint bounded, orientation given up.
 *
 * Keeping the hand upright is slow: with joints of 1 rad/s the Panda's upright hand moves at 0.3 m/s above the table, a
 * tilting one at twice that.
 */

import { conjugate, multiply, type Quat, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";

/** Weight of an orientation error, metres per radian, for arms that can choose the orientation. */
const LEVER = 0.02;
/** Maximum orientation correction in a step, rad. */
const MAX_CORRECTION = 0.05;
/** Weight of joint displacements, metres per radian: keeps them small where they have no effect. */
const EFFORT = 0.01;
/** Allowed error as a share of the tool displacement; while it is larger, the displacement is shortened by this factor. */
const MAX_ERROR = 0.05;
const SHORTENING = 0.9;
const MAX_ATTEMPTS = 30;
/** Coordinate descent sweeps: displacements accurate to 1 %. */
const SWEEPS = 200;

export class BoundedMotion {
  readonly #maxDisplacement: number;
  readonly #size: number;
  readonly #lever: number;
  readonly #kinematics: ArmKinematics;
  readonly #homeOrientation: Quat;

  /** @param maxDisplacement of each joint in a step, rad */
  constructor(model: ArmModel, maxDisplacement: number) {
    this.#maxDisplacement = maxDisplacement;
    this.#size = model.links.length;
    this.#lever = this.#size < 6 ? 0 : LEVER;
    this.#kinematics = new ArmKinematics(model);
    this.#kinematics.update(model.home);
    this.#homeOrientation = this.#orientation;
  }

  /** Returns joint displacements, [N] rad, for a tool displacement, metres, shortened until its direction is kept. */
  solve(angles: ArrayLike<number>, displacement: Vec3): number[] {
    this.#kinematics.update(angles);
    const jacobian = this.#jacobian();
    const correction = this.#orientationCorrection();
    let solution: number[] = [];
    for (let attempt = 0, share = 1; attempt < MAX_ATTEMPTS; attempt++, share *= SHORTENING) {
      const target = [...displacement.map((x) => share * x), ...correction];
      solution = boundedLeastSquares(jacobian, target, this.#maxDisplacement);
      const error = displacement.map((_, row) =>
        solution.reduce((sum, x, i) => sum + jacobian[row]![i]! * x, -target[row]!),
      );
      if (Math.hypot(...error) <= MAX_ERROR * share * Math.hypot(...displacement)) break;
    }
    return solution;
  }

  get #orientation(): Quat {
    const { rotations } = this.#kinematics;
    const last = rotations.length - 4;
    return [rotations[last]!, rotations[last + 1]!, rotations[last + 2]!, rotations[last + 3]!];
  }

  /** Returns the bounded rotation vector to the home orientation, times the lever, metres. */
  #orientationCorrection(): number[] {
    const [x, y, z, w] = multiply(this.#homeOrientation, conjugate(this.#orientation));
    const half = w < 0 ? -2 : 2;
    const angle = half * Math.hypot(x, y, z);
    const share = this.#lever * half * Math.min(1, MAX_CORRECTION / Math.max(Math.abs(angle), 1e-9));
    return [share * x, share * y, share * z];
  }

  /** Returns the Jacobian of the tool's position and, times the lever, of its orientation, [6 × N]. */
  #jacobian(): number[][] {
    const { axes } = this.#kinematics;
    const rows = Array.from({ length: 6 }, () => new Array<number>(this.#size).fill(0));
    const unit = new Float64Array(this.#size);
    const velocity = new Float64Array(3);
    for (let i = 0; i < this.#size; i++) {
      unit.fill(0);
      unit[i] = 1;
      this.#kinematics.endEffectorVelocity(unit, velocity);
      for (let axis = 0; axis < 3; axis++) {
        rows[axis]![i] = velocity[axis]!;
        rows[3 + axis]![i] = this.#lever * axes[3 * i + axis]!;
      }
    }
    return rows;
  }
}

/** Returns the x within ±max that minimises |rows · x − target|² + EFFORT² |x|², by coordinate descent. */
function boundedLeastSquares(rows: readonly number[][], target: readonly number[], max: number): number[] {
  const size = rows[0]!.length;
  const solution = new Array<number>(size).fill(0);
  const normalMatrix = solution.map((_, i) =>
    solution.map((__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? EFFORT ** 2 : 0)),
  );
  const rightSide = solution.map((_, i) => rows.reduce((sum, row, k) => sum + row[i]! * target[k]!, 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 0; i < size; i++) {
      let residual = rightSide[i]!;
      for (let j = 0; j < size; j++) if (j !== i) residual -= normalMatrix[i]![j]! * solution[j]!;
      solution[i] = Math.min(Math.max(residual / normalMatrix[i]![i]!, -max), max);
    }
  }
  return solution;
}
