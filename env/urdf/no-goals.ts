/** @file The errors for an imported arm without goals, with a setting that gives it some. */

import { type InputError, refuse, unquoted } from "../../shared/errors.ts";
import { Rng } from "../../shared/rng.ts";
import { distance } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { drawPosture } from "../arm/random-posture.ts";
import { GOAL_HALF_EXTENT, toolAtHome } from "../tasks/reach-points.ts";
import { SUCCESS_DISTANCE } from "../tasks/reward.ts";
import { goalsOf } from "./imported-goals.ts";

/** Random postures from which the motion of the tool is measured. */
const POSTURES = 200;

/** Distance of the proposed floor from the tool, metres: below all goals. */
const DEPTH = 0.2;

/**
 * Returns the error for an arm that has hardly any goals at its home.
 *
 * @param where source of the URDF
 * @param bent  another home
 */
export function noGoals(model: ArmModel, where: string, bent: readonly number[]): InputError {
  const moves = toolMotion(model);
  const last = model.links.at(-1)?.name ?? "";
  if (moves <= SUCCESS_DISTANCE) {
    return refuse(
      `${where}: tip`,
      `joints that move it by more than ${SUCCESS_DISTANCE} m, the distance at which a goal is achieved`,
      unquoted(`at most ${moves.toFixed(3)} m`),
      `Choose a link away from the joints' axes: --set env.urdf.tip=<link>; or add one, for env.urdf.tip=tool: <link name="tool"/><joint name="flange" type="fixed"><parent link="${last}"/><child link="tool"/><origin xyz="0 0 0.1"/></joint>`,
    );
  }
  const isLow = goalsOf({ ...model, floor: -Infinity }) !== undefined;
  const remedies = [
    ...(goalsOf({ ...model, home: bent }) === undefined
      ? []
      : [`--set env.urdf.home=${JSON.stringify(bent)}`]),
    ...(isLow ? [`--set env.urdf.floor=${(toolAtHome(model)[2] - DEPTH).toFixed(2)}`] : []),
  ];
  return refuse(
    `${where}: env.urdf.home`,
    `a posture from which the tool can move to goals ${SUCCESS_DISTANCE} to ${GOAL_HALF_EXTENT} m away along each axis${isLow ? `, above the floor at ${model.floor} m` : ""}`,
    model.home,
    remedies.length === 0 ? "Set another one: --set env.urdf.home=[<rad>,…]" : `Use ${remedies.join(" or ")}`,
  );
}

/** Returns the largest distance of the tool from home at random postures, metres. */
function toolMotion(model: ArmModel): number {
  const rng = Rng.fromSeed(0).fork("motion");
  const home = toolAtHome(model);
  const distances = Array.from({ length: POSTURES }, () => {
    const posture = drawPosture({ ...model, floor: -Infinity }, rng);
    return distance(toolAtHome({ ...model, home: [...posture] }), home);
  });
  return Math.max(...distances);
}
