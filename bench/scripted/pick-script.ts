/** @file Picks up a cube and holds it at its goal by hand-written rules: over it, down, shut, carry. */

import type { Reading } from "./reading.ts";
import { towards, type Wish } from "./tool-driver.ts";

/** Metres over the cube's middle from where the tool comes straight down. */
const OVER = 0.07;
/** Metres beside it within which the tool may come down, and within which the fingers shut. */
const ABOVE = 0.012;
const AT = 0.012;
/** Gap of the fingers that have the cube between them, metres: its edge and a little. */
const HELD = 0.043;
/** Metres in a step, empty and carrying. */
const FAST = 0.05;
const CARRYING = 0.03;

export function pickWish({ tool, object, goal, gap, gapSpeed }: Reading): Wish {
  const beside = Math.hypot(tool[0]! - object[0]!, tool[1]! - object[1]!);
  const over = tool[2]! - object[2]!;
  const there = beside < 0.02 && Math.abs(over) < AT;
  if (there && gap < HELD && Math.abs(gapSpeed) < 0.05) {
    const target = [0, 1, 2].map((axis) => goal[axis]! + tool[axis]! - object[axis]!);
    return { way: towards(tool, target, 0.4, CARRYING), fingers: -1 };
  }
  if (there) return { way: towards(tool, object, 0.5, 0.01), fingers: -1 };
  const high =
    beside < ABOVE
      ? object[2]!
      : beside < 0.05 && over < OVER
        ? Math.max(tool[2]!, object[2]! + OVER)
        : object[2]! + OVER;
  return { way: towards(tool, [object[0]!, object[1]!, high], 0.5, FAST), fingers: 1 };
}
