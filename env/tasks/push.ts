/**
 * @file The push task: slide a cube over a table to a point.
 *
 * Goals and starts as in Fetch: the tool starts low over the middle of the workspace, the cube at least
 * 10 cm from there, the goal anywhere in the workspace. The cube is lighter than Fetch's (2 kg) and
 * panda-gym's (1 kg): torques within the arm's everyday share must move it against friction.
 */

import type { ArmModel } from "../arm/arm-model.ts";
import type { Scene, Table } from "../scene.ts";
import {
  drawAround,
  drawInSquare,
  drawNearGoal,
  drawOffMiddle,
  standing,
  ToolStart,
  tabletopTask,
  type Workspace,
} from "./tabletop-task.ts";
import type { Task } from "./task.ts";

/** Half the cube's edge, metres: Fetch. */
const HALF = 0.025;
/** kg. */
const MASS = 0.5;
/** Cube on table; what arms have on the cube is 1. */
const TABLE_FRICTION = 0.5;
/** Between tool and cube at the start, metres: Fetch. */
const LEAST_WAY = 0.1;
/** The same where the cube starts beside the tool: clear of whatever pushes it. */
const BESIDE = [0.07, 0.09] as const;

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
    relativeInputs,
    drawStart: (rng, difficulty) => {
      const angles = tool.draw(rng, [center[0], center[1], center[2] + pushHeight]);
      const cube =
        difficulty === "near"
          ? ([...drawAround(rng, [center[0], center[1]], ...BESIDE), height] as const)
          : drawOffMiddle(rng, workspace, HALF, LEAST_WAY);
      return { angles, objects: [standing(cube)] };
    },
    drawGoal: (rng, cube, difficulty) =>
      difficulty === "near" ? [...drawNearGoal(rng, cube), height] : drawInSquare(rng, workspace, HALF),
  });
}
