/** @file The environments there are, by name, and how one is made. */

import { sizeOf } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import { refuse, suggest } from "../shared/errors.ts";
import { type ArmModel, armReach, checkArmModel } from "./arm/arm-model.ts";
import { ArmObservation } from "./arm/arm-observation.ts";
import { ArmEnv, type ArmEnvSettings, type Timing } from "./arm-env.ts";
import { type ActionMeaning, actionMeanings, CONTROL_MODES, type ControlMode } from "./control/control.ts";
import { InteractiveArm } from "./interactive-arm.ts";
import { arm3 } from "./models/arm3.ts";
import { panda } from "./models/panda.ts";
import { pandaGripper } from "./models/panda-gripper.ts";
import { planar2 } from "./models/planar2.ts";
import { planar3 } from "./models/planar3.ts";
import type { Table } from "./scene.ts";
import { pickAndPlaceTask } from "./tasks/pick-and-place.ts";
import { pushTask } from "./tasks/push.ts";
import { type ReachSettings, ReachTask } from "./tasks/reach.ts";
import { REWARD_NAMES } from "./tasks/reward.ts";
import { slideTask } from "./tasks/slide.ts";
import type { Workspace } from "./tasks/tabletop-task.ts";
import type { Task } from "./tasks/task.ts";
import { type ImportedArm, importUrdf, reachableOf } from "./urdf/import-urdf.ts";
import { readUrdfFile } from "./urdf/urdf-file.ts";
import { loadPhysics } from "./world.ts";

/** What a task may be told. */
export type TaskOptions = Pick<EnvConfig, "relativeInputs">;

/** An environment as data. */
export interface EnvironmentDefinition {
  readonly arm: ArmModel;
  readonly task: string;
  /** Under which it can be solved. */
  readonly controls: readonly ControlMode[];
  readonly timing: Timing;
  /** Where goals can be: a ball, metres. */
  readonly reachable: ReachSettings["reachable"];
  readonly makeTask: (options: TaskOptions) => Task;
}

/** An arm, and where it can do what. */
interface ArmDefinition {
  readonly model: ArmModel;
  /** About the shoulder. */
  readonly reachable: ReachSettings["reachable"];
  /** None for an arm that stands on no table: it only reaches. */
  readonly workspace?: Workspace;
}

/** 25 Hz for 2 s, as in Fetch and panda-gym; substeps of 200 Hz are fine enough for pushing, 500 Hz for gripping. */
const TIMING: Timing = { physicsTimestep: 1 / 200, substeps: 8, maxEpisodeSteps: 50 };
const GRIP_TIMING: Timing = { physicsTimestep: 1 / 500, substeps: 20, maxEpisodeSteps: 50 };

const PANDA_REACHABLE = { center: [0, 0, 0.333], radius: 0.8 } as const;
const PANDA_WORKSPACE: Workspace = { center: [0.55, 0, 0], halfExtent: 0.15, pushHeight: 0.03 };

/** By name, in the order in which they are listed. */
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

/** Tables begin this far behind the base and are this wide to each side, metres: panda-gym. */
const TABLE = { behind: 0.25, halfWidth: 0.35 };
/** Metres from the base to the far edge: panda-gym's two tables. */
const TABLE_END = 0.85;
const LONG_TABLE_END = 1.4;

/**
 * How a puck can be thrown. At a joint's 1 rad/s, or 0.05 rad a step, no posture of the Panda drives it fast
 * enough for a third of its goals: bench/slide-speed.ts.
 */
const THROWING: readonly ControlMode[] = ["torque", "ee"];

function tableTo(end: number): Omit<Table, "friction"> {
  const { behind, halfWidth } = TABLE;
  return { center: [(end - behind) / 2, 0, 0], halfExtents: [(end + behind) / 2, halfWidth] };
}

/**
 * What each arm can be asked to do; a gripper is for gripping, an arm without one pushes. Only an arm of 1 m
 * is long and strong enough to throw a puck out of its own reach by a quarter of its torques.
 */
function environmentsOf({ model, reachable, workspace }: ArmDefinition): EnvironmentDefinition[] {
  const arm = model;
  const reach = reachDefinition(model, reachable);
  if (workspace === undefined) return [reach];
  const define = (
    task: string,
    timing: Timing,
    make: typeof pushTask,
    end: number,
    controls: readonly ControlMode[] = CONTROL_MODES,
  ): EnvironmentDefinition => ({
    arm,
    task,
    controls,
    timing,
    reachable: { center: workspace.center, radius: reachable.radius },
    makeTask: ({ relativeInputs }) => make(model, workspace, tableTo(end), relativeInputs),
  });
  return model.gripper === undefined
    ? [
        reach,
        define("push", TIMING, pushTask, TABLE_END),
        ...(armReach(model) > 1 ? [define("slide", TIMING, slideTask, LONG_TABLE_END, THROWING)] : []),
      ]
    : [reach, define("pick-and-place", GRIP_TIMING, pickAndPlaceTask, TABLE_END)];
}

function reachDefinition(arm: ArmModel, reachable: ReachSettings["reachable"]): EnvironmentDefinition {
  const makeTask = () => new ReachTask(arm, { reachable });
  return { arm, task: "reach", controls: CONTROL_MODES, timing: TIMING, reachable, makeTask };
}

/** By id, `<arm>-<task>`. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentDefinition>> = Object.fromEntries(
  ARMS.flatMap(environmentsOf).map((definition) => [`${definition.arm.name}-${definition.task}`, definition]),
);

/**
 * Makes an environment; whoever asked disposes of it.
 *
 * @param gamma the agent's discount factor, which a reward shaped by a potential is made for
 * @throws InputError if there is none of that name under that control
 */
export async function makeEnv(config: EnvConfig, gamma: number): Promise<ArmEnv> {
  const settings = armSettings(config, gamma);
  return new ArmEnv(await loadPhysics(config.physics), settings);
}

/**
 * As makeEnv, but an arm to disturb and to watch from substep to substep; whoever asked disposes of it.
 *
 * @throws InputError if there is none of that name under that control
 */
export async function makeInteractive(config: EnvConfig, gamma: number): Promise<InteractiveArm> {
  const settings = armSettings(config, gamma);
  return new InteractiveArm(await loadPhysics(config.physics), settings);
}

function armSettings(config: EnvConfig, gamma: number): ArmEnvSettings {
  const { id, control } = config;
  const { arm, timing, controls, makeTask } = definitionOf(config);
  if (!controls.includes(control)) {
    throw refuse(
      "env.control",
      `${controls.join(" or ")} for ${id}`,
      control,
      "What it asks for cannot be done under that one: docs/tasks.md",
    );
  }
  checkArmModel(arm, timing.physicsTimestep);
  return { ...config, id, model: arm, task: makeTask(config), timing, gamma };
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

/** All environments that there are under the given control. */
export function describeEnvironments(
  config: Pick<EnvConfig, "control" | "torqueScale"> & TaskOptions,
): readonly EnvironmentSummary[] {
  const possible = Object.entries(ENVIRONMENTS).filter(([, { controls }]) =>
    controls.includes(config.control),
  );
  return possible.map(([id, { arm, task: name, timing, makeTask }]) => {
    const task = makeTask(config);
    return {
      id,
      arm: arm.name,
      task: name,
      control: config.control,
      rewards: REWARD_NAMES,
      observationSize: sizeOf(new ArmObservation(arm, task).space),
      goalSize: sizeOf(task.goalSpace),
      actionSize: actionMeanings(arm, config).length,
      maxEpisodeSteps: timing.maxEpisodeSteps,
      controlTimestep: timing.physicsTimestep * timing.substeps,
      actions: actionMeanings(arm, config),
    };
  });
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
  return reachDefinition(model, reachableOf(model));
}

function imported(urdf: EnvConfig["urdf"]): ImportedArm {
  return importUrdf(readUrdfFile(urdf.file, urdf.sha256).text, urdf.file, {
    ...urdf,
    physicsTimestep: TIMING.physicsTimestep,
  });
}

/** What of a config's URDF is not in its arm, a line each; none without a URDF. Throws InputError if it is none. */
export function leftOutOf({ urdf }: Pick<EnvConfig, "urdf">): readonly string[] {
  return urdf.file === "" ? [] : imported(urdf).leftOut;
}
