/** @file The errors for an imported arm without goals, with a setting that gives it some. */

import { type InputError, refuse } from "../../shared/errors.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { GOAL_HALF_EXTENT, toolAtHome } from "../tasks/reach-points.ts";
import { SUCCESS_DISTANCE } from "../tasks/reward.ts";
import { goalsOf } from "./imported-goals.ts";

/** Distance of the proposed floor from the tool, metres: below all goals. */
const DEPTH = 0.2;

/**
 * Returns the error for an arm that has hardly any goals at its home.
 *
 * @param where source of the URDF
 * @param bent  another home
 */
export function noGoals(model: ArmModel, where: string, bent: readonly number[]): InputError {
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
