/** @file Where a dragged goal can be: among the goals of training, or wherever the arm or the table reaches. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { add, distance, length, scale, subtract, type Vec3 } from "../../../shared/vec3.ts";

/** The fields of a scene that limit goals. */
export type GoalScene = Pick<SceneMessage, "goalAxes" | "goalRegion" | "reachable" | "table" | "objects">;

/** Goals rounded to float32 lie this far outside of their region, metres. */
const TOLERANCE = 1e-6;

/** Whether a goal is one that policies are trained for. */
export function isTrainingGoal(goal: Vec3, { goalAxes, goalRegion: { low, high } }: GoalScene): boolean {
  return goalAxes.every(
    (axis) => goal[axis] >= low[axis] - TOLERANCE && goal[axis] <= high[axis] + TOLERANCE,
  );
}

/** Whether the tool reaches a goal; true for the goal of an object, which the arm moves. */
export function isInReach(goal: Vec3, { objects, reachable: { center, radius } }: GoalScene): boolean {
  return objects.length > 0 || distance(goal, center) <= radius + TOLERANCE;
}

/**
 * Moves a goal to the nearest point, along each axis, that it may have.
 *
 * @param to `training`: the region of the goals of training; `reach`: the sphere that the arm reaches, above the ground
 *   or, for an arm with goals below it, the lowest of them; for an object the space above the table
 */
export function limitGoal(goal: Vec3, scene: GoalScene, to: "training" | "reach"): [number, number, number] {
  const { goalAxes, goalRegion, reachable, table, objects } = scene;
  const moved: [number, number, number] = [...goal];
  if (to === "training") {
    for (const axis of goalAxes) moved[axis] = clamp(goal[axis], goalRegion.low[axis], goalRegion.high[axis]);
  }
  const [object] = objects;
  if (table !== null && object !== undefined) return aboveTable(moved, table.shape, object.shape);
  moved[2] = Math.max(moved[2], Math.min(goalRegion.low[2], 0));
  const { center, radius } = reachable;
  const offset = subtract(moved, center);
  const [x, y, z] = add(center, scale(offset, Math.min(1, radius / Math.max(length(offset), 1e-9))));
  return [x, y, z];
}

type BoxShape = SceneMessage["objects"][number]["shape"];

/** Returns the nearest centre of an object that lies on or above the table, metres. */
function aboveTable([x, y, z]: Vec3, table: BoxShape, object: BoxShape): [number, number, number] {
  const on = (axis: 0 | 1, value: number) =>
    clamp(value, table.center[axis] - table.halfExtents[axis], table.center[axis] + table.halfExtents[axis]);
  const lowest = table.center[2] + table.halfExtents[2] + object.halfExtents[2];
  return [on(0, x), on(1, y), Math.max(z, lowest)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
