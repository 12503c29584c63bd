/**
 * @file Draws the points that the tool is to reach, in three ways.
 *
 * As in Fetch and panda-gym, points are drawn uniformly from a cube about the tool's home position (for a planar arm: a
 * square), within reach and above the floor. An imported arm may not reach all of the cube, or only a surface in it.
 */

import type { Rng } from "../../shared/rng.ts";
import { distance, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { ToolReach } from "../arm/tool-reach.ts";

/** Half the edge of the cube, metres: Fetch and panda-gym. */
export const GOAL_HALF_EXTENT = 0.15;

/** Largest turn of a joint away from home, rad, and minimum distance from its limits, rad, in `postures`. */
const MAX_TURN = 1.5;
const LIMIT_MARGIN = 0.05;

export interface ReachSettings {
  /** Ball about the shoulder that goals must lie in, metres. */
  readonly reachable: { readonly center: Vec3; readonly radius: number };
  /**
   * `box`: all points in the cube and in the ball; for arms that reach them all. `checked-box`: those of them that inverse
   * kinematics reaches. `postures`: the tool's positions in the cube at random postures near home. Default `box`.
   */
  readonly points?: "box" | "checked-box" | "postures";
}

/** Draws a point, metres; undefined if the draw is rejected. */
export type DrawPoint = (rng: Rng) => Vec3 | undefined;

/** Returns how to draw points for an arm. */
export function pointsOf(model: ArmModel, { reachable, points = "box" }: ReachSettings): DrawPoint {
  if (points === "postures") return posturePoints(model);
  const draw = boxPoints(model, reachable);
  if (points === "box") return draw;
  const reach = new ToolReach(model);
  return (rng) => {
    const point = draw(rng);
    return point !== undefined && reach.reaches(point) ? point : undefined;
  };
}

/** Returns the tool's position at home, metres. */
export function toolAtHome(model: ArmModel): Vec3 {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  return toolOf(kinematics);
}

function toolOf({ endEffector: [x = 0, y = 0, z = 0] }: ArmKinematics): Vec3 {
  return [x, y, z];
}

function boxPoints(model: ArmModel, { center, radius }: ReachSettings["reachable"]): DrawPoint {
  const { toolAxes, floor = 0 } = model;
  const home = toolAtHome(model);
  return (rng) => {
    const point: [number, number, number] = [...home];
    for (const axis of toolAxes) point[axis] += rng.uniformIn(-GOAL_HALF_EXTENT, GOAL_HALF_EXTENT);
    return point[2] >= floor && distance(point, center) <= radius ? point : undefined;
  };
}

/** Joints with a short lever turn further, so that each joint alone moves the tool through the whole cube. */
function posturePoints(model: ArmModel): DrawPoint {
  const { toolAxes, floor = 0, home, links } = model;
  const kinematics = new ArmKinematics(model);
  kinematics.update(home);
  const center = toolOf(kinematics);
  const ranges = links.map(({ limits }, i): readonly [number, number] => {
    const velocity = new Float64Array(3);
    kinematics.endEffectorVelocity(
      links.map((_, k) => (k === i ? 1 : 0)),
      velocity,
    );
    const turn = Math.min(MAX_TURN, (2 * GOAL_HALF_EXTENT) / Math.hypot(...velocity));
    const [low, high] = limits ?? [-Infinity, Infinity];
    const margin = Math.min(LIMIT_MARGIN, (high - low) / 2);
    const within = (angle: number) => Math.min(Math.max(angle, low + margin), high - margin);
    return [within(home[i]! - turn), within(home[i]! + turn)];
  });
  const angles = new Float64Array(links.length);
  return (rng) => {
    for (const [i, [low, high]] of ranges.entries()) angles[i] = rng.uniformIn(low, high);
    kinematics.update(angles);
    const point = toolOf(kinematics);
    const isInCube = toolAxes.every((axis) => Math.abs(point[axis] - center[axis]) <= GOAL_HALF_EXTENT);
    return isInCube && point[2] >= floor ? point : undefined;
  };
}
