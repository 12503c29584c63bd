/** @file Pushes a cube to its goal by hand-written rules: get behind it, over it if it is in the way, then push. */

import type { Reading } from "./reading.ts";
import { towards, type Wish } from "./tool-driver.ts";

/** What an arm's tool is like. Metres. */
export interface Pusher {
  /** At which it pushes. */
  readonly height: number;
  /** At which it clears the cube. */
  readonly clear: number;
  /** From the cube's middle where it comes down behind it. */
  readonly behind: number;
  /** In a step, by which a low tool that moves leans down: a weak arm's climbs onto the cube otherwise. */
  readonly lean: number;
}

/** Metres of the cube from its goal at which it is left alone. */
const DONE = 0.015;
/** Metres to the side of the line through cube and goal within which the tool pushes. */
const STRAIGHT = 0.015;
/** Metres about the cube that a low tool keeps out of on its way. */
const KEEP_OUT = 0.06;
/** Metres in a step, on the way and while pushing. */
const FAST = 0.035;
const PUSHING = 0.025;
/** Metres over the table under which a tool leans down, unless it stands still or rises, metres in a step. */
const LEANING = 0.06;
const STILL = 0.002;
const RISING = 0.02;

export function pushWish(reading: Reading, pusher: Pusher): Wish {
  const { way, fingers } = uprightWish(reading, pusher);
  const [x, y, z] = way;
  const leans = reading.tool[2]! < LEANING && Math.hypot(x, y) > STILL && z < RISING;
  return { way: leans ? [x, y, z - pusher.lean] : way, fingers };
}

function uprightWish({ tool, object, goal }: Reading, { height, clear, behind }: Pusher): Wish {
  const [gx, gy] = [goal[0]! - object[0]!, goal[1]! - object[1]!];
  const left = Math.hypot(gx, gy);
  if (left < DONE) return { way: [0, 0, 0], fingers: -1 };
  const [dx, dy] = [gx / left, gy / left];
  const [rx, ry] = [tool[0]! - object[0]!, tool[1]! - object[1]!];
  const along = rx * dx + ry * dy;
  const side = -rx * dy + ry * dx;
  const low = tool[2]! < height + 0.02;
  if (low && along < -0.02 && along > -behind - 0.03 && Math.abs(side) < STRAIGHT) {
    // As far as is left to go, and back onto the line.
    const ahead = Math.min(0.4 * left + 0.004, PUSHING);
    const way = [
      ahead * dx + 0.4 * side * dy,
      ahead * dy - 0.4 * side * dx,
      0.9 * (height - tool[2]!),
    ] as const;
    return { way, fingers: -1 };
  }
  const start = [object[0]! - behind * dx, object[1]! - behind * dy] as const;
  const off = Math.hypot(start[0] - tool[0]!, start[1] - tool[1]!);
  const inTheWay = clearance([rx, ry], [start[0] - object[0]!, start[1] - object[1]!]) < KEEP_OUT - 0.005;
  const above = tool[2]! > clear - 0.03;
  if (off < 0.02) return { way: towards(tool, [...start, height], 0.6, FAST), fingers: -1 };
  if (!inTheWay && (low || !above))
    return { way: towards(tool, [...start, Math.max(height, tool[2]! - 0.01)], 0.6, FAST), fingers: -1 };
  // Up first where the cube is near, and over it.
  const free = above || Math.hypot(rx, ry) > KEEP_OUT + 0.03;
  const across = free ? start : ([tool[0]!, tool[1]!] as const);
  return { way: towards(tool, [...across, clear], 0.6, FAST), fingers: -1 };
}

/** How near the way from a to b comes to the origin, metres. */
function clearance(a: readonly [number, number], b: readonly [number, number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const share = -(a[0] * dx + a[1] * dy) / Math.max(dx * dx + dy * dy, 1e-9);
  const t = Math.min(Math.max(share, 0), 1);
  return Math.hypot(a[0] + t * dx, a[1] + t * dy);
}
