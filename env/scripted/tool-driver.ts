/**
 * @file Converts a tool displacement into an action of any control mode, so that one script drives all of them.
 *
 * Joint speeds and displacements are tightly bounded, so all joints move the tool and its orientation is given up. For
 * torques, inverse kinematics gives the joint displacements, and inverse dynamics without the velocity-product
 * terms gives the torques: M(q) q̈ plus damping, constant over the step like an agent's.
 */

import { length, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { InverseKinematics } from "../arm/inverse-kinematics.ts";
import { JointInertia } from "../arm/joint-inertia.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { actionMeanings, type ControlMode } from "../control/action-meaning.ts";
import { BoundedMotion } from "./bounded-motion.ts";
import type { NamedObservation } from "./named-observation.ts";

/** A script's output for one step. */
export interface ToolCommand {
  /** Of the tool, metres. */
  readonly displacement: Vec3;
  /** −1 closes, 1 opens. */
  readonly fingers: number;
}

/** Share of a joint's speed error that torques correct in one step; more would overshoot. */
const SPEED_GAIN = 0.7;

/** Converts commands for one arm. */
export class ToolDriver {
  readonly #model: ArmModel;
  readonly #control: ControlMode;
  /** Physical amount of 1 in each element of an action. */
  readonly #amounts: readonly number[];
  readonly #timestep: number;
  readonly #kinematics: ArmKinematics;
  readonly #inertia: JointInertia;
  readonly #inverse: InverseKinematics;
  readonly #bounded: BoundedMotion;
  /** Joint displacement of an action of 1 in a step, rad; for velocity and position control. */
  readonly #maxDisplacement: number;

  /** @param timestep seconds of one step */
  constructor(model: ArmModel, control: ControlMode, torqueScale: number, timestep: number) {
    this.#model = model;
    this.#control = control;
    this.#timestep = timestep;
    this.#amounts = actionMeanings(model, { control, torqueScale }).map(({ amount }) => amount);
    this.#kinematics = new ArmKinematics(model);
    this.#inertia = new JointInertia(model);
    this.#inverse = new InverseKinematics(model);
    this.#maxDisplacement = this.#amounts[0]! * (control === "velocity" ? timestep : 1);
    this.#bounded = new BoundedMotion(model, this.#maxDisplacement);
  }

  /** Writes the action for a command. */
  drive(observation: NamedObservation, command: ToolCommand, action: Float32Array): void {
    const { displacement, fingers } = command;
    const joints = this.#model.links.length;
    if (this.#model.gripper !== undefined) action[action.length - 1] = fingers;
    if (this.#control === "ee") {
      const share = Math.min(1, this.#amounts[0]! / Math.max(length(displacement), 1e-9));
      for (let axis = 0; axis < 3; axis++)
        action[axis] = (share * displacement[axis]!) / this.#amounts[axis]!;
      return;
    }
    const { angles, tool } = observation;
    if (this.#control === "torque") {
      const target = displacement.map((x, axis) => tool[axis]! + x);
      this.#inverse.solve(angles, target);
      const displacements = Array.from(angles, (angle, i) => this.#inverse.angles[i]! - angle);
      const torques = this.#torques(observation, displacements);
      for (let i = 0; i < joints; i++) action[i] = clip(torques[i]! / this.#amounts[i]!);
      return;
    }
    const displacements = this.#bounded.solve(angles, displacement);
    for (let i = 0; i < joints; i++) action[i] = clip(displacements[i]! / this.#maxDisplacement);
  }

  /** Returns the torques for joint displacements in one step, [N] N m. */
  #torques({ angles, speeds }: NamedObservation, displacements: readonly number[]): number[] {
    this.#kinematics.update(angles);
    this.#inertia.update(this.#kinematics);
    const size = displacements.length;
    const speedChanges = displacements.map((x, i) => SPEED_GAIN * (x / this.#timestep - speeds[i]!));
    return speedChanges.map((change, i) => {
      let torque = this.#model.links[i]!.damping * (speeds[i]! + change / 2);
      for (let j = 0; j < size; j++) {
        torque += (this.#inertia.matrix[i * size + j]! * speedChanges[j]!) / this.#timestep;
      }
      return torque;
    });
  }
}

function clip(x: number): number {
  return Math.min(Math.max(x, -1), 1);
}

/** Returns a displacement from one point towards another: a share of the distance, at most `max` metres. */
export function stepTowards(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  share: number,
  max: number,
): Vec3 {
  const remaining: Vec3 = [to[0]! - from[0]!, to[1]! - from[1]!, to[2]! - from[2]!];
  const scale = Math.min(share, max / Math.max(length(remaining), 1e-9));
  return [scale * remaining[0], scale * remaining[1], scale * remaining[2]];
}
