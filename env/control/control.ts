/**
 * @file What an action means to an arm's motors: joint torques, joint speeds, joint angles or tool displacements.
 *
 * Whatever the mode, motors give torques within their limits, computed anew in every substep. The modes
 * that ask for motion follow a straight line from where the control step began, by feedback through the
 * arm's mass matrix (computed torque: Luh, Walker & Paul 1980), so each joint answers alike in every
 * posture and for every arm; such an arm carries its own weight. Nothing is kept from one step to the
 * next: what is asked for starts from where the arm is, as in Fetch and panda-gym.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { type ArmWorld, GRAVITY } from "../arm/arm-world.ts";
import { InverseKinematics } from "../arm/inverse-kinematics.ts";
import { JointInertia } from "../arm/joint-inertia.ts";
import type { ArmKinematics } from "../arm/kinematics.ts";
import { FingerControl, OPENING_OF_ONE } from "./finger-control.ts";

export type ControlMode = EnvConfig["control"];

export const CONTROL_MODES = ["torque", "velocity", "position", "ee"] as const satisfies ControlMode[];

/** What 1 of one number of an action stands for; −1 is the same the other way. */
export interface ActionMeaning {
  /** Name of the joint, of the tool's axis, or `fingers`. */
  readonly moves: string;
  readonly quantity: "torque" | "speed" | "displacement" | "force";
  /** In its unit. */
  readonly amount: number;
  readonly unit: "N m" | "rad/s" | "rad" | "m" | "N";
}

export interface ControlSettings extends Pick<EnvConfig, "control" | "torqueScale" | "gravityCompensation"> {
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Substeps that an action is held. */
  readonly substeps: number;
}

/** How an arm's joints, without its fingers, are driven. */
interface JointControl {
  /** [N] N m for the next substep, within the motors' limits. */
  readonly torques: Float64Array;
  /** All that is kept from one substep to the next: the arrays themselves. */
  readonly numbers: readonly Float64Array[];
  begin(action: Float32Array, arm: ArmWorld, kinematics: ArmKinematics): void;
  update(arm: ArmWorld): void;
}

/** rad/s that 1 stands for under speed control: ManiSkill's pd_joint_vel. */
const SPEED_OF_ONE = 1;
/** rad that 1 stands for under position control: panda-gym. */
const ANGLE_OF_ONE = 0.05;
/** Metres that 1 stands for under end-effector control: Fetch and panda-gym. */
const DISPLACEMENT_OF_ONE = 0.05;

/** rad/s at which joints close in on what is asked: stable up to 0.8 over the substep, 160 at 200 Hz. */
const STIFFNESS = 30;

/** rad that a joint is sent at most in one step under end-effector control: at 25 Hz, twice what a Panda can do. */
const LONGEST_WAY = 0.2;

const AXES = ["x", "y", "z"] as const;

/** What each number of an action means, [A]. */
export function actionMeanings(
  model: ArmModel,
  { control, torqueScale }: Pick<EnvConfig, "control" | "torqueScale">,
): readonly ActionMeaning[] {
  const { gripper } = model;
  const fingers: readonly ActionMeaning[] =
    gripper === undefined
      ? []
      : control === "torque"
        ? [{ moves: "fingers", quantity: "force", amount: gripper.forceLimit, unit: "N" }]
        : [{ moves: "fingers", quantity: "displacement", amount: OPENING_OF_ONE, unit: "m" }];
  if (control === "ee") {
    const tool = { quantity: "displacement", amount: DISPLACEMENT_OF_ONE, unit: "m" } as const;
    return [...model.toolAxes.map((axis) => ({ moves: `tool ${AXES[axis]}`, ...tool })), ...fingers];
  }
  const ofJoint = (torqueLimit: number) => {
    if (control === "velocity") return { quantity: "speed", amount: SPEED_OF_ONE, unit: "rad/s" } as const;
    if (control === "position") {
      return { quantity: "displacement", amount: ANGLE_OF_ONE, unit: "rad" } as const;
    }
    return { quantity: "torque", amount: torqueLimit * torqueScale, unit: "N m" } as const;
  };
  const joints = model.links.map(({ joint, torqueLimit }) => ({ moves: joint, ...ofJoint(torqueLimit) }));
  return [...joints, ...fingers];
}

/** Turns actions into torques, and forces of the fingers, for one arm. */
export class Control {
  /** [N] N m for the next substep, within the motors' limits; its own, for reading. */
  readonly torques: Float64Array;
  readonly #joints: JointControl;
  readonly #fingers: FingerControl | null;
  /** All that is kept from one substep to the next: the arrays themselves, to be copied or filled. */
  readonly numbers: readonly Float64Array[];

  constructor(model: ArmModel, settings: ControlSettings) {
    const { control } = settings;
    this.#joints =
      control === "torque" ? new TorqueControl(model, settings) : new MotionControl(model, settings, control);
    this.#fingers = model.gripper === undefined ? null : new FingerControl(model.gripper, control);
    this.torques = this.#joints.torques;
    this.numbers = [...this.#joints.numbers, ...(this.#fingers === null ? [] : [this.#fingers.numbers])];
  }

  /** On each finger for the next substep, N; positive opens. */
  get fingerForce(): number {
    return this.#fingers?.force ?? 0;
  }

  /**
   * Takes an action at the beginning of a control step.
   *
   * @param action     [A] in [−1, 1]; the fingers' number comes last
   * @param kinematics up to date with the arm's angles
   */
  begin(action: Float32Array, arm: ArmWorld, kinematics: ArmKinematics): void {
    this.#joints.begin(action, arm, kinematics);
    this.#fingers?.begin(action[action.length - 1]!, arm);
  }

  /** Computes torques and forces for the next substep from where the arm is now. */
  update(arm: ArmWorld): void {
    this.#joints.update(arm);
    this.#fingers?.update(arm);
  }
}

/** An action is torques, held. */
class TorqueControl implements JointControl {
  readonly torques: Float64Array;
  readonly numbers: readonly Float64Array[];
  readonly #torqueOfOne: Float64Array;

  constructor(model: ArmModel, { torqueScale }: ControlSettings) {
    this.torques = new Float64Array(model.links.length);
    this.numbers = [this.torques];
    this.#torqueOfOne = Float64Array.from(model.links, (link) => link.torqueLimit * torqueScale);
  }

  begin(action: Float32Array): void {
    for (let i = 0; i < this.torques.length; i++) this.torques[i] = action[i]! * this.#torqueOfOne[i]!;
  }

  update(): void {}
}

/** An action is a motion that the joints follow. */
class MotionControl implements JointControl {
  readonly torques: Float64Array;
  readonly numbers: readonly Float64Array[];
  readonly #model: ArmModel;
  readonly #mode: Exclude<ControlMode, "torque">;
  readonly #settings: ControlSettings;
  readonly #inertia: JointInertia;
  readonly #inverse: InverseKinematics;
  /** Torques that carry the arm, [N] N m: 0 where gravity is compensated. */
  readonly #weight: Float64Array;
  /** Where the control step began, and how far to go in it, [N] rad. */
  readonly #start: Float64Array;
  readonly #way: Float64Array;
  readonly #acceleration: Float64Array;
  readonly #target = new Float64Array(3);
  /** Substeps into the control step, [1]. */
  readonly #substep = new Float64Array(1);

  constructor(model: ArmModel, settings: ControlSettings, mode: Exclude<ControlMode, "torque">) {
    const size = model.links.length;
    this.#model = model;
    this.#mode = mode;
    this.#settings = settings;
    this.#inertia = new JointInertia(model);
    this.#inverse = new InverseKinematics(model);
    this.torques = new Float64Array(size);
    this.#weight = new Float64Array(size);
    this.#start = new Float64Array(size);
    this.#way = new Float64Array(size);
    this.#acceleration = new Float64Array(size);
    this.numbers = [this.#weight, this.#start, this.#way, this.#inertia.matrix, this.#substep];
  }

  begin(action: Float32Array, arm: ArmWorld, kinematics: ArmKinematics): void {
    const { physicsTimestep, substeps, gravityCompensation } = this.#settings;
    this.#substep[0] = 0;
    this.#start.set(arm.angles);
    this.#inertia.update(kinematics);
    if (!gravityCompensation) kinematics.gravityTorques(GRAVITY, this.#weight);
    if (this.#mode === "ee") this.#goToTool(action, kinematics);
    else {
      const most = this.#mode === "velocity" ? SPEED_OF_ONE * physicsTimestep * substeps : ANGLE_OF_ONE;
      for (let i = 0; i < this.#way.length; i++) this.#way[i] = this.#within(i, action[i]! * most);
    }
  }

  update(arm: ArmWorld): void {
    const { physicsTimestep, substeps } = this.#settings;
    const { links } = this.#model;
    const size = links.length;
    const acceleration = this.#acceleration;
    const substep = this.#substep[0]! + 1;
    const progress = Math.min(substep / substeps, 1);
    this.#substep[0] = substep;
    // Speed control forgets where it should have been: it makes good no way lost.
    const pull = this.#mode === "velocity" ? 0 : STIFFNESS ** 2;
    for (let i = 0; i < size; i++) {
      const behind = this.#start[i]! + progress * this.#way[i]! - arm.angles[i]!;
      const speed = this.#way[i]! / (physicsTimestep * substeps);
      acceleration[i] = pull * behind + 2 * STIFFNESS * (speed - arm.speeds[i]!);
    }
    for (let i = 0; i < size; i++) {
      const { damping, torqueLimit } = links[i]!;
      const speed = this.#way[i]! / (physicsTimestep * substeps);
      let torque = this.#weight[i]! + damping * speed;
      for (let j = 0; j < size; j++) torque += this.#inertia.matrix[i * size + j]! * acceleration[j]!;
      this.torques[i] = Math.min(Math.max(torque, -torqueLimit), torqueLimit);
    }
  }

  #goToTool(action: Float32Array, { endEffector }: ArmKinematics): void {
    this.#target.set(endEffector);
    for (const [i, axis] of this.#model.toolAxes.entries()) {
      this.#target[axis]! += DISPLACEMENT_OF_ONE * action[i]!;
    }
    this.#inverse.solve(this.#start, this.#target);
    for (let i = 0; i < this.#way.length; i++) {
      const way = this.#inverse.angles[i]! - this.#start[i]!;
      this.#way[i] = this.#within(i, Math.min(Math.max(way, -LONGEST_WAY), LONGEST_WAY));
    }
  }

  /** A joint's way, not beyond its limits; one that is pressed beyond them goes back. */
  #within(i: number, way: number): number {
    const { limits } = this.#model.links[i]!;
    if (limits === null) return way;
    const start = this.#start[i]!;
    return Math.min(Math.max(start + way, limits[0]), limits[1]) - start;
  }
}
