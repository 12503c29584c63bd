/** @file Imports an arm with what a URDF does not say: its floor, its goals, and a home posture where the file has none. */

import { checkArmModel } from "../arm/arm-model.ts";
import { chooseHome } from "./bent-home.ts";
import { floorOf } from "./floor.ts";
import { importUrdf, type UrdfArm, type UrdfOptions } from "./import-urdf.ts";
import { goalsOf, type ImportedGoals } from "./imported-goals.ts";
import { noGoals } from "./no-goals.ts";

export interface ImportOptions extends UrdfOptions {
  /** Height below which there are no goals, metres; `auto`: see floorOf. */
  readonly floor: number | "auto";
}

/** An arm that can be trained. */
export interface ImportedArm extends UrdfArm {
  readonly goals: ImportedGoals;
  /** Whether its home was chosen. */
  readonly isHomeChosen: boolean;
}

/**
 * Imports an arm for the reach task. A home in the options is kept. Without one, the home is the file's, unless the arm is
 * straight or has no goals there.
 *
 * @param where source of the text, for errors
 * @throws InputError if the URDF or the arm is invalid, or if there are hardly any goals
 */
export function importArm(text: string, where: string, options: ImportOptions): ImportedArm {
  const arm = importUrdf(text, where, options);
  const imported = arm.model;
  checkArmModel(imported, options.physicsTimestep);
  const model = { ...imported, floor: options.floor === "auto" ? floorOf(imported) : options.floor };
  const goals = goalsOf(model);
  const isHomeGiven = options.home.length > 0;
  if (goals?.points === "checked-box" || (goals !== undefined && isHomeGiven)) {
    return { ...arm, model, goals, isHomeChosen: false };
  }
  const { bent, isStraight, isConfined } = chooseHome(model);
  const isFit = !isStraight && (isConfined || (goals?.reached ?? 0) > 0);
  if (goals !== undefined && isFit) return { ...arm, model, goals, isHomeChosen: false };
  const moved = { ...model, home: bent };
  const movedGoals = isHomeGiven ? undefined : goalsOf(moved);
  if (movedGoals === undefined) throw noGoals(model, where, bent);
  return { ...arm, model: moved, goals: movedGoals, isHomeChosen: true };
}
