/**
 * @file Measures joint angles, speeds and axes from the rotations of the links' bodies.
 *
 * Rapier cannot report the joint angles of a multibody. An angle is the start angle plus the relative
 * rotation of link and parent since the start. Rapier runs in float32: angles are good to about 1e-7 rad.
 */

import { IDENTITY } from "../../shared/vec3.ts";
import type { BodyHandle } from "../body.ts";
import type { PhysicsWorld } from "../world.ts";

/** Saved state of a sensor; the arrays are copies. */
export interface JointSensorState {
  readonly angles: Float64Array;
  readonly speeds: Float64Array;
  readonly axes: Float64Array;
  readonly startAngles: Float64Array;
  readonly startAxes: Float64Array;
  readonly rotations: Float64Array;
  readonly lastLinkRotation: Float32Array;
}

/** Joint sensor of one arm. Its arrays are overwritten by `start` and `read`. */
export class JointSensor {
  /** [N] rad, not wrapped. */
  readonly angles: Float64Array;
  /** Over the last substep, [N] rad/s. */
  readonly speeds: Float64Array;
  /** Joint axes in the world, [N × 3] unit vectors. */
  readonly axes: Float64Array;
  /** Rotation of the last link's body since the start, x y z w. */
  readonly lastLinkRotation = Float32Array.from(IDENTITY);
  readonly #startAngles: Float64Array;
  /** Joint axes at the start, [N × 3]: bodies start with the world's orientation, so these are in the bodies' frames. */
  readonly #startAxes: Float64Array;
  /** Rotation of each joint since the start, [N] rad. */
  readonly #rotations: Float64Array;
  readonly #physicsTimestep: number;

  constructor(size: number, physicsTimestep: number) {
    this.#physicsTimestep = physicsTimestep;
    this.angles = new Float64Array(size);
    this.speeds = new Float64Array(size);
    this.axes = new Float64Array(3 * size);
    this.#startAngles = new Float64Array(size);
    this.#startAxes = new Float64Array(3 * size);
    this.#rotations = new Float64Array(size);
  }

  /**
   * Starts an episode at rest.
   *
   * @param angles [N] rad
   * @param axes   joint axes in the world at these angles, [N × 3]
   */
  start(angles: ArrayLike<number>, axes: Float64Array): void {
    this.angles.set(angles);
    this.speeds.fill(0);
    this.axes.set(axes);
    this.lastLinkRotation.set(IDENTITY);
    this.#startAngles.set(angles);
    this.#startAxes.set(axes);
    this.#rotations.fill(0);
  }

  /** Measures all joints after a substep. */
  read(world: PhysicsWorld, links: readonly BodyHandle[]): void {
    const rotation = this.lastLinkRotation;
    let [px, py, pz, pw] = [0, 0, 0, 1];
    for (let i = 0; i < links.length; i++) {
      world.readRotation(links[i]!, rotation);
      const [x, y, z, w] = [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!];
      const ax = this.#startAxes[3 * i]!;
      const ay = this.#startAxes[3 * i + 1]!;
      const az = this.#startAxes[3 * i + 2]!;
      // conjugate(parent) · link: its scalar part, and its vector part along the axis.
      const cosine = pw * w + px * x + py * y + pz * z;
      const sine =
        ax * (pw * x - px * w - py * z + pz * y) +
        ay * (pw * y + px * z - py * w - pz * x) +
        az * (pw * z - px * y + py * x - pz * w);
      let change = 2 * Math.atan2(sine, cosine) - this.#rotations[i]!;
      // A joint turns less than half a turn in a substep, so the nearest multiple of 2π is the right one.
      change -= 2 * Math.PI * Math.round(change / (2 * Math.PI));
      this.#rotations[i]! += change;
      this.angles[i] = this.#startAngles[i]! + this.#rotations[i]!;
      this.speeds[i] = change / this.#physicsTimestep;
      // The start axis rotated by the link's rotation.
      const tx = 2 * (y * az - z * ay);
      const ty = 2 * (z * ax - x * az);
      const tz = 2 * (x * ay - y * ax);
      this.axes[3 * i] = ax + w * tx + y * tz - z * ty;
      this.axes[3 * i + 1] = ay + w * ty + z * tx - x * tz;
      this.axes[3 * i + 2] = az + w * tz + x * ty - y * tx;
      px = x;
      py = y;
      pz = z;
      pw = w;
    }
  }

  saveState(): JointSensorState {
    return {
      angles: this.angles.slice(),
      speeds: this.speeds.slice(),
      axes: this.axes.slice(),
      startAngles: this.#startAngles.slice(),
      startAxes: this.#startAxes.slice(),
      rotations: this.#rotations.slice(),
      lastLinkRotation: this.lastLinkRotation.slice(),
    };
  }

  restoreState(state: JointSensorState): void {
    this.angles.set(state.angles);
    this.speeds.set(state.speeds);
    this.axes.set(state.axes);
    this.lastLinkRotation.set(state.lastLinkRotation);
    this.#startAngles.set(state.startAngles);
    this.#startAxes.set(state.startAxes);
    this.#rotations.set(state.rotations);
  }
}
