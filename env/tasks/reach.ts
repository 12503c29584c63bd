/**
 * @file The reach task: move the end effector to a point.
 *
 * As in Fetch and panda-gym, goals are drawn uniformly from a cube (for a planar arm: a square) about the
 * home position of the end effector, within reach and above the base. There is nothing to touch.
 */

import { type Box, contains, sizeOf, symmetricBox } from "../../shared/box.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { distance, type Vec3 } from "../../shared/vec3.ts";
import { type ArmModel, armReach } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { isAchieved } from "./reward.ts";
import type { Difficulty, Region, Start, Task, TaskView } from "./task.ts";

/** Half the edge of the cube that goals are drawn from, metres: Fetch and panda-gym. */
const GOAL_HALF_EXTENT = 0.15;

/** About three draws in four are accepted, so a thousand failures mean that there is no goal. */
const MAX_DRAWS = 1000;

export interface ReachSettings {
  /** Ball about the shoulder that goals must lie in, metres. */
  readonly reachable: { readonly center: Vec3; readonly radius: number };
}

/** Reach for one arm. A goal has the coordinates along which the tool can move, [G] metres. */
export class ReachTask implements Task {
  readonly name = "reach";
  readonly goalSpace: Box;
  readonly goalRegion: Region;
  readonly goalSpan: number;
  readonly goalAxes: readonly (0 | 1 | 2)[];
  readonly hasNearStarts = false;
  readonly startsAnywhere = true;
  readonly observationBounds = [];
  readonly #model: ArmModel;
  readonly #settings: ReachSettings;
  /** End effector at home, metres. */
  readonly #home: Vec3;

  constructor(model: ArmModel, settings: ReachSettings) {
    const kinematics = new ArmKinematics(model);
    kinematics.update(model.home);
    const [x = 0, y = 0, z = 0] = kinematics.endEffector;
    this.#home = [x, y, z];
    this.#model = model;
    this.#settings = settings;
    this.goalSpan = 2 * armReach(model) * Math.sqrt(model.toolAxes.length);
    this.goalAxes = model.toolAxes;
    this.goalSpace = symmetricBox(model.toolAxes.length, armReach(model));
    const bound = (sign: 1 | -1) => {
      const corner: [number, number, number] = [...this.#home];
      for (const axis of model.toolAxes) corner[axis] += sign * GOAL_HALF_EXTENT;
      return corner;
    };
    const [lowX, lowY, lowZ] = bound(-1);
    this.goalRegion = { low: [lowX, lowY, Math.max(lowZ, 0)], high: bound(1) };
  }

  /** Draws angles near home, within the joint limits. */
  drawStart(rng: Rng, _difficulty: Difficulty, jointNoise: number): Start {
    const { home, links } = this.#model;
    const angles = Float64Array.from(home, (angle) => angle + rng.uniformIn(-jointNoise, jointNoise));
    for (const [i, { limits }] of links.entries()) {
      if (limits !== null) angles[i] = Math.min(Math.max(angles[i]!, limits[0]), limits[1]);
    }
    return { angles };
  }

  drawGoal(rng: Rng, achievedGoal: Float32Array): Float32Array {
    const { toolAxes, name } = this.#model;
    const { center, radius } = this.#settings.reachable;
    const point: [number, number, number] = [...this.#home];
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      for (const axis of toolAxes) {
        point[axis] = this.#home[axis] + rng.uniformIn(-GOAL_HALF_EXTENT, GOAL_HALF_EXTENT);
      }
      const goal = Float32Array.from(toolAxes, (axis) => point[axis]);
      const inReach = point[2] >= 0 && distance(point, center) <= radius;
      if (inReach && !isAchieved(achievedGoal, goal)) return goal;
    }
    throw new InputError(
      `reach with ${name}: expected a goal in reach, above the base and not achieved at the start, got none in ${MAX_DRAWS} draws`,
    );
  }

  checkGoal(goal: ArrayLike<number>, where: string): Float32Array {
    if (!contains(this.goalSpace, goal)) {
      const reach = armReach(this.#model).toPrecision(3);
      throw refuse(
        `${where} goal`,
        `${sizeOf(this.goalSpace)} coordinates in [−${reach}, ${reach}] m`,
        Array.from(goal),
      );
    }
    return Float32Array.from(goal);
  }

  /** Returns the position of the end effector. */
  achievedGoal({ kinematics }: Pick<TaskView, "kinematics">): Float32Array {
    return Float32Array.from(this.#model.toolAxes, (axis) => kinematics.endEffector[axis]!);
  }

  /** Writes nothing: the arm's part of the observation is enough. */
  observe(): void {}
}
