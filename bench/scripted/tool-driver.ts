/**
 * @file Moves a tool by a wanted way in a step, whatever an action means: what lets one script drive all control modes.
 *
 * Speeds and displacements of joints are small: a tool goes its way with all of them, its orientation given up for
 * it. For torques, inverse kinematics tells the joints' ways; they are those of inverse dynamics without the
 * small terms of speed squared: M(q) q̈ and damping, held for the whole step as an agent's are.
 */

import type { ArmModel } from "../../env/arm/arm-model.ts";
import { InverseKinematics } from "../../env/arm/inverse-kinematics.ts";
import { JointInertia } from "../../env/arm/joint-inertia.ts";
import { ArmKinematics } from "../../env/arm/kinematics.ts";
import { actionMeanings, type ControlMode } from "../../env/control/action-meaning.ts";
import { length, type Vec3 } from "../../shared/vec3.ts";
import { QuickWays } from "./quick-ways.ts";
import type { Reading } from "./reading.ts";

/** What a script wants of the next step. */
export interface Wish {
  /** Of the tool, metres. */
  readonly way: Vec3;
  /** −1 shuts, 1 opens. */
  readonly fingers: number;
}

/** Share of a missing joint speed that torques make good in one step: more would overshoot. */
const EAGERNESS = 0.7;

export class ToolDriver {
  readonly #model: ArmModel;
  readonly #control: ControlMode;
  readonly #amounts: readonly number[];
  readonly #timestep: number;
  readonly #kinematics: ArmKinematics;
  readonly #inertia: JointInertia;
  readonly #inverse: InverseKinematics;
  readonly #quick: QuickWays;
  /** rad that ±1 stands for in a step, where joints are told ways. */
  readonly #way: number;

  /** @param timestep seconds of one step */
  constructor(model: ArmModel, control: ControlMode, torqueScale: number, timestep: number) {
    this.#model = model;
    this.#control = control;
    this.#timestep = timestep;
    this.#amounts = actionMeanings(model, { control, torqueScale }).map(({ amount }) => amount);
    this.#kinematics = new ArmKinematics(model);
    this.#inertia = new JointInertia(model);
    this.#inverse = new InverseKinematics(model);
    this.#way = this.#amounts[0]! * (control === "velocity" ? timestep : 1);
    this.#quick = new QuickWays(model, this.#way);
  }

  /** Writes the action. */
  drive(reading: Reading, { way, fingers }: Wish, action: Float32Array): void {
    const joints = this.#model.links.length;
    if (this.#model.gripper !== undefined) action[action.length - 1] = fingers;
    if (this.#control === "ee") {
      const share = Math.min(1, this.#amounts[0]! / Math.max(length(way), 1e-9));
      for (let axis = 0; axis < 3; axis++) action[axis] = (share * way[axis]!) / this.#amounts[axis]!;
      return;
    }
    const { angles, tool } = reading;
    if (this.#control === "torque") {
      this.#inverse.solve(
        angles,
        way.map((x, axis) => tool[axis]! + x),
      );
      const torques = this.#torques(
        reading,
        Array.from(angles, (angle, i) => this.#inverse.angles[i]! - angle),
      );
      for (let i = 0; i < joints; i++) action[i] = within(torques[i]! / this.#amounts[i]!);
      return;
    }
    const ways = this.#quick.solve(angles, way);
    for (let i = 0; i < joints; i++) action[i] = within(ways[i]! / this.#way);
  }

  #torques({ angles, speeds }: Reading, ways: readonly number[]): number[] {
    this.#kinematics.update(angles);
    this.#inertia.update(this.#kinematics);
    const size = ways.length;
    const gained = ways.map((way, i) => EAGERNESS * (way / this.#timestep - speeds[i]!));
    return gained.map((gain, i) => {
      let torque = this.#model.links[i]!.damping * (speeds[i]! + gain / 2);
      for (let j = 0; j < size; j++) {
        torque += (this.#inertia.matrix[i * size + j]! * gained[j]!) / this.#timestep;
      }
      return torque;
    });
  }
}

function within(share: number): number {
  return Math.min(Math.max(share, -1), 1);
}

/** A way of a point towards another: a share of what is left, and no more than so many metres. */
export function towards(from: ArrayLike<number>, to: ArrayLike<number>, share: number, most: number): Vec3 {
  const left: Vec3 = [to[0]! - from[0]!, to[1]! - from[1]!, to[2]! - from[2]!];
  const size = length(left);
  const scale = Math.min(share, most / Math.max(size, 1e-9));
  return [scale * left[0], scale * left[1], scale * left[2]];
}
