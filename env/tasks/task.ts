/**
 * @file What a task is: it places arm and things, sets a goal, tells what is achieved, and adds what it is about to the observation.
 *
 * A task is chosen for one arm when an environment is made; it keeps nothing from one episode to the next.
 */

import type { Box } from "../../shared/box.ts";
import type { Rng } from "../../shared/rng.ts";
import type { ArmWorld, Placement } from "../arm/arm-world.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import { ObjectState, type Scene } from "../scene.ts";

/** How everything starts. */
export interface Start extends Placement {
  /** [N] rad. */
  readonly angles: Float64Array;
}

/** What a task looks at. Whoever keeps it calls `refresh` after each step. */
export interface TaskView {
  readonly arm: ArmWorld;
  readonly kinematics: ArmKinematics;
  /** As the scene has them. */
  readonly objects: readonly ObjectState[];
}

/**
 * Which episodes are asked for: those that the task is about, or `near` ones, where little is left to do. A task
 * that has none starts as usual.
 */
export type Difficulty = "usual" | "near";

export interface Task {
  /** As in an environment's id. */
  readonly name: string;
  /** All that could ever be achieved, so wider than what is drawn. */
  readonly goalSpace: Box;
  /** Between the two goals that are farthest apart, metres. */
  readonly goalSpan: number;
  /** The world's axes that a goal has a number for, in its order. */
  readonly goalAxes: readonly (0 | 1 | 2)[];
  /** What stands about the arm; where there is none nothing can be touched. */
  readonly scene?: Scene;
  /** Whether it has near starts. */
  readonly hasNearStarts: boolean;
  /** The least and the greatest of each number that `observe` writes. */
  readonly observationBounds: readonly (readonly [low: number, high: number])[];
  /** Where among those numbers the achieved goal stands; absent if an agent needs no finer look at it. */
  readonly goalElements?: readonly number[];

  /**
   * The caller's own.
   *
   * @param jointNoise half the range about home that joints start in, rad, where a task starts at home
   */
  drawStart(rng: Rng, difficulty: Difficulty, jointNoise: number): Start;

  /**
   * A goal that is not achieved yet; the caller's own.
   *
   * @throws InputError if many draws give none
   */
  drawGoal(rng: Rng, achievedGoal: Float32Array, difficulty: Difficulty): Float32Array;

  /**
   * A goal that somebody asked for; the caller's own.
   *
   * @throws InputError if it has the wrong size, or could never be achieved
   */
  checkGoal(goal: ArrayLike<number>, where: string): Float32Array;

  /** Where the goal-thing is, [G] metres; the caller's own. */
  achievedGoal(view: TaskView): Float32Array;

  /** Writes its part of the observation, from index `at` on. */
  observe(view: TaskView, into: Float32Array, at: number): void;
}

/** The view of a task on an arm, whichever that is at the time: a varied arm is another one in each episode. */
export function viewOf(arm: () => ArmWorld, kinematics: ArmKinematics, scene: Scene | undefined): TaskView {
  const objects = scene?.objects.map(() => new ObjectState()) ?? [];
  return {
    get arm() {
      return arm();
    },
    kinematics,
    objects,
  };
}

/** Brings a view up to date with its arm's world. */
export function refresh({ arm, kinematics, objects }: TaskView): void {
  kinematics.update(arm.angles);
  for (let i = 0; i < objects.length; i++) arm.readObject(i, objects[i]!);
}
