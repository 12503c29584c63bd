/** @file The current state of a simulated arm, and its contacts, in the protocol's columns. */

import type { InteractiveArm } from "../../env/interactive-arm.ts";
import type { StateName } from "../../shared/motion-columns.ts";
import { MAX_CONTACTS } from "../../shared/protocol-contact.ts";
import { length } from "../../shared/vec3.ts";

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

/** Returns the strongest contacts of the last substep, [C × 8]. */
export function contactsOf(arm: InteractiveArm): Float32Array {
  const strongest = arm
    .contacts()
    .sort((a, b) => length(b.force) - length(a.force))
    .slice(0, MAX_CONTACTS);
  return Float32Array.from(
    strongest.flatMap(({ first, second, point, force }) => [first, second, ...point, ...force]),
  );
}
