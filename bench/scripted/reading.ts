/** @file An observation by name: what a script goes by, and nothing that a policy is not shown. */

import type { ArmModel } from "../../env/arm/arm-model.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";

/** Views of an observation, and its goal. SI. */
export interface Reading {
  /** [N] rad; only of arms whose joints all have limits, for others are shown sine and cosine. */
  readonly angles: Float32Array;
  /** [N] rad/s. */
  readonly speeds: Float32Array;
  /** [3] m, and m/s. */
  readonly tool: Float32Array;
  readonly toolVelocity: Float32Array;
  /** Between the fingers, m, and how fast it grows, m/s; 0 without a gripper. */
  readonly gap: number;
  readonly gapSpeed: number;
  /** [3] m, and m/s. */
  readonly object: Float32Array;
  readonly objectVelocity: Float32Array;
  readonly goal: Float32Array;
}

/** Names the parts of what an arm in space is shown of a task with an object. */
export function readingOf(model: ArmModel, { observation, desiredGoal }: GoalObservation): Reading {
  let at = 0;
  const next = (size: number) => {
    at += size;
    return observation.subarray(at - size, at);
  };
  const joints = model.links.length;
  const [angles, speeds, tool, toolVelocity] = [next(joints), next(joints), next(3), next(3)];
  const [gap = 0, gapSpeed = 0] = model.gripper === undefined ? [] : next(2);
  const object = next(3);
  next(6);
  const relativeVelocity = next(3);
  return {
    angles,
    speeds,
    tool,
    toolVelocity,
    gap,
    gapSpeed,
    object,
    objectVelocity: relativeVelocity.map((x, axis) => x + toolVelocity[axis]!),
    goal: desiredGoal,
  };
}
