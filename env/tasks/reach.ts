/**
 * @file The reach task: bring the end effector to a point.
 *
 * Goals are drawn as in Fetch and panda-gym, evenly from a cube (for a planar arm: a square) about the
 * home end-effector position, in reach and above the base. The arm touches nothing on its way.
 */

import { type Box, contains, sizeOf, symmetricBox } from "../../shared/box.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { distance, type Vec3 } from "../../shared/vec3.ts";
import { type ArmModel, armReach } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { isAchieved } from "./reward.ts";
import type { Difficulty, Start, Task, TaskView } from "./task.ts";

/** Half the edge of the cube that goals are drawn from, metres: Fetch and panda-gym. */
const GOAL_HALF_EXTENT = 0.15;

/** With three draws in four accepted, a thousand failures mean that there is no goal. */
const MOST_ATTEMPTS = 1000;

export interface ReachSettings {
  /** The goals in reach: a ball about the shoulder, metres. */
  readonly reachable: { readonly center: Vec3; readonly radius: number };
}

/** Draws starts and goals for one arm, and tells where it is. A goal is the tool's coordinates that can move, [G] metres. */
export class ReachTask implements Task {
  readonly name = "reach";
  readonly goalSpace: Box;
  readonly goalSpan: number;
  readonly goalAxes: readonly (0 | 1 | 2)[];
  readonly hasNearStarts = false;
  readonly observationBounds = [];
  readonly #model: ArmModel;
  readonly #settings: ReachSettings;
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
  }

  /** Near home, never beyond a limit. */
  drawStart(rng: Rng, _difficulty: Difficulty, noise: number): Start {
    const start = Float64Array.from(this.#model.home, (angle) => angle + rng.uniformIn(-noise, noise));
    for (const [i, { limits }] of this.#model.links.entries()) {
      if (limits !== null) start[i] = Math.min(Math.max(start[i]!, limits[0]), limits[1]);
    }
    return { angles: start };
  }

  drawGoal(rng: Rng, achievedGoal: Float32Array): Float32Array {
    const { toolAxes, name } = this.#model;
    const { center, radius } = this.#settings.reachable;
    const point: [number, number, number] = [...this.#home];
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      for (const axis of toolAxes) {
        point[axis] = this.#home[axis] + rng.uniformIn(-GOAL_HALF_EXTENT, GOAL_HALF_EXTENT);
      }
      const goal = Float32Array.from(toolAxes, (axis) => point[axis]);
      const inReach = point[2] >= 0 && distance(point, center) <= radius;
      if (inReach && !isAchieved(achievedGoal, goal)) return goal;
    }
    throw new InputError(
      `reach with ${name}: none of ${MOST_ATTEMPTS} goals drawn was in reach, above the base and not achieved at the start`,
    );
  }

  checkGoal(goal: ArrayLike<number>, where: string): Float32Array {
    const size = sizeOf(this.goalSpace);
    const reach = armReach(this.#model).toPrecision(3);
    if (!contains(this.goalSpace, goal)) {
      throw refuse(`${where} goal`, `${size} coordinates in [−${reach}, ${reach}] m`, Array.from(goal));
    }
    return Float32Array.from(goal);
  }

  /** Where the tool is. */
  achievedGoal({ kinematics }: Pick<TaskView, "kinematics">): Float32Array {
    return Float32Array.from(this.#model.toolAxes, (axis) => kinematics.endEffector[axis]!);
  }

  /** The arm's own part says it all. */
  observe(): void {}
}
