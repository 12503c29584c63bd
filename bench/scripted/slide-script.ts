/** @file Slides a puck to its goal by hand-written rules: get behind it, drive it as fast as friction will use up, stop. */

import type { Reading } from "./reading.ts";
import { towards, type Wish } from "./tool-driver.ts";

/** What an arm's tool is like, and how far it gets. Metres. */
export interface Slider {
  readonly height: number;
  /** From the puck's middle where it gets ready. */
  readonly behind: number;
  /** Along x, where it must have let go. */
  readonly reach: number;
}

/** Of puck on table. */
const FRICTION = 0.1;
const GRAVITY = 9.81;
/** Seconds of a step. */
const TIMESTEP = 0.04;
/** Metres to the side of the line through puck and goal within which it drives. */
const STRAIGHT = 0.012;
/** Share of that speed that it aims at: the tool follows with some overshoot. */
const CAUTION = 0.97;
/** m/s gained in a step at most. */
const GAIN = 0.24;
/** m/s at which it touches the puck: a faster one throws it, a slower one leaves less way to drive it. */
const TOUCH = 0.35;

export function slideWish(reading: Reading, { height, behind, reach }: Slider): Wish {
  const { tool, object, objectVelocity, goal } = reading;
  const [gx, gy] = [goal[0]! - object[0]!, goal[1]! - object[1]!];
  const left = Math.hypot(gx, gy);
  const [dx, dy] = [gx / Math.max(left, 1e-6), gy / Math.max(left, 1e-6)];
  const speed = objectVelocity[0]! * dx + objectVelocity[1]! * dy;
  // What it needs where it will be a step from now.
  const ahead = Math.max(left - TIMESTEP * Math.max(speed, 0), 0);
  const enough = Math.sqrt(2 * FRICTION * GRAVITY * ahead);
  const [rx, ry] = [tool[0]! - object[0]!, tool[1]! - object[1]!];
  const along = rx * dx + ry * dy;
  const side = -rx * dy + ry * dx;
  if (speed >= CAUTION * enough || object[0]! > reach) {
    return { way: [-0.005, 0, 0.5 * (height - tool[2]!)], fingers: -1 };
  }
  const ready = along < -0.03 && along > -behind - 0.02 && Math.abs(side) < STRAIGHT;
  if (ready || speed > 0.1) {
    const own = reading.toolVelocity[0]! * dx + reading.toolVelocity[1]! * dy;
    const drive = Math.min(CAUTION * enough, speed < TOUCH / 2 ? TOUCH : own + GAIN) * TIMESTEP;
    const back = 0.4 * side;
    return { way: [drive * dx + back * dy, drive * dy - back * dx, 0.5 * (height - tool[2]!)], fingers: -1 };
  }
  const start = [object[0]! - behind * dx, object[1]! - behind * dy, height];
  return { way: towards(tool, start, 0.5, 0.03), fingers: -1 };
}
