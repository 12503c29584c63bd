/**
 * @file The joints' ways of a step that take a tool as far as was asked where no joint may go far, its orientation given up for it.
 *
 * An upright hand is slow: at 1 rad/s a joint the Panda's goes 0.3 m/s over the table, one that may tip goes twice
 * that.
 */

import type { ArmModel } from "../../env/arm/arm-model.ts";
import { ArmKinematics } from "../../env/arm/kinematics.ts";
import { conjugate, multiply, type Quat, type Vec3 } from "../../shared/vec3.ts";

/** Metres that a radian of wrong orientation counts as, for an arm that can choose it. */
const LEVER = 0.02;
/** Rad of it that a step tries to make good at most. */
const RIGHTING = 0.05;
/** Metres that a radian of a joint's way counts as: keeps ways small where they do nothing. */
const EFFORT = 0.01;
/** Share of the tool's way that may be missed, and by which it is shortened until no more is. */
const MISSED = 0.05;
const SHORTER = 0.9;
const MOST_ATTEMPTS = 30;
/** Enough for a step's ways to be right to a hundredth. */
const SWEEPS = 200;

export class QuickWays {
  readonly #most: number;
  readonly #size: number;
  readonly #lever: number;
  readonly #kinematics: ArmKinematics;
  readonly #upright: Quat;

  /** @param most rad that a joint goes in a step */
  constructor(model: ArmModel, most: number) {
    this.#most = most;
    this.#size = model.links.length;
    this.#lever = this.#size < 6 ? 0 : LEVER;
    this.#kinematics = new ArmKinematics(model);
    this.#kinematics.update(model.home);
    this.#upright = this.#orientation;
  }

  /** [N] rad, none beyond the bound, for as much of a way of the tool, metres, as keeps its direction; the caller's own. */
  solve(angles: ArrayLike<number>, way: Vec3): number[] {
    this.#kinematics.update(angles);
    const rows = this.#rows();
    const turn = this.#turnUpright();
    let found: number[] = [];
    for (let attempt = 0, share = 1; attempt < MOST_ATTEMPTS; attempt++, share *= SHORTER) {
      const right = [...way.map((x) => share * x), ...turn];
      found = boundedLeastSquares(rows, right, this.#most);
      const missed = way.map((_, row) => found.reduce((sum, x, i) => sum + rows[row]![i]! * x, -right[row]!));
      if (Math.hypot(...missed) <= MISSED * share * Math.hypot(...way)) break;
    }
    return found;
  }

  get #orientation(): Quat {
    const { rotations } = this.#kinematics;
    const last = rotations.length - 4;
    return [rotations[last]!, rotations[last + 1]!, rotations[last + 2]!, rotations[last + 3]!];
  }

  /** By the lever, metres. */
  #turnUpright(): number[] {
    const [x, y, z, w] = multiply(this.#upright, conjugate(this.#orientation));
    const half = w < 0 ? -2 : 2;
    const size = half * Math.hypot(x, y, z);
    const share = this.#lever * half * Math.min(1, RIGHTING / Math.max(Math.abs(size), 1e-9));
    return [share * x, share * y, share * z];
  }

  /** What each joint does to the tool's place, and by the lever to its orientation, [6 × N]. */
  #rows(): number[][] {
    const { axes } = this.#kinematics;
    const rows = Array.from({ length: 6 }, () => new Array<number>(this.#size).fill(0));
    const one = new Float64Array(this.#size);
    const moved = new Float64Array(3);
    for (let i = 0; i < this.#size; i++) {
      one.fill(0);
      one[i] = 1;
      this.#kinematics.endEffectorVelocity(one, moved);
      for (let axis = 0; axis < 3; axis++) {
        rows[axis]![i] = moved[axis]!;
        rows[3 + axis]![i] = this.#lever * axes[3 * i + axis]!;
      }
    }
    return rows;
  }
}

/** The x within ± most that leaves the least of rows · x − right, by coordinate descent: each in turn at its best for the others. */
function boundedLeastSquares(rows: readonly number[][], right: readonly number[], most: number): number[] {
  const size = rows[0]!.length;
  const found = new Array<number>(size).fill(0);
  const weights = found.map((_, i) =>
    found.map((__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? EFFORT ** 2 : 0)),
  );
  const wanted = found.map((_, i) => rows.reduce((sum, row, k) => sum + row[i]! * right[k]!, 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 0; i < size; i++) {
      let left = wanted[i]!;
      for (let j = 0; j < size; j++) if (j !== i) left -= weights[i]![j]! * found[j]!;
      found[i] = Math.min(Math.max(left / weights[i]![i]!, -most), most);
    }
  }
  return found;
}
