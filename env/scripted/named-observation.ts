/** @file Names the parts of an observation for scripts, which use nothing that a policy does not observe. */

import type { GoalObservation } from "../../shared/goal-env.ts";
import type { ArmModel } from "../arm/arm-model.ts";

/** The parts of an observation and its goal, SI units; the arrays are views of the observation. */
export interface NamedObservation {
  /** [N] rad; requires an arm whose joints all have limits: others are observed as sine and cosine. */
  readonly angles: Float32Array;
  /** [N] rad/s. */
  readonly speeds: Float32Array;
  /** [3] m. */
  readonly tool: Float32Array;
  /** [3] m/s. */
  readonly toolVelocity: Float32Array;
  /** Gap between the fingers, m; 0 without a gripper. */
  readonly gap: number;
  /** m/s; 0 without a gripper. */
  readonly gapSpeed: number;
  /** [3] m. */
  readonly object: Float32Array;
  /** [3] m/s. */
  readonly objectVelocity: Float32Array;
  readonly goal: Float32Array;
}

/** Names the parts of an observation of a spatial arm at a task with an object. */
export function nameObservation(
  model: ArmModel,
  { observation, desiredGoal }: GoalObservation,
): NamedObservation {
  let at = 0;
  const next = (size: number) => {
    at += size;
    return observation.subarray(at - size, at);
  };
  const joints = model.links.length;
  const [angles, speeds, tool, toolVelocity] = [next(joints), next(joints), next(3), next(3)];
  const [gap = 0, gapSpeed = 0] = model.gripper === undefined ? [] : next(2);
  const object = next(3);
  next(6); // position relative to the tool, rotation
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
