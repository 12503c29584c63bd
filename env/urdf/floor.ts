/** @file The height below which an imported arm has no goals. */

import { dot, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { toolAtHome } from "../tasks/reach-points.ts";
import { defaultHome, MIN_PARALLEL_COSINE } from "./import-urdf.ts";

/** Height above which the tool does not count as below the root link, metres: UR robots stretch 5 mm below it. */
const BELOW = -0.02;

/** Minimum cosine between a vertical axis and z. */
const MIN_VERTICAL_COSINE = 0.7;

/**
 * Returns 0, the root link's height, for an arm that stands on it. −Infinity for other arms: one that hangs has its tool
 * below the root link; one on a wall has a first axis that is not vertical; a planar arm that lies has vertical axes only.
 */
export function floorOf(model: ArmModel): number {
  const inFile = { ...model, home: model.links.map(({ limits }) => defaultHome(limits)) };
  if (toolAtHome(model)[2] < BELOW || toolAtHome(inFile)[2] < BELOW) return -Infinity;
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  const axes = model.links.map((_, i): Vec3 => {
    const [x = 0, y = 0, z = 0] = kinematics.axes.subarray(3 * i, 3 * i + 3);
    return [x, y, z];
  });
  const [first = [0, 0, 1]] = axes;
  const isPlanar = axes.every((axis) => Math.abs(dot(axis, first)) >= MIN_PARALLEL_COSINE);
  const isFirstVertical = Math.abs(first[2]) >= MIN_VERTICAL_COSINE;
  return isPlanar === isFirstVertical ? -Infinity : 0;
}
