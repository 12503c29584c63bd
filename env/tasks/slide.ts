/**
 * @file The slide task: hit a puck so that it comes to rest at a point out of the arm's reach.
 *
 * As in Fetch and panda-gym the table is slippery and the goal lies beyond the workspace. The puck is square
 * and flat, so a flat finger can give it a direction; a round puck would slip off sideways.
 */

import type { ArmModel } from "../arm/arm-model.ts";
import type { Scene, Table } from "../scene.ts";
import {
  drawAround,
  drawNearGoal,
  standing,
  ToolStart,
  tabletopTask,
  type Workspace,
} from "./tabletop-task.ts";
import type { Task } from "./task.ts";

/** Metres. */
const HALF_EXTENTS = [0.03, 0.03, 0.025] as const;
/** kg. */
const MASS = 0.3;
/** Between puck and table: Fetch. */
const TABLE_FRICTION = 0.1;

/** Distance behind the workspace's centre at which the tool starts, metres: it must hit the puck from behind. */
const RUN_UP = 0.1;
/** Square that the puck starts in: distance of its centre ahead of the tool, and half its edge, metres. */
const PUCK = { ahead: 0.12, halfExtent: 0.03 };
/** Square of goals: distance of its centre ahead of the workspace's centre, and half its edge, metres: panda-gym. */
const GOALS = { ahead: 0.4, halfExtent: 0.15 };
/** Distance between tool and puck in a near start, minimum and maximum, metres. */
const NEAR_DISTANCE = [0.075, 0.095] as const;

export function slideTask(
  model: ArmModel,
  workspace: Workspace,
  table: Omit<Table, "friction">,
  relativeInputs: boolean,
): Task {
  const { center, pushHeight } = workspace;
  const scene: Scene = {
    table: { ...table, friction: TABLE_FRICTION },
    objects: [{ name: "puck", halfExtents: HALF_EXTENTS, mass: MASS, friction: 1 }],
  };
  const tool = new ToolStart(model);
  const start = [center[0] - RUN_UP, center[1]] as const;
  const height = center[2] + HALF_EXTENTS[2];
  return tabletopTask({
    name: "slide",
    goalAxes: [0, 1],
    scene,
    goalRegion: {
      low: [center[0] + GOALS.ahead - GOALS.halfExtent, center[1] - GOALS.halfExtent, height],
      high: [center[0] + GOALS.ahead + GOALS.halfExtent, center[1] + GOALS.halfExtent, height],
    },
    relativeInputs,
    drawStart: (rng, difficulty) => {
      const angles = tool.draw(rng, [...start, center[2] + pushHeight]);
      const { ahead, halfExtent } = PUCK;
      const [x, y] =
        difficulty === "near"
          ? drawAround(rng, start, ...NEAR_DISTANCE)
          : ([
              start[0] + ahead + rng.uniformIn(-halfExtent, halfExtent),
              start[1] + rng.uniformIn(-halfExtent, halfExtent),
            ] as const);
      return { angles, objects: [standing([x, y, height])] };
    },
    drawGoal: (rng, puck, difficulty) => {
      if (difficulty === "near") return [...drawNearGoal(rng, puck), height];
      const { ahead, halfExtent } = GOALS;
      return [
        center[0] + ahead + rng.uniformIn(-halfExtent, halfExtent),
        center[1] + rng.uniformIn(-halfExtent, halfExtent),
        height,
      ];
    },
  });
}
