/**
 * @file The pick-and-place task: bring a cube to a point on the table or in the air, for an arm with a gripper.
 *
 * The tool starts over the middle of the workspace with open fingers. Half the goals are in the air, as in
 * Fetch; the cube is panda-gym's in size and starts square to the fingers.
 */

import type { Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import type { Scene, Table } from "../scene.ts";
import {
  drawInSquare,
  drawNearGoal,
  drawOffMiddle,
  standing,
  ToolStart,
  tabletopTask,
  type Workspace,
} from "./tabletop-task.ts";
import type { Task } from "./task.ts";

/** Half the cube's edge, metres: panda-gym. */
const HALF = 0.02;
/** kg: of wood. */
const MASS = 0.1;
const TABLE_FRICTION = 0.5;
/** Over the table at the start, metres. */
const TOOL_HEIGHT = 0.15;
/** The same where the cube is between the fingers. */
const NEAR_TOOL_HEIGHT = 0.03;
/** Share of their travel by which the fingers are open at the start. */
const OPEN = 0.9;
/** Between tool and cube in the plane at the start, metres: Fetch. */
const LEAST_WAY = 0.1;
/** Share of goals in the air, Fetch; and how high they may be, metres, panda-gym. */
const IN_THE_AIR = 0.5;
const HIGHEST = 0.2;

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
  const opening = OPEN * (model.gripper?.travel ?? 0);
  const lifted = (rng: Parameters<typeof drawInSquare>[0], [x, y, z]: Vec3): Vec3 =>
    rng.uniform() < IN_THE_AIR ? [x, y, z + rng.uniformIn(0, HIGHEST)] : [x, y, z];
  return tabletopTask({
    name: "pick-and-place",
    goalAxes: [0, 1, 2],
    scene,
    relativeInputs,
    drawStart: (rng, difficulty) => {
      const near = difficulty === "near";
      const height = center[2] + (near ? NEAR_TOOL_HEIGHT : TOOL_HEIGHT);
      const angles = tool.draw(rng, [center[0], center[1], height]);
      const cube: Vec3 = near
        ? [center[0], center[1], center[2] + HALF]
        : drawOffMiddle(rng, workspace, HALF, LEAST_WAY);
      return { angles, opening, objects: [standing(cube)] };
    },
    drawGoal: (rng, cube, difficulty) => {
      const ground: Vec3 =
        difficulty === "near"
          ? [...drawNearGoal(rng, cube), center[2] + HALF]
          : drawInSquare(rng, workspace, HALF);
      return lifted(rng, ground);
    },
  });
}
