/**
 * @file How fast joints that may only go so fast can drive the Panda's tool over the table, and how far a puck gets by that:
 * `npx tsx bench/slide-speed.ts [--json]`.
 *
 * For many postures with the tool 3 cm over the table before the base, whatever the hand's orientation: the greatest
 * speed away from the base with none to the side, up or down. That is a linear programme; its dual is solved at its
 * corners, so each figure is what no choice of joint speeds can pass. A puck let go there slides v²/(2μg) on.
 */

import { ArmKinematics } from "../env/arm/kinematics.ts";
import { panda } from "../env/models/panda.ts";
import { Rng } from "../shared/rng.ts";
import type { Vec3 } from "../shared/vec3.ts";

const POSTURES = 40_000;
const HEIGHT = 0.03;
/** Along x, metres: from where a puck starts on; at 0.9 the arm has ended. */
const PLACES = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9] as const;
/** m: lowest that a joint may be. */
const CLEAR = 0.05;
/** Of the slide task: puck on table, m/s², metres from its goal that count as there, and where goals are along x. */
const FRICTION = 0.1;
const GRAVITY = 9.81;
const NEAR = 0.05;
const GOALS = [0.8, 1.1] as const;
/** Between puck's middle and tool as they touch, metres: half a puck and half a finger. */
const TOUCHING = 0.04;

/** By control: rad/s that ±1 is. */
const SPEEDS = { velocity: 1, position: 0.05 / 0.04, "the Panda's own limits": 2.175 } as const;

const kinematics = new ArmKinematics(panda);
const size = panda.links.length;
const one = new Float64Array(size);

/** What each joint does to the tool's place, [N] of three. */
function columns(angles: ArrayLike<number>): Vec3[] {
  kinematics.update(angles);
  const moved = new Float64Array(3);
  return panda.links.map((_, i) => {
    one.fill(0);
    one[i] = 1;
    kinematics.endEffectorVelocity(one, moved);
    return [moved[0]!, moved[1]!, moved[2]!];
  });
}

/** Brings the tool of some posture to a point by small steps along each joint's own share; null where limits forbid it. */
function posture(rng: Rng, target: Vec3): Float64Array | null {
  const angles = Float64Array.from(panda.links, ({ limits }) => rng.uniformIn(limits![0], limits![1]));
  for (let round = 0; round < 60; round++) {
    const jacobian = columns(angles);
    const left = target.map((x, axis) => x - kinematics.endEffector[axis]!);
    if (Math.hypot(...left) < 1e-3) {
      const { positions } = kinematics;
      return panda.links.every((_, i) => positions[3 * i + 2]! > CLEAR) ? angles : null;
    }
    // Jᵀ e, as far along it as brings the tool nearest.
    const ways = jacobian.map(([x, y, z]) => x * left[0]! + y * left[1]! + z * left[2]!);
    const moved = [0, 1, 2].map((axis) => ways.reduce((sum, way, i) => sum + way * jacobian[i]![axis]!, 0));
    const share =
      left.reduce((sum, x, k) => sum + x * moved[k]!, 0) / moved.reduce((sum, x) => sum + x * x, 1e-12);
    for (const [i, { limits }] of panda.links.entries()) {
      angles[i] = Math.min(Math.max(angles[i]! + share * ways[i]!, limits![0]), limits![1]);
    }
  }
  return null;
}

/** The greatest of Σ x q̇ for |q̇| ≤ 1 with Σ y q̇ = Σ z q̇ = 0: the least of Σ |x + λ y + μ z|, which has two terms that vanish. */
function fastest(jacobian: readonly Vec3[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const [[xi, yi, zi], [xj, yj, zj]] = [jacobian[i]!, jacobian[j]!];
      const det = yi * zj - yj * zi;
      if (Math.abs(det) < 1e-9) continue;
      const lambda = (-xi * zj + xj * zi) / det;
      const mu = (-yi * xj + yj * xi) / det;
      least = Math.min(
        least,
        jacobian.reduce((sum, [x, y, z]) => sum + Math.abs(x + lambda * y + mu * z), 0),
      );
    }
  }
  return least;
}

const rng = Rng.fromSeed(1);
/** By place where the tool can be at all, m/s for joints of 1 rad/s. */
const bounds = PLACES.flatMap((x) => {
  let most = 0;
  for (let i = 0; i < POSTURES / PLACES.length; i++) {
    const angles = posture(rng, [x, 0, HEIGHT]);
    if (angles !== null) most = Math.max(most, fastest(columns(angles)));
  }
  return most > 0 ? [{ x, most }] : [];
});

for (const [control, speed] of Object.entries(SPEEDS)) {
  const rows = bounds.map(({ x, most }) => {
    const slid = (speed * most) ** 2 / (2 * FRICTION * GRAVITY);
    return { x, speed: speed * most, farthest: x + TOUCHING + slid + NEAR };
  });
  const farthest = Math.max(...rows.map((row) => row.farthest));
  const share = Math.min(Math.max((farthest - GOALS[0]) / (GOALS[1] - GOALS[0]), 0), 1);
  if (process.argv.includes("--json"))
    console.log(JSON.stringify({ control, jointSpeed: speed, rows, share }));
  else {
    console.log(
      `${control}: joints of ${speed} rad/s; goals straight ahead that can be reached: ${share.toFixed(2)}`,
    );
    for (const { x, speed: v, farthest: to } of rows) {
      console.log(
        `  at ${x.toFixed(2)} m at most ${v.toFixed(2)} m/s, then a goal at ${to.toFixed(2)} m at most`,
      );
    }
  }
}
