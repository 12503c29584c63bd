/**
 * @file What is seen of an arm: joint angles and speeds, tool position and velocity, how far its gripper is open.
 *
 * An angle that can wrap is shown as its sine and cosine. Numbers that could not change, such as the
 * third coordinate of a planar arm's tool, are left out (dm_control's rule: no constant elements).
 */

import { type Box, box, sizeOf } from "../shared/box.ts";
import { type ArmModel, armReach } from "./arm-model.ts";
import { type ArmWorld, LIMIT_BOUND, SPEED_BOUND } from "./arm-world.ts";
import { FINGER_SPEED_BOUND, OPENING_LIMIT_BOUND } from "./gripper.ts";
import type { ArmKinematics } from "./kinematics.ts";

/** Describes and writes the observation of one arm, [O]. */
export class ArmObservation {
  /** Angles, then speeds, tool position, tool velocity, finger gap and its speed; SI. What a step can reach without being refused. */
  readonly space: Box;
  readonly #model: ArmModel;
  readonly #velocity = new Float64Array(3);

  constructor(model: ArmModel) {
    const angles = model.links.flatMap(({ limits }): [number, number][] =>
      limits === null
        ? [
            [-1, 1],
            [-1, 1],
          ]
        : [[limits[0] - LIMIT_BOUND, limits[1] + LIMIT_BOUND]],
    );
    const reach = armReach(model);
    const fastest = model.links.length * SPEED_BOUND * 2 * reach;
    const bounds = [
      ...angles,
      ...model.links.map(() => [-SPEED_BOUND, SPEED_BOUND] as const),
      ...model.toolAxes.map(() => [-reach, reach] as const),
      ...model.toolAxes.map(() => [-fastest, fastest] as const),
      ...gapBounds(model),
    ];
    this.#model = model;
    this.space = box(
      bounds.map(([low]) => low),
      bounds.map(([, high]) => high),
    );
  }

  /** The arm as it is now; the kinematics must be up to date with its angles. The caller's own. */
  of(arm: ArmWorld, kinematics: ArmKinematics): Float32Array {
    const { links, toolAxes } = this.#model;
    const seen = new Float32Array(sizeOf(this.space));
    let at = 0;
    for (let i = 0; i < links.length; i++) {
      const angle = arm.angles[i]!;
      if (links[i]!.limits === null) {
        seen[at++] = Math.sin(angle);
        seen[at++] = Math.cos(angle);
      } else {
        seen[at++] = angle;
      }
    }
    for (let i = 0; i < links.length; i++) seen[at++] = arm.speeds[i]!;
    for (const axis of toolAxes) seen[at++] = kinematics.endEffector[axis]!;
    kinematics.endEffectorVelocity(arm.speeds, this.#velocity);
    for (const axis of toolAxes) seen[at++] = this.#velocity[axis]!;
    if (arm.openings.length === 2) {
      seen[at++] = arm.openings[0]! + arm.openings[1]!;
      seen[at++] = arm.openingSpeeds[0]! + arm.openingSpeeds[1]!;
    }
    return seen;
  }
}

/** Between a gripper's fingers, metres, and how fast it grows, m/s. */
function gapBounds({ gripper }: ArmModel): [number, number][] {
  if (gripper === undefined) return [];
  return [
    [-2 * OPENING_LIMIT_BOUND, 2 * (gripper.travel + OPENING_LIMIT_BOUND)],
    [-2 * FINGER_SPEED_BOUND, 2 * FINGER_SPEED_BOUND],
  ];
}
