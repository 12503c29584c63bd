/**
 * @file What is seen: of an arm joint angles and speeds, tool position and velocity, how far its gripper is open;
 * then what its task is about.
 *
 * An angle that can wrap is shown as its sine and cosine. Numbers that could not change, such as the
 * third coordinate of a planar arm's tool, are left out (dm_control's rule: no constant elements).
 */

import { type Box, box, sizeOf } from "../../shared/box.ts";
import type { Task, TaskView } from "../tasks/task.ts";
import { type ArmModel, armReach } from "./arm-model.ts";
import { LIMIT_BOUND, SPEED_BOUND } from "./arm-world.ts";
import { FINGER_SPEED_BOUND, OPENING_LIMIT_BOUND } from "./gripper.ts";

/** Describes and writes the observation of one arm at one task, [O]. */
export class ArmObservation {
  /** Angles, then speeds, tool position, tool velocity, finger gap and its speed, the task's part; SI. What a step can reach without being refused. */
  readonly space: Box;
  /** Where the achieved goal stands in it, [G]; undefined if the task asks for no finer look at it. */
  readonly goalElements: readonly number[] | undefined;
  readonly #model: ArmModel;
  readonly #task: Pick<Task, "observe">;
  readonly #velocity = new Float64Array(3);

  constructor(model: ArmModel, task: Pick<Task, "observationBounds" | "goalElements" | "observe">) {
    const angles = model.links.flatMap(({ limits }): [number, number][] =>
      limits === null
        ? [
            [-1, 1],
            [-1, 1],
          ]
        : [[limits[0] - LIMIT_BOUND, limits[1] + LIMIT_BOUND]],
    );
    const reach = armReach(model);
    const fastest = model.links.length * SPEED_BOUND * 2 * reach;
    const ofArm = [
      ...angles,
      ...model.links.map(() => [-SPEED_BOUND, SPEED_BOUND] as const),
      ...model.toolAxes.map(() => [-reach, reach] as const),
      ...model.toolAxes.map(() => [-fastest, fastest] as const),
      ...gapBounds(model),
    ];
    const bounds = [...ofArm, ...task.observationBounds];
    this.#model = model;
    this.#task = task;
    this.goalElements = task.goalElements?.map((element) => ofArm.length + element);
    this.space = box(
      bounds.map(([low]) => low),
      bounds.map(([, high]) => high),
    );
  }

  /** What a view that is up to date shows; the caller's own. */
  of(view: TaskView): Float32Array {
    const { arm, kinematics } = view;
    const { links, toolAxes } = this.#model;
    const seen = new Float32Array(sizeOf(this.space));
    let at = 0;
    for (let i = 0; i < links.length; i++) {
      const angle = arm.angles[i]!;
      if (links[i]!.limits === null) {
        seen[at++] = Math.sin(angle);
        seen[at++] = Math.cos(angle);
      } else {
        seen[at++] = angle;
      }
    }
    for (let i = 0; i < links.length; i++) seen[at++] = arm.speeds[i]!;
    for (const axis of toolAxes) seen[at++] = kinematics.endEffector[axis]!;
    kinematics.endEffectorVelocity(arm.speeds, this.#velocity);
    for (const axis of toolAxes) seen[at++] = this.#velocity[axis]!;
    if (arm.openings.length === 2) {
      seen[at++] = arm.openings[0]! + arm.openings[1]!;
      seen[at++] = arm.openingSpeeds[0]! + arm.openingSpeeds[1]!;
    }
    this.#task.observe(view, seen, at);
    return seen;
  }
}

/** Between a gripper's fingers, metres, and how fast it grows, m/s. */
function gapBounds({ gripper }: ArmModel): [number, number][] {
  if (gripper === undefined) return [];
  return [
    [-2 * OPENING_LIMIT_BOUND, 2 * (gripper.travel + OPENING_LIMIT_BOUND)],
    [-2 * FINGER_SPEED_BOUND, 2 * FINGER_SPEED_BOUND],
  ];
}
