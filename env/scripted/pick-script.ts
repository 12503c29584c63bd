/** @file A script that picks up a cube and holds it at its goal: move over it, down, close the fingers, carry. */

import type { NamedObservation } from "./named-observation.ts";
import { stepTowards, type ToolCommand } from "./tool-driver.ts";

/** Height above the cube's centre from which the tool moves straight down, metres. */
const APPROACH_HEIGHT = 0.07;
/** Maximum horizontal offset at which the tool moves down, metres. */
const MAX_OFFSET = 0.012;
/** Maximum vertical offset at which the fingers close, metres. */
const MAX_HEIGHT_OFFSET = 0.012;
/** Maximum gap of fingers that hold the cube, metres: slightly more than its edge. */
const HOLDING_GAP = 0.043;
/** Maximum displacement in a step while empty and while carrying, metres. */
const MAX_MOVE = 0.05;
const MAX_CARRY = 0.03;

/** Returns the command for the next step. */
export function pickCommand({ tool, object, goal, gap, gapSpeed }: NamedObservation): ToolCommand {
  const offset = Math.hypot(tool[0]! - object[0]!, tool[1]! - object[1]!);
  const height = tool[2]! - object[2]!;
  const isAtCube = offset < 0.02 && Math.abs(height) < MAX_HEIGHT_OFFSET;
  if (isAtCube && gap < HOLDING_GAP && Math.abs(gapSpeed) < 0.05) {
    const target = [0, 1, 2].map((axis) => goal[axis]! + tool[axis]! - object[axis]!);
    return { displacement: stepTowards(tool, target, 0.4, MAX_CARRY), fingers: -1 };
  }
  if (isAtCube) return { displacement: stepTowards(tool, object, 0.5, 0.01), fingers: -1 };
  const approach = object[2]! + APPROACH_HEIGHT;
  let targetHeight = approach;
  if (offset < MAX_OFFSET) targetHeight = object[2]!;
  else if (offset < 0.05 && height < APPROACH_HEIGHT) targetHeight = Math.max(tool[2]!, approach);
  const target = [object[0]!, object[1]!, targetHeight];
  return { displacement: stepTowards(tool, target, 0.5, MAX_MOVE), fingers: 1 };
}
