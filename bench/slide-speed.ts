/**
 * @file How fast speed-limited joints can move the Panda's tool above the table, and how far a puck slides at that speed:
 * `npx tsx bench/slide-speed.ts [--json]`.
 *
 * Samples postures with the tool 3 cm above the table in front of the base, in any hand orientation. For each, the
 * maximum speed away from the base without sideways or vertical motion is a linear programme. Its dual is
 * solved at its vertices, so each figure is an upper bound. A puck released there slides on by v²/(2μg).
 */

import "./help.ts";

import { ArmKinematics } from "../env/arm/kinematics.ts";
import { panda } from "../env/models/panda.ts";
import { Rng } from "../shared/rng.ts";
import type { Vec3 } from "../shared/vec3.ts";

const POSTURES = 40_000;
const HEIGHT = 0.03;
/** Tool positions along x, metres: from the puck's start to the end of the arm's reach, 0.9. */
const POSITIONS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9] as const;
/** Minimum height of a joint, metres. */
const MIN_JOINT_HEIGHT = 0.05;
/** Between puck and table. */
const FRICTION = 0.1;
const GRAVITY = 9.81;
/** Distance at which a goal is achieved, metres. */
const SUCCESS_DISTANCE = 0.05;
/** Minimum and maximum x of goals, metres. */
const GOALS = [0.8, 1.1] as const;
/** Distance between puck centre and tool in contact, metres: half a puck and half a finger. */
const CONTACT_DISTANCE = 0.04;

/** Joint speed for an action of 1, rad/s, by control mode. */
const SPEEDS = { velocity: 1, position: 0.05 / 0.04, "the Panda's own limits": 2.175 } as const;

const kinematics = new ArmKinematics(panda);
const size = panda.links.length;
const unit = new Float64Array(size);

/** Returns the columns of the tool's Jacobian, [N]. */
function jacobianOf(angles: ArrayLike<number>): Vec3[] {
  kinematics.update(angles);
  const velocity = new Float64Array(3);
  return panda.links.map((_, i) => {
    unit.fill(0);
    unit[i] = 1;
    kinematics.endEffectorVelocity(unit, velocity);
    return [velocity[0]!, velocity[1]!, velocity[2]!];
  });
}

/** Moves the tool from a random posture to a point by Jacobian-transpose steps; returns null if the limits prevent it. */
function samplePosture(rng: Rng, target: Vec3): Float64Array | null {
  const angles = Float64Array.from(panda.links, ({ limits }) => rng.uniformIn(limits![0], limits![1]));
  for (let round = 0; round < 60; round++) {
    const jacobian = jacobianOf(angles);
    const error = target.map((x, axis) => x - kinematics.endEffector[axis]!);
    if (Math.hypot(...error) < 1e-3) {
      const { positions } = kinematics;
      return panda.links.every((_, i) => positions[3 * i + 2]! > MIN_JOINT_HEIGHT) ? angles : null;
    }
    // Along Jᵀ e, to the minimum of the linearised error.
    const direction = jacobian.map(([x, y, z]) => x * error[0]! + y * error[1]! + z * error[2]!);
    const moved = [0, 1, 2].map((axis) =>
      direction.reduce((sum, change, i) => sum + change * jacobian[i]![axis]!, 0),
    );
    const share =
      error.reduce((sum, x, k) => sum + x * moved[k]!, 0) / moved.reduce((sum, x) => sum + x * x, 1e-12);
    for (const [i, { limits }] of panda.links.entries()) {
      angles[i] = Math.min(Math.max(angles[i]! + share * direction[i]!, limits![0]), limits![1]);
    }
  }
  return null;
}

/**
 * Returns the maximum of Σ x q̇ for |q̇| ≤ 1 with Σ y q̇ = Σ z q̇ = 0.
 *
 * By duality it is the minimum of Σ |x + λ y + μ z|, in which two terms vanish.
 */
function maxSpeed(jacobian: readonly Vec3[]): number {
  let min = Number.POSITIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const [[xi, yi, zi], [xj, yj, zj]] = [jacobian[i]!, jacobian[j]!];
      const det = yi * zj - yj * zi;
      if (Math.abs(det) < 1e-9) continue;
      const lambda = (-xi * zj + xj * zi) / det;
      const mu = (-yi * xj + yj * xi) / det;
      min = Math.min(
        min,
        jacobian.reduce((sum, [x, y, z]) => sum + Math.abs(x + lambda * y + mu * z), 0),
      );
    }
  }
  return min;
}

const rng = Rng.fromSeed(1);
/** Maximum tool speed for joints of 1 rad/s, m/s, at each reachable position. */
const bounds = POSITIONS.flatMap((x) => {
  let max = 0;
  for (let i = 0; i < POSTURES / POSITIONS.length; i++) {
    const angles = samplePosture(rng, [x, 0, HEIGHT]);
    if (angles !== null) max = Math.max(max, maxSpeed(jacobianOf(angles)));
  }
  return max > 0 ? [{ x, max }] : [];
});

for (const [control, jointSpeed] of Object.entries(SPEEDS)) {
  const rows = bounds.map(({ x, max }) => {
    const speed = jointSpeed * max;
    const slide = speed ** 2 / (2 * FRICTION * GRAVITY);
    return { x, speed, farthest: x + CONTACT_DISTANCE + slide + SUCCESS_DISTANCE };
  });
  const farthest = Math.max(...rows.map((row) => row.farthest));
  const share = Math.min(Math.max((farthest - GOALS[0]) / (GOALS[1] - GOALS[0]), 0), 1);
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ control, jointSpeed, rows, share }));
  } else {
    console.log(`${control}: joints of ${jointSpeed} rad/s; reachable share of goals: ${share.toFixed(2)}`);
    for (const row of rows) {
      console.log(
        `  at ${row.x.toFixed(2)} m: tool speed at most ${row.speed.toFixed(2)} m/s, goal at most at ${row.farthest.toFixed(2)} m`,
      );
    }
  }
}
