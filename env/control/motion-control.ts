/**
 * @file Computed-torque control (Luh, Walker & Paul 1980): joint speeds, joint angles or tool displacements to torques.
 *
 * An action defines a straight joint motion for the control step. Feedback through the arm's mass matrix follows
 * it, so joints respond alike in every posture and on every arm; the torques carry the arm's weight. Each
 * motion starts from the measured angles, not from the previous target, as in Fetch and panda-gym.
 */

import type { ArmModel } from "../arm/arm-model.ts";
import { InverseKinematics } from "../arm/inverse-kinematics.ts";
import { JointInertia } from "../arm/joint-inertia.ts";
import type { JointState } from "../arm/joint-state.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import { GRAVITY } from "../body.ts";
import { ANGLE_PER_UNIT, type ControlMode, DISPLACEMENT_PER_UNIT, SPEED_PER_UNIT } from "./action-meaning.ts";

export interface MotionSettings {
  readonly gravityCompensation: boolean;
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Substeps of one control step. */
  readonly substeps: number;
}

/** Saved state of a motion between two substeps; the arrays are copies. */
export interface MotionState {
  readonly gravityTorques: Float64Array;
  readonly start: Float64Array;
  readonly displacement: Float64Array;
  readonly massMatrix: Float64Array;
  readonly substep: number;
}

/** Natural frequency of the critically damped feedback, rad/s; stable up to 0.8 / timestep, 160 at 200 Hz. */
const NATURAL_FREQUENCY = 30;

/** Maximum joint displacement in one step under end-effector control, rad: at 25 Hz twice what a Panda can do. */
const MAX_DISPLACEMENT = 0.2;

/** Follows one motion after another with one arm. */
export class MotionControl {
  readonly #model: ArmModel;
  readonly #mode: Exclude<ControlMode, "torque">;
  readonly #settings: MotionSettings;
  readonly #inertia: JointInertia;
  readonly #inverse: InverseKinematics;
  /** Torques that carry the arm, [N] N m: 0 with gravity compensation. */
  readonly #gravityTorques: Float64Array;
  /** Joint angles at the start of the control step, and the displacement to reach at its end, [N] rad. */
  readonly #start: Float64Array;
  readonly #displacement: Float64Array;
  readonly #acceleration: Float64Array;
  readonly #toolTarget = new Float64Array(3);
  /** Substeps since the control step began. */
  #substep = 0;

  constructor(model: ArmModel, settings: MotionSettings, mode: Exclude<ControlMode, "torque">) {
    const size = model.links.length;
    this.#model = model;
    this.#mode = mode;
    this.#settings = settings;
    this.#inertia = new JointInertia(model);
    this.#inverse = new InverseKinematics(model);
    this.#gravityTorques = new Float64Array(size);
    this.#start = new Float64Array(size);
    this.#displacement = new Float64Array(size);
    this.#acceleration = new Float64Array(size);
  }

  /** Starts a control step; see `Control.begin`. */
  begin(action: Float32Array, { angles }: JointState, kinematics: ArmKinematics): void {
    const { physicsTimestep, substeps, gravityCompensation } = this.#settings;
    this.#substep = 0;
    this.#start.set(angles);
    this.#inertia.update(kinematics);
    if (!gravityCompensation) kinematics.gravityTorques(GRAVITY, this.#gravityTorques);
    if (this.#mode === "ee") {
      this.#moveTool(action, kinematics);
      return;
    }
    const perUnit = this.#mode === "velocity" ? SPEED_PER_UNIT * physicsTimestep * substeps : ANGLE_PER_UNIT;
    for (let i = 0; i < this.#displacement.length; i++) {
      this.#displacement[i] = this.#withinLimits(i, action[i]! * perUnit);
    }
  }

  /** Writes the torques for the next substep, [N] N m, within the torque limits. */
  update({ angles, speeds }: JointState, torques: Float64Array): void {
    const { physicsTimestep, substeps } = this.#settings;
    const { links } = this.#model;
    const size = links.length;
    const acceleration = this.#acceleration;
    this.#substep += 1;
    const progress = Math.min(this.#substep / substeps, 1);
    // Velocity control has no position feedback: it does not catch up on lost displacement.
    const stiffness = this.#mode === "velocity" ? 0 : NATURAL_FREQUENCY ** 2;
    for (let i = 0; i < size; i++) {
      const angleError = this.#start[i]! + progress * this.#displacement[i]! - angles[i]!;
      const speed = this.#displacement[i]! / (physicsTimestep * substeps);
      acceleration[i] = stiffness * angleError + 2 * NATURAL_FREQUENCY * (speed - speeds[i]!);
    }
    for (let i = 0; i < size; i++) {
      const { damping, torqueLimit } = links[i]!;
      const speed = this.#displacement[i]! / (physicsTimestep * substeps);
      let torque = this.#gravityTorques[i]! + damping * speed;
      for (let j = 0; j < size; j++) torque += this.#inertia.matrix[i * size + j]! * acceleration[j]!;
      torques[i] = Math.min(Math.max(torque, -torqueLimit), torqueLimit);
    }
  }

  saveState(): MotionState {
    return {
      gravityTorques: this.#gravityTorques.slice(),
      start: this.#start.slice(),
      displacement: this.#displacement.slice(),
      massMatrix: this.#inertia.matrix.slice(),
      substep: this.#substep,
    };
  }

  restoreState({ gravityTorques, start, displacement, massMatrix, substep }: MotionState): void {
    this.#gravityTorques.set(gravityTorques);
    this.#start.set(start);
    this.#displacement.set(displacement);
    this.#inertia.matrix.set(massMatrix);
    this.#substep = substep;
  }

  #moveTool(action: Float32Array, { endEffector }: ArmKinematics): void {
    this.#toolTarget.set(endEffector);
    for (const [i, axis] of this.#model.toolAxes.entries()) {
      this.#toolTarget[axis]! += DISPLACEMENT_PER_UNIT * action[i]!;
    }
    this.#inverse.solve(this.#start, this.#toolTarget);
    for (let i = 0; i < this.#displacement.length; i++) {
      const displacement = this.#inverse.angles[i]! - this.#start[i]!;
      const clamped = Math.min(Math.max(displacement, -MAX_DISPLACEMENT), MAX_DISPLACEMENT);
      this.#displacement[i] = this.#withinLimits(i, clamped);
    }
  }

  /** Shortens a joint's displacement so that it ends within the joint limits; from beyond a limit it leads back. */
  #withinLimits(i: number, displacement: number): number {
    const { limits } = this.#model.links[i]!;
    if (limits === null) return displacement;
    const start = this.#start[i]!;
    return Math.min(Math.max(start + displacement, limits[0]), limits[1]) - start;
  }
}
