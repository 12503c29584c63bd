/** @file A script that slides a puck to its goal: move behind it, accelerate it to the necessary speed, stop. */

import type { NamedObservation } from "./named-observation.ts";
import { stepTowards, type ToolCommand } from "./tool-driver.ts";

/** Parameters for one arm's tool, metres. */
export interface SlideSettings {
  readonly height: number;
  /** Distance behind the puck's centre from which the tool accelerates. */
  readonly behind: number;
  /** x beyond which the tool no longer drives the puck. */
  readonly reach: number;
}

/** Between puck and table. */
const FRICTION = 0.1;
const GRAVITY = 9.81;
/** Seconds of a step. */
const TIMESTEP = 0.04;
/** Maximum distance of the tool from the line through puck and goal while driving, metres. */
const MAX_SIDE = 0.012;
/** Share of the ideal speed that the script aims at: the tool overshoots slightly. */
const SPEED_SHARE = 0.97;
/** Maximum gain of speed in a step, m/s. */
const MAX_GAIN = 0.24;
/** Tool speed at first contact, m/s: a faster tool throws the puck, a slower one has less distance to accelerate it. */
const TOUCH_SPEED = 0.35;

/** Returns the command for the next step. */
export function slideCommand(
  observation: NamedObservation,
  { height, behind, reach }: SlideSettings,
): ToolCommand {
  const { tool, toolVelocity, object, objectVelocity, goal } = observation;
  const [gx, gy] = [goal[0]! - object[0]!, goal[1]! - object[1]!];
  const goalDistance = Math.hypot(gx, gy);
  const [dx, dy] = [gx / Math.max(goalDistance, 1e-6), gy / Math.max(goalDistance, 1e-6)];
  const speed = objectVelocity[0]! * dx + objectVelocity[1]! * dy;
  // Speed that friction consumes exactly, from the puck's position one step ahead.
  const nextDistance = Math.max(goalDistance - TIMESTEP * Math.max(speed, 0), 0);
  const targetSpeed = SPEED_SHARE * Math.sqrt(2 * FRICTION * GRAVITY * nextDistance);
  // The tool relative to the puck, along and across the line to the goal.
  const [rx, ry] = [tool[0]! - object[0]!, tool[1]! - object[1]!];
  const along = rx * dx + ry * dy;
  const side = -rx * dy + ry * dx;
  if (speed >= targetSpeed || object[0]! > reach) {
    return { displacement: [-0.005, 0, 0.5 * (height - tool[2]!)], fingers: -1 };
  }
  const isBehind = along < -0.03 && along > -behind - 0.02 && Math.abs(side) < MAX_SIDE;
  if (isBehind || speed > 0.1) {
    const toolSpeed = toolVelocity[0]! * dx + toolVelocity[1]! * dy;
    const nextSpeed = speed < TOUCH_SPEED / 2 ? TOUCH_SPEED : toolSpeed + MAX_GAIN;
    const drive = Math.min(targetSpeed, nextSpeed) * TIMESTEP;
    const correction = 0.4 * side;
    return {
      displacement: [drive * dx + correction * dy, drive * dy - correction * dx, 0.5 * (height - tool[2]!)],
      fingers: -1,
    };
  }
  const start = [object[0]! - behind * dx, object[1]! - behind * dy, height];
  return { displacement: stepTowards(tool, start, 0.5, 0.03), fingers: -1 };
}
