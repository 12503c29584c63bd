/**
 * @file The pick-and-place task: move a cube to a point on the table or in the air, for an arm with a gripper.
 *
 * The tool starts above the centre of the workspace with open fingers. Half the goals are in the air, as in
 * Fetch; the cube has panda-gym's size and starts aligned with the fingers.
 */

import type { Rng } from "../../shared/rng.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import type { Scene, Table } from "../scene.ts";
import {
  drawInWorkspace,
  drawNearGoal,
  drawOffCenter,
  standing,
  ToolStart,
  tabletopTask,
  type Workspace,
  workspaceRegion,
} from "./tabletop-task.ts";
import type { Task } from "./task.ts";

/** Half the cube's edge, metres: panda-gym. */
const HALF = 0.02;
/** kg: a wooden cube. */
const MASS = 0.1;
const TABLE_FRICTION = 0.5;
/** Height of the tool above the table at the start, metres. */
const TOOL_HEIGHT = 0.15;
/** The same in a near start, with the cube between the fingers. */
const NEAR_TOOL_HEIGHT = 0.03;
/** Share of the fingers' travel by which they are open at the start. */
const OPENING_SHARE = 0.9;
/** Minimum distance between tool and cube in the plane at the start, metres: Fetch. */
const MIN_DISTANCE = 0.1;
/** Share of goals in the air: Fetch. */
const AIR_SHARE = 0.5;
/** Maximum height of a goal, metres: panda-gym. */
const MAX_HEIGHT = 0.2;

export function pickAndPlaceTask(
  model: ArmModel,
  workspace: Workspace,
  table: Omit<Table, "friction">,
  relativeInputs: boolean,
): Task {
  const { center } = workspace;
  const scene: Scene = {
    table: { ...table, friction: TABLE_FRICTION },
    objects: [{ name: "cube", halfExtents: [HALF, HALF, HALF], mass: MASS, friction: 1 }],
  };
  const tool = new ToolStart(model);
  const opening = OPENING_SHARE * (model.gripper?.travel ?? 0);
  const lifted = (rng: Rng, [x, y, z]: Vec3): Vec3 =>
    rng.uniform() < AIR_SHARE ? [x, y, z + rng.uniformIn(0, MAX_HEIGHT)] : [x, y, z];
  return tabletopTask({
    name: "pick-and-place",
    goalAxes: [0, 1, 2],
    scene,
    goalRegion: workspaceRegion(workspace, HALF, HALF + MAX_HEIGHT),
    relativeInputs,
    drawStart: (rng, difficulty) => {
      const near = difficulty === "near";
      const height = center[2] + (near ? NEAR_TOOL_HEIGHT : TOOL_HEIGHT);
      const angles = tool.draw(rng, [center[0], center[1], height]);
      const cube: Vec3 = near
        ? [center[0], center[1], center[2] + HALF]
        : drawOffCenter(rng, workspace, HALF, MIN_DISTANCE);
      return { angles, opening, objects: [standing(cube)] };
    },
    drawGoal: (rng, cube, difficulty) => {
      const onTable: Vec3 =
        difficulty === "near"
          ? [...drawNearGoal(rng, cube), center[2] + HALF]
          : drawInWorkspace(rng, workspace, HALF);
      return lifted(rng, onTable);
    },
  });
}
