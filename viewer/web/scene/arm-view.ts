/** @file Everything of one slot in the scene: arm, objects, goal, trails and the arrow of a push. */

import { Group, type Texture, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { type ArmSample, blankSample, momentAt, sampleMotion } from "../playback/interpolation.ts";
import { jointsAtLimit } from "../playback/joint-limits.ts";
import { type Motion, sizesOf } from "../playback/motion.ts";
import { INNER_LAYERS, type Layer } from "../state/inspector-layers.ts";
import { ArmFigure } from "./arm-figure.ts";
import { ForceArrow } from "./force-arrow.ts";
import { GoalMarker } from "./goal-marker.ts";
import { InspectorFigure } from "./inspector-figure.ts";
import { ObjectFigures } from "./object-figures.ts";
import { type SceneColors, slotColor } from "./palette.ts";
import { Trail } from "./trail.ts";

/** Seconds of motion that a trail covers, and its maximum number of points. */
const TRAIL_SECONDS = 1.1;
const TRAIL_POINTS = 240;

/** Length of the arrow, metres for each newton. */
const ARROW_LENGTH_PER_NEWTON = 1 / 160;

export class ArmView {
  readonly object = new Group();
  readonly figure: ArmFigure;
  readonly inspector: InspectorFigure;
  readonly objects: ObjectFigures;
  readonly goal: GoalMarker;
  /** The trail of the end effector, and of the first object if there is one. */
  readonly trails: readonly Trail[];
  /** The displayed state. */
  readonly sample: ArmSample;
  /** Share of the torque limits that an action of 1 commands. */
  torqueScale = 1;
  readonly #color: string;
  readonly #arrow = new ForceArrow("#f6c344");
  /** Torques as shares of the maximum that the policy can command, [N]. */
  readonly #torqueShares: Float32Array;
  readonly #limits: SceneMessage["links"][number]["limits"][];
  readonly #torqueLimits: readonly number[];
  readonly #arrowStart = new Vector3();
  readonly #arrowEnd = new Vector3();

  /** @param changed called when meshes have been loaded */
  constructor(scene: SceneMessage, slot: number, changed: () => void) {
    const color = slotColor(slot);
    this.#color = color;
    this.figure = new ArmFigure(scene, color, changed);
    this.inspector = new InspectorFigure(scene, this.figure.groups);
    this.objects = new ObjectFigures(scene.objects, color);
    this.goal = new GoalMarker(scene);
    const trailCount = scene.objects.length > 0 ? 2 : 1;
    this.trails = Array.from({ length: trailCount }, () => new Trail(color, TRAIL_POINTS));
    this.sample = blankSample(sizesOf(scene));
    this.#torqueShares = new Float32Array(scene.links.length);
    this.#limits = scene.links.map((link) => link.limits);
    this.#torqueLimits = scene.links.map((link) => link.torqueLimit);
    this.object.add(this.figure.object, this.objects.object, this.goal.object);
    this.object.add(this.inspector.contacts.object);
    this.object.add(...this.trails.map((trail) => trail.object), this.#arrow.object);
  }

  /** Shows a motion at a time, seconds, with a goal, metres. */
  show(motion: Motion, time: number, goal: readonly number[], colors: SceneColors): void {
    const { sample } = this;
    sampleMotion(motion, time, sample);
    this.figure.setPoses(sample.positions, sample.rotations);
    this.figure.setOpenings(sample.openings);
    this.objects.setPoses(sample.objectPositions, sample.objectRotations);
    this.#torqueLimits.forEach((limit, i) => {
      this.#torqueShares[i] = (sample.torques[i] ?? 0) / (limit * this.torqueScale);
    });
    this.inspector.setAngles(sample.angles);
    this.figure.setTorqueShares(this.#torqueShares);
    this.figure.setWarnings(jointsAtLimit(sample.angles, this.#limits));
    this.goal.setPosition(goal[0] ?? 0, goal[1] ?? 0, goal[2] ?? 0);
    this.goal.setReached(sample.isSuccess, colors);
    const oldest = momentAt(motion, time - TRAIL_SECONDS);
    const { moment, endEffector, objectPositions } = sample;
    const [toolTrail, objectTrail] = this.trails;
    toolTrail?.show(motion.endEffector, 3, oldest, moment, endEffector);
    objectTrail?.show(motion.objectPositions, 3 * motion.objects, oldest, moment, objectPositions);
  }

  /** Shows a push: point [3] m and force [3] N in the world. */
  showPush(point: ArrayLike<number>, force: ArrayLike<number>): void {
    this.#arrowStart.set(point[0] ?? 0, point[1] ?? 0, point[2] ?? 0);
    this.#arrowEnd.set(force[0] ?? 0, force[1] ?? 0, force[2] ?? 0).multiplyScalar(ARROW_LENGTH_PER_NEWTON);
    this.#arrow.show(this.#arrowStart, this.#arrowEnd.add(this.#arrowStart));
  }

  hidePush(): void {
    this.#arrow.hide();
  }

  setColors(colors: SceneColors, reflections: Texture | null): void {
    this.figure.setColors(colors, reflections);
    this.inspector.setColors(colors, this.#color);
    this.objects.setColors(colors, reflections);
  }

  /** Shows what the inspector draws, inside an arm that can be seen through. */
  showLayers(layers: readonly Layer[]): void {
    this.inspector.show(layers);
    this.figure.setSeeThrough(layers.some((layer) => INNER_LAYERS.includes(layer)));
  }

  /** Draws arm and objects as tinted, translucent ghosts, or opaque. */
  setGhost(ghost: boolean, colors: SceneColors): void {
    this.figure.setGhost(ghost);
    this.objects.setGhost(ghost, colors);
  }

  dispose(): void {
    this.inspector.dispose();
    this.figure.dispose();
    this.objects.dispose();
    this.goal.dispose();
    this.#arrow.dispose();
    for (const trail of this.trails) trail.dispose();
    this.object.removeFromParent();
  }
}
