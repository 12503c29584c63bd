/** @file The script of each task with an object, as a policy: it gets the observations and gives the actions of a policy. */

import type { EnvConfig } from "../../shared/env-config.ts";
import { refuse } from "../../shared/errors.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import { ENVIRONMENTS } from "../registry.ts";
import { type NamedObservation, nameObservation } from "./named-observation.ts";
import { pickCommand } from "./pick-script.ts";
import { pushCommand } from "./push-script.ts";
import { slideCommand } from "./slide-script.ts";
import { type ToolCommand, ToolDriver } from "./tool-driver.ts";

/** By environment. */
const SCRIPTS: Readonly<Record<string, (observation: NamedObservation) => ToolCommand>> = {
  "panda-push": (observation) =>
    pushCommand(observation, { height: 0.03, clearHeight: 0.105, behind: 0.07, lean: 0 }),
  "arm3-push": (observation) =>
    pushCommand(observation, { height: 0.042, clearHeight: 0.135, behind: 0.085, lean: 0.01 }),
  "panda-slide": (observation) => slideCommand(observation, { height: 0.03, behind: 0.06, reach: 0.8 }),
  "panda-gripper-pick-and-place": pickCommand,
};

/** Standard deviation of the noise on recorded actions: demonstrations should show more than one way. */
const NOISE = 0.1;

/** The same for one hit whose speed is the action, so that noise decides where the puck stops. */
const NOISE_OF_A_HIT = 0.03;

/** Ids of the environments with a script. */
export const SCRIPTED: readonly string[] = Object.keys(SCRIPTS);

/** Returns the usual noise of demonstrations, with which a script still solves most episodes. */
export function demonstrationNoise({ id, control }: Pick<EnvConfig, "id" | "control">): number {
  return ENVIRONMENTS[id]?.task === "slide" && control === "ee" ? NOISE_OF_A_HIT : NOISE;
}

/** Writes a script's action for an observation into `action`. */
export type ScriptedPolicy = (observation: GoalObservation, action: Float32Array) => void;

/** Returns the script of an environment under its control mode. Throws InputError if there is no script. */
export function scriptedPolicy({ id, control, torqueScale }: EnvConfig): ScriptedPolicy {
  const script = Object.hasOwn(SCRIPTS, id) ? SCRIPTS[id] : undefined;
  const definition = ENVIRONMENTS[id];
  if (script === undefined || definition === undefined) {
    throw refuse("env.id", `an environment with a script: ${SCRIPTED.join(", ")}`, id);
  }
  const { arm, timing } = definition;
  const driver = new ToolDriver(arm, control, torqueScale, timing.physicsTimestep * timing.substeps);
  return (goalObservation, action) => {
    const observation = nameObservation(arm, goalObservation);
    driver.drive(observation, script(observation), action);
  };
}
