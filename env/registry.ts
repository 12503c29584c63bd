/** @file The environments there are, by name, and how one is made. */

import { sizeOf } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import { refuse, suggest } from "../shared/errors.ts";
import { ArmEnv, type ArmEnvSettings, type Timing } from "./arm-env.ts";
import { type ArmModel, checkArmModel } from "./arm-model.ts";
import { ArmObservation } from "./arm-observation.ts";
import { arm3 } from "./arms/arm3.ts";
import { panda } from "./arms/panda.ts";
import { pandaGripper } from "./arms/panda-gripper.ts";
import { planar2 } from "./arms/planar2.ts";
import { planar3 } from "./arms/planar3.ts";
import { type ActionMeaning, actionMeanings } from "./control.ts";
import { InteractiveArm } from "./interactive-arm.ts";
import { type ReachSettings, ReachTask } from "./reach.ts";
import { REWARD_NAMES } from "./reward.ts";
import { type ImportedArm, importUrdf, reachableOf } from "./urdf/import-urdf.ts";
import { readUrdfFile } from "./urdf/urdf-file.ts";
import { loadPhysics } from "./world.ts";

/** An environment as data. */
export interface EnvironmentDefinition {
  readonly arm: ArmModel;
  readonly task: "reach";
  readonly reach: ReachSettings;
  readonly timing: Timing;
}

/** 25 Hz for 2 s, as in Fetch and panda-gym; nothing is touched, so substeps of 200 Hz are fine enough. */
const REACH_TIMING: Timing = { physicsTimestep: 1 / 200, substeps: 8, maxEpisodeSteps: 50 };

/** By id, `<arm>-<task>`. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentDefinition>> = {
  "panda-reach": {
    arm: panda,
    task: "reach",
    reach: { reachable: { center: [0, 0, 0.333], radius: 0.8 } },
    timing: REACH_TIMING,
  },
  "panda-gripper-reach": {
    arm: pandaGripper,
    task: "reach",
    reach: { reachable: { center: [0, 0, 0.333], radius: 0.8 } },
    timing: REACH_TIMING,
  },
  "planar2-reach": {
    arm: planar2,
    task: "reach",
    reach: { reachable: { center: [0, 0, 0], radius: 0.78 } },
    timing: REACH_TIMING,
  },
  "planar3-reach": {
    arm: planar3,
    task: "reach",
    reach: { reachable: { center: [0, 0, 0], radius: 0.78 } },
    timing: REACH_TIMING,
  },
  "arm3-reach": {
    arm: arm3,
    task: "reach",
    reach: { reachable: { center: [0, 0, 0.3], radius: 0.68 } },
    timing: REACH_TIMING,
  },
};

/**
 * Makes an environment; whoever asked disposes of it.
 *
 * @param gamma the agent's discount factor, for a reward shaped by a potential; other rewards need none
 * @throws InputError if there is none of that name
 */
export async function makeEnv(config: EnvConfig, gamma?: number): Promise<ArmEnv> {
  const settings = armSettings(config, gamma);
  return new ArmEnv(await loadPhysics(config.physics), settings);
}

/**
 * As makeEnv, but an arm to disturb and to watch from substep to substep; whoever asked disposes of it.
 *
 * @throws InputError if there is none of that name
 */
export async function makeInteractive(config: EnvConfig, gamma?: number): Promise<InteractiveArm> {
  const settings = armSettings(config, gamma);
  return new InteractiveArm(await loadPhysics(config.physics), settings);
}

function armSettings(config: EnvConfig, gamma: number | undefined): ArmEnvSettings {
  const { id } = config;
  const { arm, reach, timing } = definitionOf(config);
  checkArmModel(arm, timing.physicsTimestep);
  const task = new ReachTask(arm, reach);
  return { ...config, id, model: arm, task, timing, gamma };
}

/** What a person wants to know of an environment before using it. */
export interface EnvironmentSummary {
  readonly id: string;
  readonly arm: string;
  readonly task: string;
  readonly control: EnvConfig["control"];
  readonly rewards: readonly string[];
  readonly observationSize: number;
  readonly goalSize: number;
  readonly actionSize: number;
  readonly maxEpisodeSteps: number;
  /** Seconds. */
  readonly controlTimestep: number;
  /** What ±1 of each number of an action does. */
  readonly actions: readonly ActionMeaning[];
}

/** All environments, as they are under the given control. */
export function describeEnvironments(
  config: Pick<EnvConfig, "control" | "torqueScale">,
): readonly EnvironmentSummary[] {
  return Object.entries(ENVIRONMENTS).map(([id, { arm, task, timing }]) => ({
    id,
    arm: arm.name,
    task,
    control: config.control,
    rewards: REWARD_NAMES,
    observationSize: sizeOf(new ArmObservation(arm).space),
    goalSize: arm.toolAxes.length,
    actionSize: actionMeanings(arm, config).length,
    maxEpisodeSteps: timing.maxEpisodeSteps,
    controlTimestep: timing.physicsTimestep * timing.substeps,
    actions: actionMeanings(arm, config),
  }));
}

/**
 * The environment that a config names, an arm from a URDF included.
 *
 * @throws InputError if there is none of that name, or the URDF is none
 */
export function definitionOf({ id, urdf }: Pick<EnvConfig, "id" | "urdf">): EnvironmentDefinition {
  if (urdf.file !== "") return urdfDefinition(id, urdf);
  const definition = Object.hasOwn(ENVIRONMENTS, id) ? ENVIRONMENTS[id] : undefined;
  if (definition === undefined) {
    throw refuse("env.id", "an environment's name", id, suggest(id, Object.keys(ENVIRONMENTS)));
  }
  return definition;
}

/** The task that an imported arm can have. */
const URDF_TASK = "reach";

function urdfDefinition(id: string, urdf: EnvConfig["urdf"]): EnvironmentDefinition {
  if (Object.hasOwn(ENVIRONMENTS, id) || !id.endsWith(`-${URDF_TASK}`)) {
    throw refuse(
      "env.id",
      `<name>-${URDF_TASK} with a name of its own for the arm of env.urdf.file, or none`,
      id,
    );
  }
  const { model } = imported(urdf);
  return { arm: model, task: URDF_TASK, reach: { reachable: reachableOf(model) }, timing: REACH_TIMING };
}

function imported(urdf: EnvConfig["urdf"]): ImportedArm {
  return importUrdf(readUrdfFile(urdf.file, urdf.sha256).text, urdf.file, urdf);
}

/** What of a config's URDF is not in its arm, a line each; none without a URDF. Throws InputError if it is none. */
export function leftOutOf({ urdf }: Pick<EnvConfig, "urdf">): readonly string[] {
  return urdf.file === "" ? [] : imported(urdf).leftOut;
}
