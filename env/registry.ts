/**
 * @file The environments by name, and how to make one.
 *
 * Import order inside env/, lowest first; a file imports from its own row and the rows above it:
 *
 *   body, world, scene             Rapier, bodies, table and objects
 *   checked-file                   files whose checksum a run records
 *   arm/                           arm model, kinematics, dynamics, ArmWorld
 *   models/, control/, tasks/, variation, urdf/
 *   arm-observation, arm-episode
 *   arm-env, interactive-arm
 *   registry, beside own-env, import-lines
 *
 * check/ imports shared/ only: it checks any GoalEnv.
 */

import { sizeOf } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { refuse, suggest, unquoted } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { type ArmModel, armReach, checkArmModel } from "./arm/arm-model.ts";
import { ArmEnv } from "./arm-env.ts";
import type { ArmEpisodeSettings, Timing } from "./arm-episode.ts";
import { ArmObservation } from "./arm-observation.ts";
import {
  type ActionMeaning,
  actionMeanings,
  CONTROL_MODES,
  type ControlMode,
} from "./control/action-meaning.ts";
import { InteractiveArm } from "./interactive-arm.ts";
import { arm3 } from "./models/arm3.ts";
import { panda } from "./models/panda.ts";
import { pandaGripper } from "./models/panda-gripper.ts";
import { planar2 } from "./models/planar2.ts";
import { planar3 } from "./models/planar3.ts";
import { makeOwnEnv } from "./own-env.ts";
import type { Table } from "./scene.ts";
import { pickAndPlaceTask } from "./tasks/pick-and-place.ts";
import { pushTask } from "./tasks/push.ts";
import { ReachTask } from "./tasks/reach.ts";
import type { ReachSettings } from "./tasks/reach-points.ts";
import { REWARD_NAMES } from "./tasks/reward.ts";
import { slideTask } from "./tasks/slide.ts";
import type { Workspace } from "./tasks/tabletop-task.ts";
import type { Task } from "./tasks/task.ts";
import type { ArmVisuals } from "./urdf/arm-visuals.ts";
import { examineUrdf } from "./urdf/import-urdf.ts";
import { type ImportedArm, type ImportOptions, importArm } from "./urdf/imported-arm.ts";
import { readUrdfFile } from "./urdf/urdf-file.ts";
import type { UrdfGaps } from "./urdf/urdf-gaps.ts";
import { loadPhysics } from "./world.ts";

/** Settings that a task depends on. */
export type TaskOptions = Pick<EnvConfig, "relativeInputs">;

/** An environment as data. */
export interface EnvironmentDefinition {
  readonly arm: ArmModel;
  readonly task: string;
  /** Control modes under which the task can be solved. */
  readonly controls: readonly ControlMode[];
  readonly timing: Timing;
  /** Ball that goals lie in, metres. */
  readonly reachable: ReachSettings["reachable"];
  readonly makeTask: (options: TaskOptions) => Task;
  /** What an imported arm looks like. */
  readonly visuals?: ArmVisuals;
}

/** An arm and where it can work. */
interface ArmDefinition {
  readonly model: ArmModel;
  /** Ball about the shoulder. */
  readonly reachable: ReachSettings["reachable"];
  /** Absent for an arm without a table: it only has the reach task. */
  readonly workspace?: Workspace;
}

/** 25 Hz for 2 s, as in Fetch and panda-gym. Reaching and pushing need substeps of 200 Hz, gripping of 250 Hz. */
const TIMING: Timing = { physicsTimestep: 1 / 200, substeps: 8, maxEpisodeSteps: 50 };
const GRIP_TIMING: Timing = { physicsTimestep: 1 / 250, substeps: 10, maxEpisodeSteps: 50 };

const PANDA_REACHABLE = { center: [0, 0, 0.333], radius: 0.8 } as const;
const PANDA_WORKSPACE: Workspace = { center: [0.55, 0, 0], halfExtent: 0.15, pushHeight: 0.03 };

/** In the order in which `steadyarm envs` lists them. */
const ARMS: readonly ArmDefinition[] = [
  { model: panda, reachable: PANDA_REACHABLE, workspace: PANDA_WORKSPACE },
  { model: pandaGripper, reachable: PANDA_REACHABLE, workspace: PANDA_WORKSPACE },
  { model: planar2, reachable: { center: [0, 0, 0], radius: 0.78 } },
  { model: planar3, reachable: { center: [0, 0, 0], radius: 0.78 } },
  {
    model: arm3,
    reachable: { center: [0, 0, 0.3], radius: 0.68 },
    workspace: { center: [0.4, 0, 0], halfExtent: 0.1, pushHeight: 0.05 },
  },
];

/** Tables start this far behind the base and extend this far to each side, metres: panda-gym. */
const TABLE = { behind: 0.25, halfWidth: 0.35 };
/** Distance from the base to the far edge, metres: panda-gym's two tables. */
const TABLE_END = 0.85;
const LONG_TABLE_END = 1.4;

/**
 * Control modes that can throw a puck. At 1 rad/s for each joint, or 0.05 rad a step, no posture of the Panda is fast
 * enough for a third of the goals: bench/slide-speed.ts.
 */
const THROWING: readonly ControlMode[] = ["torque", "ee"];

/** Minimum reach of an arm that can throw a puck out of its own reach with a quarter of its torques, metres. */
const MIN_THROWING_REACH = 1;

function tableTo(end: number): Omit<Table, "friction"> {
  const { behind, halfWidth } = TABLE;
  return { center: [(end - behind) / 2, 0, 0], halfExtents: [(end + behind) / 2, halfWidth] };
}

/** Returns an arm's environments: with a gripper it picks and places, without one it pushes and slides. */
function environmentsOf({ model, reachable, workspace }: ArmDefinition): EnvironmentDefinition[] {
  const reach = reachDefinition(model, { reachable });
  if (workspace === undefined) return [reach];
  const tabletop = (
    task: string,
    timing: Timing,
    make: typeof pushTask,
    tableEnd: number,
    controls: readonly ControlMode[] = CONTROL_MODES,
  ): EnvironmentDefinition => ({
    arm: model,
    task,
    controls,
    timing,
    reachable: { center: workspace.center, radius: reachable.radius },
    makeTask: ({ relativeInputs }) => make(model, workspace, tableTo(tableEnd), relativeInputs),
  });
  if (model.gripper !== undefined) {
    return [reach, tabletop("pick-and-place", GRIP_TIMING, pickAndPlaceTask, TABLE_END)];
  }
  const push = tabletop("push", TIMING, pushTask, TABLE_END);
  if (armReach(model) <= MIN_THROWING_REACH) return [reach, push];
  return [reach, push, tabletop("slide", TIMING, slideTask, LONG_TABLE_END, THROWING)];
}

function reachDefinition(arm: ArmModel, settings: ReachSettings): EnvironmentDefinition {
  const makeTask = () => new ReachTask(arm, settings);
  const { reachable } = settings;
  return { arm, task: "reach", controls: CONTROL_MODES, timing: TIMING, reachable, makeTask };
}

/** By id, `<arm>-<task>`. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentDefinition>> = Object.fromEntries(
  ARMS.flatMap(environmentsOf).map((definition) => [`${definition.arm.name}-${definition.task}`, definition]),
);

/**
 * Makes an environment, a built-in one or that of `env.module`; the caller disposes of it.
 *
 * @param gamma the agent's discount factor, used by the potential-shaped reward
 * @throws InputError if the environment or its control mode does not exist, or the module makes none
 */
export async function makeEnv(config: EnvConfig, gamma: number): Promise<GoalEnv> {
  return isOwn(config) ? makeOwnEnv(config.module) : makeArmEnv(config, gamma);
}

/** Makes a built-in environment or that of a robot file; otherwise like `makeEnv`. */
export async function makeArmEnv(config: EnvConfig, gamma: number): Promise<ArmEnv> {
  const settings = episodeSettings(config, gamma);
  return new ArmEnv(await loadPhysics(config.physics), settings);
}

/** Returns how a worker thread makes the environment of `makeEnv(config, gamma)`. */
export function envModule(config: EnvConfig, gamma: number): EnvModule {
  return { url: import.meta.url, create: makeEnv.name, args: [config, gamma] };
}

/** Returns whether the environment is made by a module of the user. */
export function isOwn({ module }: Pick<EnvConfig, "module">): boolean {
  return module.file !== "";
}

/** Returns how worker threads make the environment and, unless it is the user's own, its arm without a time limit. */
export function workerModules(
  config: EnvConfig,
  gamma: number,
): { readonly envModule: EnvModule; readonly interactive?: EnvModule } {
  const made = { envModule: envModule(config, gamma) };
  return isOwn(config) ? made : { ...made, interactive: interactiveModule(config, gamma) };
}

/** Makes the arm of an environment for live viewing; otherwise like `makeEnv`. */
export async function makeInteractive(config: EnvConfig, gamma: number): Promise<InteractiveArm> {
  const settings = episodeSettings(config, gamma);
  return new InteractiveArm(await loadPhysics(config.physics), settings);
}

/** Returns how a worker thread makes the arm of `makeInteractive(config, gamma)`. */
export function interactiveModule(config: EnvConfig, gamma: number): EnvModule {
  return { url: import.meta.url, create: makeInteractive.name, args: [config, gamma] };
}

function episodeSettings(config: EnvConfig, gamma: number): ArmEpisodeSettings {
  const { id, control } = config;
  const { arm, timing, controls, makeTask } = definitionOf(config);
  if (!controls.includes(control)) {
    throw refuse(
      "env.control",
      `${controls.join(" or ")} for ${id}`,
      control,
      `The task cannot be solved under ${control} control: docs/tasks.md`,
    );
  }
  checkArmModel(arm, timing.physicsTimestep);
  return { ...config, id, model: arm, task: makeTask(config), timing, gamma };
}

/** Public description of an environment under one control mode. */
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
  /** Meaning of ±1 in each element of an action. */
  readonly actions: readonly ActionMeaning[];
}

/** Describes all environments that exist under the given control mode. */
export function describeEnvironments(
  config: Pick<EnvConfig, "control" | "torqueScale"> & TaskOptions,
): readonly EnvironmentSummary[] {
  const { control } = config;
  const available = Object.entries(ENVIRONMENTS).filter(([, { controls }]) => controls.includes(control));
  return available.map(([id, { arm, task: taskName, timing, makeTask }]) => {
    const task = makeTask(config);
    const actions = actionMeanings(arm, config);
    return {
      id,
      arm: arm.name,
      task: taskName,
      control,
      rewards: REWARD_NAMES,
      observationSize: sizeOf(new ArmObservation(arm, task).space),
      goalSize: sizeOf(task.goalSpace),
      actionSize: actions.length,
      maxEpisodeSteps: timing.maxEpisodeSteps,
      controlTimestep: timing.physicsTimestep * timing.substeps,
      actions,
    };
  });
}

/**
 * Returns the environment that a config names, including an arm from a URDF.
 *
 * @throws InputError if there is no such environment, or if the URDF is invalid or its arm has no goals
 */
export function definitionOf({
  id,
  urdf,
  module,
}: Pick<EnvConfig, "id" | "urdf" | "module">): EnvironmentDefinition {
  if (module.file !== "") {
    throw refuse(
      "env",
      "a built-in arm or one of a URDF or MJCF file, which can be shown, pushed and scripted",
      unquoted(`the environment of ${module.file}`),
      "steadyarm train, eval, doctor, watch, export, replay, check-env, bench and serve-env take it",
    );
  }
  if (urdf.file !== "") return urdfDefinition(id, urdf);
  const definition = Object.hasOwn(ENVIRONMENTS, id) ? ENVIRONMENTS[id] : undefined;
  if (definition === undefined) {
    throw refuse("env.id", "an environment's name", id, suggest(id, Object.keys(ENVIRONMENTS)));
  }
  return definition;
}

/** The task of an imported arm. */
const URDF_TASK = "reach";

function urdfDefinition(id: string, urdf: EnvConfig["urdf"]): EnvironmentDefinition {
  if (Object.hasOwn(ENVIRONMENTS, id) || !id.endsWith(`-${URDF_TASK}`)) {
    throw refuse(
      "env.id",
      `<name>-${URDF_TASK} for the arm of env.urdf.file, with a name that no built-in arm has`,
      id,
      `Use --env my-arm-${URDF_TASK}, or leave --env out`,
    );
  }
  const { model, goals, visuals } = importArm(...urdfInput(urdf));
  return { ...reachDefinition(model, goals), visuals };
}

function urdfInput(urdf: EnvConfig["urdf"]): [text: string, where: string, options: ImportOptions] {
  const { physicsTimestep } = TIMING;
  return [readUrdfFile(urdf.file, urdf.sha256).text, urdf.file, { ...urdf, physicsTimestep }];
}

/**
 * Returns the arm of a config's URDF with its goals, and what was assumed and left out; undefined without a URDF.
 *
 * @throws InputError if the URDF is invalid or its arm has no goals
 */
export function importedArm({ urdf }: Pick<EnvConfig, "urdf">): ImportedArm | undefined {
  return urdf.file === "" ? undefined : importArm(...urdfInput(urdf));
}

/**
 * Returns the arm of a URDF, with suggested torques and masses where it has none.
 *
 * @throws InputError if the URDF is invalid or its arm has no goals
 */
export function examineArm(urdf: EnvConfig["urdf"]): { readonly arm: ImportedArm; readonly gaps: UrdfGaps } {
  const [text, where, options] = urdfInput(urdf);
  const { gaps } = examineUrdf(text, where, options);
  return { arm: importArm(text, where, { ...options, ...gaps.settings }), gaps };
}
