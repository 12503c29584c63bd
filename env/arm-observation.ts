/**
 * @file The observation of an arm at a task: joint angles and speeds, tool position and velocity, gripper opening, then
 * the task's part.
 *
 * An angle without limits is observed as its sine and cosine. Numbers that cannot change, such as the third
 * coordinate of a planar arm's tool, are left out (dm_control's rule: no constant elements).
 */

import { type Box, box, sizeOf } from "../shared/box.ts";
import { type ArmModel, armReach } from "./arm/arm-model.ts";
import { LIMIT_BOUND, SPEED_BOUND } from "./arm/arm-world.ts";
import { FINGER_SPEED_BOUND, OPENING_LIMIT_BOUND } from "./arm/gripper.ts";
import type { Task, TaskView } from "./tasks/task.ts";

/** Describes and writes observations, [O], SI units. */
export class ArmObservation {
  /** Bounds that a step can reach before the simulation counts as diverged. */
  readonly space: Box;
  /** Indices of the achieved goal in an observation, [G]; undefined if the task needs no high-resolution goal input. */
  readonly goalElements: readonly number[] | undefined;
  readonly #model: ArmModel;
  readonly #task: Pick<Task, "observe">;
  readonly #toolVelocity = new Float64Array(3);

  constructor(model: ArmModel, task: Pick<Task, "observationBounds" | "goalElements" | "observe">) {
    const armBounds = boundsOfArm(model);
    const bounds = [...armBounds, ...task.observationBounds];
    this.#model = model;
    this.#task = task;
    this.goalElements = task.goalElements?.map((element) => armBounds.length + element);
    this.space = box(
      bounds.map(([low]) => low),
      bounds.map(([, high]) => high),
    );
  }

  /** Returns the observation of a view that is up to date; the caller owns it. */
  observe(view: TaskView): Float32Array {
    const { joints, kinematics } = view;
    const { links, toolAxes } = this.#model;
    const observation = new Float32Array(sizeOf(this.space));
    let at = 0;
    for (let i = 0; i < links.length; i++) {
      const angle = joints.angles[i]!;
      if (links[i]!.limits === null) {
        observation[at++] = Math.sin(angle);
        observation[at++] = Math.cos(angle);
      } else {
        observation[at++] = angle;
      }
    }
    for (let i = 0; i < links.length; i++) observation[at++] = joints.speeds[i]!;
    for (const axis of toolAxes) observation[at++] = kinematics.endEffector[axis]!;
    kinematics.endEffectorVelocity(joints.speeds, this.#toolVelocity);
    for (const axis of toolAxes) observation[at++] = this.#toolVelocity[axis]!;
    if (joints.openings.length === 2) {
      observation[at++] = joints.openings[0]! + joints.openings[1]!;
      observation[at++] = joints.openingSpeeds[0]! + joints.openingSpeeds[1]!;
    }
    this.#task.observe(view, observation, at);
    return observation;
  }
}

type Bounds = readonly [low: number, high: number];

function boundsOfArm(model: ArmModel): Bounds[] {
  const { links, toolAxes } = model;
  const reach = armReach(model);
  const maxToolSpeed = links.length * SPEED_BOUND * 2 * reach;
  return [
    ...links.flatMap(({ limits }): Bounds[] =>
      limits === null
        ? [
            [-1, 1],
            [-1, 1],
          ]
        : [[limits[0] - LIMIT_BOUND, limits[1] + LIMIT_BOUND]],
    ),
    ...links.map((): Bounds => [-SPEED_BOUND, SPEED_BOUND]),
    ...toolAxes.map((): Bounds => [-reach, reach]),
    ...toolAxes.map((): Bounds => [-maxToolSpeed, maxToolSpeed]),
    ...boundsOfGap(model),
  ];
}

/** Bounds of the gap between the fingers, metres, and of its rate of change, m/s. */
function boundsOfGap({ gripper }: ArmModel): Bounds[] {
  if (gripper === undefined) return [];
  return [
    [-2 * OPENING_LIMIT_BOUND, 2 * (gripper.travel + OPENING_LIMIT_BOUND)],
    [-2 * FINGER_SPEED_BOUND, 2 * FINGER_SPEED_BOUND],
  ];
}
