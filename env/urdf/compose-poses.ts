/** @file Composition of poses. */

import { add, multiply, rotate } from "../../shared/vec3.ts";
import type { Pose } from "./robot.ts";

/** Returns the pose b, given in the frame of a, in the frame that a is given in. */
export function compose(a: Pose, b: Pose): Pose {
  return {
    position: add(a.position, rotate(a.orientation, b.position)),
    orientation: multiply(a.orientation, b.orientation),
  };
}
