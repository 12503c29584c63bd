/** @file Everything of one policy in the scene: its arm, its goal, its trail, the arrow of a push. */

import { Group, type Texture, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol.ts";
import { ArmSample, momentAt, sampleMotion } from "../interpolation.ts";
import { jointsAtLimit } from "../joint-limits.ts";
import type { Motion } from "../motion.ts";
import { ArmFigure } from "./arm-figure.ts";
import { ForceArrow } from "./force-arrow.ts";
import { GoalMarker } from "./goal-marker.ts";
import { type SceneColors, slotColor } from "./palette.ts";
import { Trail } from "./trail.ts";

/** Seconds of the way that the trail shows, and the most points it takes. */
const TRAIL_SECONDS = 1.1;
const TRAIL_POINTS = 240;

/** Metres of arrow for a newton. */
export const ARROW_PER_NEWTON = 1 / 160;

export class SlotActor {
  readonly object = new Group();
  readonly figure: ArmFigure;
  readonly goal: GoalMarker;
  readonly trail: Trail;
  readonly arrow: ForceArrow;
  readonly sample: ArmSample;
  /** Torques as shares of what the policy may use, [N]. */
  readonly shares: Float32Array;
  readonly #limits: SceneMessage["links"][number]["limits"][];
  readonly #torqueLimits: readonly number[];
  readonly #from = new Vector3();
  readonly #to = new Vector3();
  /** Share of the torque limits that an action of 1 stands for. */
  torqueScale = 1;

  constructor(scene: SceneMessage, slot: number) {
    const color = slotColor(slot);
    const joints = scene.links.length;
    this.figure = new ArmFigure(scene, color);
    this.goal = new GoalMarker(scene.successDistance);
    this.trail = new Trail(color, TRAIL_POINTS);
    this.arrow = new ForceArrow("#f6c344");
    this.sample = new ArmSample(joints);
    this.shares = new Float32Array(joints);
    this.#limits = scene.links.map((link) => link.limits);
    this.#torqueLimits = scene.links.map((link) => link.torqueLimit);
    this.object.add(this.figure.object, this.goal.object, this.trail.object, this.arrow.object);
  }

  /** Joints at the end of their range now. */
  get atLimit(): boolean[] {
    return jointsAtLimit(this.sample.angles, this.#limits);
  }

  /** Shows a motion at a time, seconds, with its goal, metres. */
  show(motion: Motion, time: number, goal: readonly number[], colors: SceneColors): void {
    sampleMotion(motion, time, this.sample);
    const { positions, rotations, torques, moment, endEffector, isSuccess } = this.sample;
    this.figure.setPoses(positions, rotations);
    this.#torqueLimits.forEach((limit, i) => {
      this.shares[i] = (torques[i] ?? 0) / (limit * this.torqueScale);
    });
    this.figure.setTorqueShares(this.shares);
    this.figure.setWarnings(this.atLimit);
    this.goal.setPosition(goal[0] ?? 0, goal[1] ?? 0, goal[2] ?? 0);
    this.goal.setReached(isSuccess, colors);
    const oldest = momentAt(motion, time - TRAIL_SECONDS);
    this.trail.show(motion.endEffectors, oldest, moment, endEffector);
  }

  /** Shows a push at a point, [3] m in the world, with a force, [3] N; a force of 0 hides it. */
  showPush(point: ArrayLike<number>, force: ArrayLike<number>): void {
    this.#from.set(point[0] ?? 0, point[1] ?? 0, point[2] ?? 0);
    this.#to.set(force[0] ?? 0, force[1] ?? 0, force[2] ?? 0).multiplyScalar(ARROW_PER_NEWTON);
    this.arrow.show(this.#from, this.#to.add(this.#from));
  }

  setColors(colors: SceneColors, environment: Texture | null): void {
    this.figure.setColors(colors, environment);
  }

  dispose(): void {
    this.figure.dispose();
    this.goal.dispose();
    this.trail.dispose();
    this.object.removeFromParent();
  }
}
