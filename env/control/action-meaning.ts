/** @file The control modes, and what ±1 in each element of an action stands for. */

import type { EnvConfig } from "../../shared/config.ts";
import type { ArmLink, ArmModel } from "../arm/arm-model.ts";

export type ControlMode = EnvConfig["control"];

export const CONTROL_MODES = ["torque", "velocity", "position", "ee"] as const satisfies ControlMode[];

/** rad/s for an action of 1 under velocity control: ManiSkill's pd_joint_vel. */
export const SPEED_PER_UNIT = 1;
/** rad for an action of 1 under position control: panda-gym. */
export const ANGLE_PER_UNIT = 0.05;
/** Metres for an action of 1 under end-effector control: Fetch and panda-gym. */
export const DISPLACEMENT_PER_UNIT = 0.05;
/** Metres of opening for each finger for an action of 1, under all modes but torque. */
export const OPENING_PER_UNIT = 0.02;

/** Meaning of 1 in one element of an action; −1 is the opposite. */
export interface ActionMeaning {
  /** Name of the joint or of the tool's axis, or `fingers`. */
  readonly moves: string;
  readonly quantity: "torque" | "speed" | "displacement" | "force";
  readonly amount: number;
  readonly unit: "N m" | "rad/s" | "rad" | "m" | "N";
}

const AXES = ["x", "y", "z"] as const;

/** Returns the meaning of each element of an action, [A]; the fingers' element comes last. */
export function actionMeanings(
  model: ArmModel,
  { control, torqueScale }: Pick<EnvConfig, "control" | "torqueScale">,
): readonly ActionMeaning[] {
  const motion =
    control === "ee"
      ? toolMeanings(model)
      : model.links.map((link) => jointMeaning(link, control, torqueScale));
  const { gripper } = model;
  if (gripper === undefined) return motion;
  const fingers: ActionMeaning =
    control === "torque"
      ? { moves: "fingers", quantity: "force", amount: gripper.forceLimit, unit: "N" }
      : { moves: "fingers", quantity: "displacement", amount: OPENING_PER_UNIT, unit: "m" };
  return [...motion, fingers];
}

function toolMeanings({ toolAxes }: ArmModel): readonly ActionMeaning[] {
  return toolAxes.map((axis) => ({
    moves: `tool ${AXES[axis]}`,
    quantity: "displacement",
    amount: DISPLACEMENT_PER_UNIT,
    unit: "m",
  }));
}

function jointMeaning(
  { joint, torqueLimit }: ArmLink,
  control: Exclude<ControlMode, "ee">,
  torqueScale: number,
): ActionMeaning {
  switch (control) {
    case "torque":
      return { moves: joint, quantity: "torque", amount: torqueLimit * torqueScale, unit: "N m" };
    case "velocity":
      return { moves: joint, quantity: "speed", amount: SPEED_PER_UNIT, unit: "rad/s" };
    case "position":
      return { moves: joint, quantity: "displacement", amount: ANGLE_PER_UNIT, unit: "rad" };
  }
}
