/** @file A scripted Panda hand above a table with a cube: moves to points, opens and closes. */

import { ArmWorld } from "../../../env/arm/arm-world.ts";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { Control } from "../../../env/control/control.ts";
import { pandaGripper } from "../../../env/models/panda-gripper.ts";
import { type ObjectPose, ObjectState, type Scene } from "../../../env/scene.ts";
import type { Physics } from "../../../env/world.ts";
import {
  conjugate,
  dot,
  IDENTITY,
  length,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../../shared/vec3.ts";

/** Half the cube's edge, metres. */
export const HALF = 0.02;
/** Nominal position of the cube on the table, metres. */
export const SPOT: Vec3 = [0.55, 0, HALF];
/** Those of the pick-and-place task. */
export const RATE = 250;
const SUBSTEPS = 10;
/** Maximum action along each axis: avoids overshooting. */
const MAX_ACTION = 0.4;

/** Returns a scene with a table in front of the arm and one cube. */
export function tableWithCube(mass: number, friction: number): Scene {
  return {
    table: { center: [0.55, 0, 0], halfExtents: [0.35, 0.55], friction: 1 },
    objects: [{ name: "cube", halfExtents: [HALF, HALF, HALF], mass, friction }],
  };
}

/** The hand and its world; the caller disposes of the arm. */
export class ScriptedHand {
  readonly arm: ArmWorld;
  readonly cube = new ObjectState();
  readonly #kinematics = new ArmKinematics(pandaGripper);
  readonly #control: Control;
  readonly #action = new Float32Array(4);

  constructor(physics: Physics, scene: Scene, physicsTimestep = 1 / RATE, substeps = SUBSTEPS) {
    const settings = { physicsTimestep, gravityCompensation: true };
    this.arm = new ArmWorld(physics, pandaGripper, { ...settings, scene });
    this.#control = new Control(pandaGripper, { ...settings, substeps, control: "ee", torqueScale: 1 });
    this.substeps = substeps;
  }

  readonly substeps: number;

  /** Starts at home with open fingers. */
  reset(cube: ObjectPose = { position: SPOT, orientation: IDENTITY }): void {
    this.arm.reset(pandaGripper.home, { opening: 0.04, objects: [cube] });
  }

  /**
   * Moves the tool towards a point, metres, for some control steps; throws if the simulation diverges.
   *
   * @param fingers −1 closes, 1 opens
   */
  go(target: Vec3, steps: number, fingers: -1 | 1): void {
    const { arm } = this;
    for (let step = 0; step < steps; step++) {
      this.#kinematics.update(arm.angles);
      for (let axis = 0; axis < 3; axis++) {
        const action = (target[axis]! - this.#kinematics.endEffector[axis]!) / 0.05;
        this.#action[axis] = Math.min(Math.max(action, -MAX_ACTION), MAX_ACTION);
      }
      this.#action[3] = fingers;
      this.#control.begin(this.#action, arm, this.#kinematics);
      for (let substep = 0; substep < this.substeps; substep++) {
        this.#control.update(arm);
        arm.step(this.#control.torques, 1, this.#control.fingerForce);
      }
      const fault = arm.fault();
      if (fault !== null) throw new Error(fault);
    }
    this.#kinematics.update(arm.angles);
    arm.readObject(0, this.cube);
  }

  /** Moves down to the cube, grips it and lifts it to a height, metres. */
  lift(height: number): void {
    const [x, y] = SPOT;
    this.go([x, y, 0.15], 15, 1);
    this.go([x, y, HALF], 20, 1);
    this.go([x, y, HALF], 8, -1);
    this.go([x, y, height], 25, -1);
  }

  /** Position of the cube's centre relative to the tool, in the hand's frame, without the component along the fingers' axis. */
  get grip(): Vec3 {
    const [x, y, z, w] = this.#kinematics.rotations.slice(-4);
    const [ex, ey, ez] = this.#kinematics.endEffector;
    const [cx, cy, cz] = this.cube.position;
    const offset = rotate(conjugate([x!, y!, z!, w!]), [cx! - ex!, cy! - ey!, cz! - ez!]);
    const [finger] = pandaGripper.gripper?.fingers ?? [];
    const axis = rotate(finger?.orientation ?? IDENTITY, finger?.axis ?? [0, 1, 0]);
    return subtract(offset, scale(axis, dot(offset, axis)));
  }

  /** Returns how far the cube has slipped between the fingers since a given `grip`, metres. */
  slipSince(grip: Vec3): number {
    return length(subtract(this.grip, grip));
  }
}
