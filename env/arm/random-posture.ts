/** @file Random postures of an arm: joint angles anywhere within the limits, with no part below the floor. */

import { InputError } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import type { ArmModel } from "./arm-model.ts";
import { ArmKinematics } from "./kinematics.ts";

/** Minimum distance from a joint limit, rad. */
const LIMIT_MARGIN = 0.05;

/** Between a third and a half of the draws are accepted for the built-in arms. */
const MAX_DRAWS = 1000;

/**
 * Draws joint angles uniformly within the limits such that every joint and the tool are at or above the arm's floor,
 * [N] rad; the caller owns them.
 *
 * Arms do not collide with themselves, so a posture may be one that a real arm could not take.
 *
 * @throws InputError if repeated draws give none
 */
export function drawPosture(model: ArmModel, rng: Rng): Float64Array {
  const { floor = 0 } = model;
  const kinematics = new ArmKinematics(model);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const angles = Float64Array.from(model.links, ({ limits }) => {
      const [low, high] = limits ?? [-Math.PI, Math.PI];
      const margin = limits === null ? 0 : Math.min(LIMIT_MARGIN, (high - low) / 2);
      return rng.uniformIn(low + margin, high - margin);
    });
    kinematics.update(angles);
    const { positions, endEffector } = kinematics;
    const isAbove = model.links.every((_, i) => positions[3 * i + 2]! >= floor);
    if (isAbove && endEffector[2]! >= floor) return angles;
  }
  throw new InputError(
    `${model.name}: expected a random posture with no joint below a height of ${floor} m, got none in ${MAX_DRAWS} draws`,
  );
}
