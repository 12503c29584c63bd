/** @file The current state of a simulated arm in the protocol's columns. */

import type { InteractiveArm } from "../../env/interactive-arm.ts";
import type { StateName } from "../../shared/motion-columns.ts";

/** Returns the values of every state column now. The arrays may be the arm's own: copy them to keep them. */
export function currentState(arm: InteractiveArm): Readonly<Record<StateName, ArrayLike<number>>> {
  const { kinematics, objects } = arm;
  return {
    positions: kinematics.positions,
    rotations: kinematics.rotations,
    angles: arm.angles,
    speeds: arm.speeds,
    torques: arm.torques,
    endEffector: kinematics.endEffector,
    objectPositions: objects.flatMap(({ position }) => [...position]),
    objectRotations: objects.flatMap(({ rotation }) => [...rotation]),
    openings: arm.openings,
  };
}
