/**
 * @file Inverse kinematics by damped least squares: joint angles for a tool position.
 *
 * Levenberg–Marquardt with constant damping (Wampler 1986; Nakamura & Hanafusa 1986): iterations of
 * Δq = z + Jᵀ (J Jᵀ + λ² 1)⁻¹ (e − J z), with e the remaining error and z, for a redundant arm, a small step
 * towards home in proportion to the error. Near a singular pose, where an exact inverse needs unbounded speeds,
 * damping keeps the step small and the result less exact.
 *
 * By default an arm with six or more joints keeps the tool's orientation at home; fewer joints cannot.
 */

import { dot, type Quat, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "./arm-model.ts";
import { ArmKinematics } from "./kinematics.ts";

/** λ, metres per radian: joints with a shorter lever hardly move. */
const DAMPING = 0.05;
/** With this λ each iteration leaves at most a tenth of the error, away from singular poses. */
const ITERATIONS = 4;
/** Weight of an orientation error, metres per radian. */
const LEVER = 0.2;
/** Share of the distance to home that a redundant arm moves in an iteration, per metre of tool error. */
const HOMING = 1;
/** Maximum tool displacement in one iteration, metres: the Jacobian is local. */
const MAX_STEP = 0.1;

/** Inverse kinematics of one arm. */
export class InverseKinematics {
  /** The solution, [N] rad; overwritten by `solve`. */
  readonly angles: Float64Array;
  readonly #model: ArmModel;
  readonly #kinematics: ArmKinematics;
  readonly #holdsOrientation: boolean;
  readonly #orientation: Quat;
  readonly #rows: number;
  readonly #jacobian: Float64Array;
  /** J Jᵀ + λ² 1 with the right-hand side as its last column, [M × (M + 1)]. */
  readonly #system: Float64Array;
  readonly #towardsHome: Float64Array;

  /** @param canTurn whether the tool may turn away from its orientation at home, which brings it to more points */
  constructor(model: ArmModel, canTurn = false) {
    const size = model.links.length;
    this.#model = model;
    this.#kinematics = new ArmKinematics(model);
    this.#kinematics.update(model.home);
    this.#orientation = toolOrientation(this.#kinematics, size);
    this.#holdsOrientation = !canTurn && size >= 6 && model.toolAxes.length === 3;
    this.#rows = model.toolAxes.length + (this.#holdsOrientation ? 3 : 0);
    this.angles = new Float64Array(size);
    this.#jacobian = new Float64Array(this.#rows * size);
    this.#system = new Float64Array(this.#rows * (this.#rows + 1));
    this.#towardsHome = new Float64Array(size);
  }

  /**
   * Computes angles within the joint limits that bring the tool to a point; the result is in `angles`.
   *
   * @param from   initial angles, [N] rad
   * @param target in the world, metres; coordinates along which the tool cannot move are ignored
   */
  solve(from: ArrayLike<number>, target: ArrayLike<number>): void {
    this.angles.set(from);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) this.#step(target);
  }

  #step(target: ArrayLike<number>): void {
    const { links, toolAxes, home } = this.#model;
    const size = links.length;
    const rows = this.#rows;
    const kinematics = this.#kinematics;
    const jacobian = this.#jacobian;
    const system = this.#system;
    const towardsHome = this.#towardsHome;
    const width = rows + 1;
    const rightSide = rows;
    kinematics.update(this.angles);
    for (let i = 0; i < size; i++) this.#writeColumn(i);
    let error = 0;
    for (const axis of toolAxes) error = Math.hypot(error, target[axis]! - kinematics.endEffector[axis]!);
    const share = Math.min(1, MAX_STEP / error);
    for (const [row, axis] of toolAxes.entries()) {
      system[row * width + rightSide] =
        error === 0 ? 0 : share * (target[axis]! - kinematics.endEffector[axis]!);
    }
    if (this.#holdsOrientation) this.#writeOrientationError();
    // In proportion to the error, so that an arm at its target does not drift home.
    const homing = size > rows ? HOMING * Math.min(error, MAX_STEP) : 0;
    for (let i = 0; i < size; i++) towardsHome[i] = homing * (home[i]! - this.angles[i]!);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < size; i++)
        system[row * width + rightSide]! -= jacobian[row * size + i]! * towardsHome[i]!;
      for (let other = 0; other < rows; other++) {
        let sum = row === other ? DAMPING ** 2 : 0;
        for (let i = 0; i < size; i++) sum += jacobian[row * size + i]! * jacobian[other * size + i]!;
        system[row * width + other] = sum;
      }
    }
    solveInPlace(system, rows);
    for (let i = 0; i < size; i++) {
      let angle = this.angles[i]! + towardsHome[i]!;
      for (let row = 0; row < rows; row++)
        angle += jacobian[row * size + i]! * system[row * width + rightSide]!;
      const { limits } = links[i]!;
      this.angles[i] = limits === null ? angle : Math.min(Math.max(angle, limits[0]), limits[1]);
    }
  }

  /** Writes column i of the Jacobian: the tool's velocity, then its angular velocity times the lever. */
  #writeColumn(i: number): void {
    const { toolAxes, links } = this.#model;
    const { axes, positions, endEffector } = this.#kinematics;
    const size = links.length;
    const [ax, ay, az] = [axes[3 * i]!, axes[3 * i + 1]!, axes[3 * i + 2]!];
    const dx = endEffector[0]! - positions[3 * i]!;
    const dy = endEffector[1]! - positions[3 * i + 1]!;
    const dz = endEffector[2]! - positions[3 * i + 2]!;
    const velocity: Vec3 = [ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx];
    for (const [row, axis] of toolAxes.entries()) this.#jacobian[row * size + i] = velocity[axis];
    if (!this.#holdsOrientation) return;
    this.#jacobian[3 * size + i] = LEVER * ax;
    this.#jacobian[4 * size + i] = LEVER * ay;
    this.#jacobian[5 * size + i] = LEVER * az;
  }

  /** Writes the rotation vector from the tool's orientation to that at home, times the lever. */
  #writeOrientationError(): void {
    const [x, y, z, w] = toolOrientation(this.#kinematics, this.#model.links.length);
    const [tx, ty, tz, tw] = this.#orientation;
    // home · conjugate(current)
    const error: Vec3 = [
      -tw * x + tx * w - ty * z + tz * y,
      -tw * y + tx * z + ty * w - tz * x,
      -tw * z - tx * y + ty * x + tz * w,
    ];
    const cosine = tw * w + tx * x + ty * y + tz * z;
    const sine = Math.sqrt(dot(error, error));
    const angle = 2 * Math.atan2(sine, Math.abs(cosine)) * (cosine < 0 ? -1 : 1);
    const scaling = LEVER * (sine < 1e-9 ? 2 : angle / sine);
    const width = this.#rows + 1;
    for (let axis = 0; axis < 3; axis++) this.#system[(3 + axis) * width + 6] = scaling * error[axis]!;
  }
}

function toolOrientation({ rotations }: ArmKinematics, size: number): Quat {
  const last = 4 * (size - 1);
  return [rotations[last]!, rotations[last + 1]!, rotations[last + 2]!, rotations[last + 3]!];
}

/** Solves a positive-definite system [M × (M + 1)] by Gaussian elimination; its last column becomes the solution. */
function solveInPlace(system: Float64Array, size: number): void {
  const width = size + 1;
  for (let i = 0; i < size; i++) {
    const pivot = system[i * width + i]!;
    for (let k = i + 1; k < size; k++) {
      const factor = system[k * width + i]! / pivot;
      for (let j = i; j < width; j++) system[k * width + j]! -= factor * system[i * width + j]!;
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = system[i * width + size]!;
    for (let j = i + 1; j < size; j++) sum -= system[i * width + j]! * system[j * width + size]!;
    system[i * width + size] = sum / system[i * width + i]!;
  }
}
