/** @file The interface of a task: start state, goal, achieved goal, and the task's part of the observation. */

import type { Box } from "../../shared/box.ts";
import type { Rng } from "../../shared/rng.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import type { Placement } from "../arm/arm-world.ts";
import type { JointState } from "../arm/joint-state.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import type { ObjectState, Scene } from "../scene.ts";

/** Start state of an episode. */
export interface Start extends Placement {
  /** Joint angles, [N] rad. */
  readonly angles: Float64Array;
}

/** Simulation state that a task reads. */
export interface TaskView {
  readonly joints: JointState;
  /** Up to date with the joint angles. */
  readonly kinematics: ArmKinematics;
  /** In the order of the scene. */
  readonly objects: readonly ObjectState[];
}

/** A box in the world, metres. */
export interface Region {
  readonly low: Vec3;
  readonly high: Vec3;
}

/** `near` episodes start close to their goal; a task without near starts treats both alike. */
export type Difficulty = "usual" | "near";

/** A task for one arm. It keeps no state between episodes. */
export interface Task {
  /** As in an environment's id. */
  readonly name: string;
  /** Every goal that could be achieved; wider than the range that goals are drawn from. */
  readonly goalSpace: Box;
  /**
   * The smallest box around the goals that `drawGoal` draws, or, for an imported arm, the one that they are limited to; flat
   * along axes that goals have no coordinate for.
   */
  readonly goalRegion: Region;
  /** Maximum distance between two goals, metres. */
  readonly goalSpan: number;
  /** The world's axes that goals have coordinates for, in order. */
  readonly goalAxes: readonly (0 | 1 | 2)[];
  /** Table and objects around the arm; without a scene the arm cannot touch anything. */
  readonly scene?: Scene;
  readonly hasNearStarts: boolean;
  /** Whether an episode can start at given joint angles. */
  readonly startsAnywhere: boolean;
  /** Bounds of each number that `observe` writes. */
  readonly observationBounds: readonly (readonly [low: number, high: number])[];
  /** Indices of the achieved goal among those numbers; absent if the agent needs no high-resolution goal input. */
  readonly goalElements?: readonly number[];

  /**
   * Draws a start state; the caller owns it.
   *
   * @param jointNoise half the range about home that start angles are drawn from, rad; used by tasks that start at home
   */
  drawStart(rng: Rng, difficulty: Difficulty, jointNoise: number): Start;

  /**
   * Draws a goal that is not achieved yet; the caller owns it.
   *
   * @throws InputError if repeated draws give none
   */
  drawGoal(rng: Rng, achievedGoal: Float32Array, difficulty: Difficulty): Float32Array;

  /**
   * Returns a copy of a requested goal.
   *
   * @param where prefix of the error message
   * @throws InputError if its size is wrong or it lies outside the goal space
   */
  checkGoal(goal: ArrayLike<number>, where: string): Float32Array;

  /** Returns the position of the tool or object that the goal is about, [G] metres; the caller owns it. */
  achievedGoal(view: TaskView): Float32Array;

  /** Writes the task's part of the observation from index `offset` on. */
  observe(view: TaskView, into: Float32Array, offset: number): void;
}
