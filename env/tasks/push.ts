/**
 * @file The push task: slide a cube over a table to a point.
 *
 * Starts and goals as in Fetch: the tool starts low above the centre of the workspace, the cube at least
 * 10 cm from there, the goal anywhere in the workspace. The cube is lighter than Fetch's (2 kg) and
 * panda-gym's (1 kg): `env.torqueScale` of the arm's torques must move it against friction.
 */

import type { ArmModel } from "../arm/arm-model.ts";
import type { Scene, Table } from "../scene.ts";
import {
  drawAround,
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

/** Half the cube's edge, metres: Fetch. */
const HALF = 0.025;
/** kg. */
const MASS = 0.5;
/** Between cube and table; arms have 1 on the cube. */
const TABLE_FRICTION = 0.5;
/** Minimum distance between tool and cube at the start, metres: Fetch. */
const MIN_DISTANCE = 0.1;
/** Distance in a near start, minimum and maximum, metres: clear of the tool. */
const NEAR_DISTANCE = [0.07, 0.09] as const;

export function pushTask(
  model: ArmModel,
  workspace: Workspace,
  table: Omit<Table, "friction">,
  relativeInputs: boolean,
): Task {
  const { center, pushHeight } = workspace;
  const scene: Scene = {
    table: { ...table, friction: TABLE_FRICTION },
    objects: [{ name: "cube", halfExtents: [HALF, HALF, HALF], mass: MASS, friction: 1 }],
  };
  const tool = new ToolStart(model);
  const height = center[2] + HALF;
  return tabletopTask({
    name: "push",
    goalAxes: [0, 1],
    scene,
    goalRegion: workspaceRegion(workspace, HALF, HALF),
    relativeInputs,
    drawStart: (rng, difficulty) => {
      const angles = tool.draw(rng, [center[0], center[1], center[2] + pushHeight]);
      const cube =
        difficulty === "near"
          ? ([...drawAround(rng, [center[0], center[1]], ...NEAR_DISTANCE), height] as const)
          : drawOffCenter(rng, workspace, HALF, MIN_DISTANCE);
      return { angles, objects: [standing(cube)] };
    },
    drawGoal: (rng, cube, difficulty) =>
      difficulty === "near" ? [...drawNearGoal(rng, cube), height] : drawInWorkspace(rng, workspace, HALF),
  });
}
