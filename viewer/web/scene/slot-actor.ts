/** @file Everything of one policy in the scene: its arm, its things, its goal, its trails, the arrow of a push. */

import { Group, type Texture, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { ArmSample, momentAt, sampleMotion } from "../interpolation.ts";
import { jointsAtLimit } from "../joint-limits.ts";
import { type Motion, sizesOf } from "../motion.ts";
import { ArmFigure } from "./arm-figure.ts";
import { ForceArrow } from "./force-arrow.ts";
import { GoalMarker } from "./goal-marker.ts";
import { ObjectFigures } from "./object-figures.ts";
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
  readonly things: ObjectFigures;
  readonly goal: GoalMarker;
  /** The ways that the tool came, and the thing that a goal is about. */
  readonly trails: readonly Trail[];
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
    this.figure = new ArmFigure(scene, color);
    this.things = new ObjectFigures(scene.objects, color);
    this.goal = new GoalMarker(scene);
    const moving = scene.objects.length > 0 ? 2 : 1;
    this.trails = Array.from({ length: moving }, () => new Trail(color, TRAIL_POINTS));
    this.arrow = new ForceArrow("#f6c344");
    this.sample = new ArmSample(sizesOf(scene));
    this.shares = new Float32Array(scene.links.length);
    this.#limits = scene.links.map((link) => link.limits);
    this.#torqueLimits = scene.links.map((link) => link.torqueLimit);
    this.object.add(this.figure.object, this.things.object, this.goal.object);
    this.object.add(...this.trails.map((trail) => trail.object), this.arrow.object);
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
    this.figure.setOpenings(this.sample.openings);
    this.things.setPoses(this.sample.objectPositions, this.sample.objectRotations);
    this.#torqueLimits.forEach((limit, i) => {
      this.shares[i] = (torques[i] ?? 0) / (limit * this.torqueScale);
    });
    this.figure.setTorqueShares(this.shares);
    this.figure.setWarnings(this.atLimit);
    this.goal.setPosition(goal[0] ?? 0, goal[1] ?? 0, goal[2] ?? 0);
    this.goal.setReached(isSuccess, colors);
    const oldest = momentAt(motion, time - TRAIL_SECONDS);
    const [tool, thing] = this.trails;
    tool?.show(motion.endEffectors, 3, oldest, moment, endEffector);
    thing?.show(motion.objectPositions, 3 * motion.objects, oldest, moment, this.sample.objectPositions);
  }

  /** Shows a push at a point, [3] m in the world, with a force, [3] N; a force of 0 hides it. */
  showPush(point: ArrayLike<number>, force: ArrayLike<number>): void {
    this.#from.set(point[0] ?? 0, point[1] ?? 0, point[2] ?? 0);
    this.#to.set(force[0] ?? 0, force[1] ?? 0, force[2] ?? 0).multiplyScalar(ARROW_PER_NEWTON);
    this.arrow.show(this.#from, this.#to.add(this.#from));
  }

  setColors(colors: SceneColors, environment: Texture | null): void {
    this.figure.setColors(colors, environment);
    this.things.setColors(colors, environment);
  }

  /** Draws arm and things as tinted ghosts of another policy's, or solid. */
  setGhost(ghost: boolean, colors: SceneColors): void {
    this.figure.setGhost(ghost, colors);
    this.things.setGhost(ghost, colors);
  }

  dispose(): void {
    this.figure.dispose();
    this.things.dispose();
    this.goal.dispose();
    for (const trail of this.trails) trail.dispose();
    this.object.removeFromParent();
  }
}
