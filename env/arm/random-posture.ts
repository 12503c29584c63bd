/** @file Random postures of an arm: joint angles anywhere within the limits, with no part below the base. */

import { InputError } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import type { ArmModel } from "./arm-model.ts";
import { ArmKinematics } from "./kinematics.ts";

/** Minimum distance from a joint limit, rad. */
const LIMIT_MARGIN = 0.05;

/** Between a third and a half of the draws are accepted for the built-in arms. */
const MAX_DRAWS = 1000;

/**
 * Draws joint angles uniformly within the limits such that every joint and the tool are at or above the base's height,
 * [N] rad; the caller owns them.
 *
 * Arms do not collide with themselves, so a posture may be one that a real arm could not take.
 *
 * @throws InputError if repeated draws give none
 */
export function drawPosture(model: ArmModel, rng: Rng): Float64Array {
  const kinematics = new ArmKinematics(model);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const angles = Float64Array.from(model.links, ({ limits }) => {
      const [low, high] = limits ?? [-Math.PI, Math.PI];
      const margin = limits === null ? 0 : Math.min(LIMIT_MARGIN, (high - low) / 2);
      return rng.uniformIn(low + margin, high - margin);
    });
    kinematics.update(angles);
    const { positions, endEffector } = kinematics;
    const isAbove = model.links.every((_, i) => positions[3 * i + 2]! >= 0);
    if (isAbove && endEffector[2]! >= 0) return angles;
  }
  throw new InputError(
    `${model.name}: expected a random posture with no joint below the base, got none in ${MAX_DRAWS} draws`,
  );
}
