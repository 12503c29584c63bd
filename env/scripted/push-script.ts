/** @file A script that pushes a cube to its goal: move behind it, over it if necessary, then push. */

import type { NamedObservation } from "./named-observation.ts";
import { stepTowards, type ToolCommand } from "./tool-driver.ts";

/** Parameters for one arm's tool, metres. */
export interface PushSettings {
  /** Tool height while pushing. */
  readonly height: number;
  /** Tool height that clears the cube. */
  readonly clearHeight: number;
  /** Distance from the cube's centre at which the tool moves down behind it. */
  readonly behind: number;
  /** Downward displacement added in each step to a low moving tool: the tool of a weak arm would climb onto the cube. */
  readonly lean: number;
}

/** Distance of the cube from its goal at which the script stops, metres. */
const DONE_DISTANCE = 0.015;
/** Maximum distance of the tool from the line through cube and goal while pushing, metres. */
const MAX_SIDE = 0.015;
/** Distance that a low tool keeps from the cube's centre, metres. */
const KEEP_OUT = 0.06;
/** Maximum displacement in a step while moving and while pushing, metres. */
const MAX_MOVE = 0.035;
const MAX_PUSH = 0.025;
/** Height below which the tool leans down, metres, unless it stands still or rises by these displacements in a step. */
const LEAN_HEIGHT = 0.06;
const STILL = 0.002;
const RISING = 0.02;

/** Returns the command for the next step. */
export function pushCommand(observation: NamedObservation, settings: PushSettings): ToolCommand {
  const { displacement, fingers } = uprightCommand(observation, settings);
  const [x, y, z] = displacement;
  const leans = observation.tool[2]! < LEAN_HEIGHT && Math.hypot(x, y) > STILL && z < RISING;
  return { displacement: leans ? [x, y, z - settings.lean] : displacement, fingers };
}

function uprightCommand(
  { tool, object, goal }: NamedObservation,
  { height, clearHeight, behind }: PushSettings,
): ToolCommand {
  const [gx, gy] = [goal[0]! - object[0]!, goal[1]! - object[1]!];
  const goalDistance = Math.hypot(gx, gy);
  if (goalDistance < DONE_DISTANCE) return { displacement: [0, 0, 0], fingers: -1 };
  const [dx, dy] = [gx / goalDistance, gy / goalDistance];
  // The tool relative to the cube, and its coordinates along and across the push direction.
  const [rx, ry] = [tool[0]! - object[0]!, tool[1]! - object[1]!];
  const along = rx * dx + ry * dy;
  const side = -rx * dy + ry * dx;
  const isLow = tool[2]! < height + 0.02;
  if (isLow && along < -0.02 && along > -behind - 0.03 && Math.abs(side) < MAX_SIDE) {
    // Push by a share of the remaining distance, and correct the deviation from the line.
    const push = Math.min(0.4 * goalDistance + 0.004, MAX_PUSH);
    const displacement = [
      push * dx + 0.4 * side * dy,
      push * dy - 0.4 * side * dx,
      0.9 * (height - tool[2]!),
    ] as const;
    return { displacement, fingers: -1 };
  }
  const start = [object[0]! - behind * dx, object[1]! - behind * dy] as const;
  const startDistance = Math.hypot(start[0] - tool[0]!, start[1] - tool[1]!);
  const passesCube = clearance([rx, ry], [start[0] - object[0]!, start[1] - object[1]!]) < KEEP_OUT - 0.005;
  const isHigh = tool[2]! > clearHeight - 0.03;
  if (startDistance < 0.02) {
    return { displacement: stepTowards(tool, [...start, height], 0.6, MAX_MOVE), fingers: -1 };
  }
  if (!passesCube && (isLow || !isHigh)) {
    const target = [...start, Math.max(height, tool[2]! - 0.01)];
    return { displacement: stepTowards(tool, target, 0.6, MAX_MOVE), fingers: -1 };
  }
  // Near the cube, rise before moving across it.
  const isFree = isHigh || Math.hypot(rx, ry) > KEEP_OUT + 0.03;
  const across = isFree ? start : ([tool[0]!, tool[1]!] as const);
  return { displacement: stepTowards(tool, [...across, clearHeight], 0.6, MAX_MOVE), fingers: -1 };
}

/** Returns the minimum distance of the segment from a to b to the origin, metres. */
function clearance(a: readonly [number, number], b: readonly [number, number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const share = -(a[0] * dx + a[1] * dy) / Math.max(dx * dx + dy * dy, 1e-9);
  const t = Math.min(Math.max(share, 0), 1);
  return Math.hypot(a[0] + t * dx, a[1] + t * dy);
}
