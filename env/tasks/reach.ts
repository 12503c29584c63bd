/** @file The reach task: move the end effector to a point near its home position. There is nothing to touch. */

import { type Box, contains, sizeOf, symmetricBox } from "../../shared/box.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { type ArmModel, armReach } from "../arm/arm-model.ts";
import {
  type DrawPoint,
  GOAL_HALF_EXTENT,
  pointsOf,
  type ReachSettings,
  toolAtHome,
} from "./reach-points.ts";
import { isAchieved } from "./reward.ts";
import type { Difficulty, Region, Start, Task, TaskView } from "./task.ts";

/** About three draws in four are accepted, so a thousand failures mean that there is no goal. */
const MAX_DRAWS = 1000;

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
  readonly #drawPoint: DrawPoint;

  constructor(model: ArmModel, settings: ReachSettings) {
    const { floor = 0 } = model;
    this.#model = model;
    this.#drawPoint = pointsOf(model, settings);
    this.goalSpan = 2 * armReach(model) * Math.sqrt(model.toolAxes.length);
    this.goalAxes = model.toolAxes;
    this.goalSpace = symmetricBox(model.toolAxes.length, armReach(model));
    const bound = (sign: 1 | -1) => {
      const corner: [number, number, number] = [...toolAtHome(model)];
      for (const axis of model.toolAxes) corner[axis] += sign * GOAL_HALF_EXTENT;
      return corner;
    };
    const [lowX, lowY, lowZ] = bound(-1);
    this.goalRegion = { low: [lowX, lowY, Math.max(lowZ, floor)], high: bound(1) };
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
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const point = this.#drawPoint(rng);
      if (point === undefined) continue;
      const goal = Float32Array.from(toolAxes, (axis) => point[axis]);
      if (!isAchieved(achievedGoal, goal)) return goal;
    }
    throw new InputError(
      `reach with ${name}: expected a goal in reach, above the floor and not achieved at the start, got none in ${MAX_DRAWS} draws`,
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
