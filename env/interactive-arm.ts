/**
 * @file An arm for live viewing: advanced substep by substep, with goal, push and posture changed at any time.
 *
 * Unlike a GoalEnv it has no time limit. Without a push, a posture or a moved goal it gives the same observations,
 * rewards and motion as the GoalEnv of the same config, bit for bit.
 */

import { sizeOf } from "../shared/box.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError, internal, refuse } from "../shared/errors.ts";
import type { GoalObservation, ResetOptions } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import { cross, distance, rotate, subtract, type Vec3 } from "../shared/vec3.ts";
import type { ArmContact } from "./arm/arm-contacts.ts";
import type { ArmModel } from "./arm/arm-model.ts";
import type { ArmKinematics } from "./arm/kinematics.ts";
import { ArmEpisode, type ArmEpisodeSettings, type Outcome, type Timing } from "./arm-episode.ts";
import type { ObjectState } from "./scene.ts";
import type { EpisodeVariation } from "./variation.ts";
import type { Physics } from "./world.ts";

/** A push on one link of an arm. */
export interface Push {
  /** Index of the link. */
  readonly link: number;
  /** Where the force acts, in the link's frame, metres; it moves with the link. */
  readonly point: Vec3;
  /** In the world's frame, N. */
  readonly force: Vec3;
}

/** One arm in its own world. The caller disposes of it. Arrays returned by getters are overwritten by later calls. */
export class InteractiveArm {
  readonly id: string;
  readonly model: ArmModel;
  readonly timing: Timing;
  /** Sizes of the GoalEnv's episodes. */
  readonly sizes: EpisodeSizes;
  /** Share of the torque limits that an action can request: all of it unless actions are torques. */
  readonly torqueScale: number;
  /** Current poses of the links. */
  readonly kinematics: ArmKinematics;
  readonly #episode: ArmEpisode;
  /** Position of the tool or object at the start; supplies the coordinates that goals do not have, metres. */
  #startPoint: Vec3 = [0, 0, 0];
  #push: Push | undefined;

  constructor(physics: Physics, settings: ArmEpisodeSettings) {
    const { id, model, timing, control, torqueScale, task } = settings;
    const episode = new ArmEpisode(physics, settings);
    this.id = id;
    this.model = model;
    this.timing = timing;
    this.torqueScale = control === "torque" ? torqueScale : 1;
    this.kinematics = episode.kinematics;
    this.sizes = {
      observation: sizeOf(episode.observation.space),
      goal: sizeOf(task.goalSpace),
      action: sizeOf(episode.actionSpace),
      maxSteps: timing.maxEpisodeSteps,
    };
    this.#episode = episode;
  }

  /** Motor torques, [N] N m. */
  get torques(): Float64Array {
    return this.#episode.drive.torques;
  }

  /** Joint angles, [N] rad. */
  get angles(): Float64Array {
    return this.#episode.world.angles;
  }

  /** Joint speeds, [N] rad/s. */
  get speeds(): Float64Array {
    return this.#episode.world.speeds;
  }

  /** Opening of each finger, [2] metres; empty without a gripper. */
  get openings(): Float64Array {
    return this.#episode.world.openings;
  }

  /** Returns the contacts of the last substep that carry a force; see ArmContact for the indices of bodies. */
  contacts(): ArmContact[] {
    return this.#episode.world.contacts();
  }

  /** Objects of the scene. */
  get objects(): readonly ObjectState[] {
    return this.#episode.objects;
  }

  /** Parameters drawn for the current episode. */
  get variation(): EpisodeVariation {
    return this.#episode.drawnVariation;
  }

  /** Seconds since the start. */
  get time(): number {
    return this.#episode.world.time;
  }

  /** Distance from achieved to desired goal, metres. */
  get goalDistance(): number {
    return distance(this.#episode.achievedGoal, this.#episode.desiredGoal);
  }

  /** The current push, if any. */
  get push(): Push | undefined {
    return this.#push;
  }

  /** The goal as a point in the world; coordinates that goals do not have are those of the start. */
  get goal(): Vec3 {
    return this.#pointOf(this.#episode.desiredGoal);
  }

  /**
   * Starts an episode, like `GoalEnv.reset`.
   *
   * @param angles joint angles within their limits to start at, [N] rad; the task draws them if undefined
   * @throws InputError if the seed or the goal is invalid
   */
  reset({ seed, goal }: Pick<ResetOptions, "seed" | "goal"> = {}, angles?: Float64Array): GoalObservation {
    const episode = this.#episode;
    const desiredGoal = goal === undefined ? undefined : episode.task.checkGoal(goal, `${this.id}.reset`);
    if (seed !== undefined) episode.reseed(seed);
    this.#push = undefined;
    episode.start(desiredGoal, false, angles);
    const [x, y, z] = episode.objects[0]?.position ?? episode.kinematics.endEffector;
    this.#startPoint = [x!, y!, z!];
    return episode.observe();
  }

  /** Moves the goal without a restart. Throws InputError if it lies outside the goal space. */
  setGoal(point: Vec3): void {
    this.#episode.setGoal(this.#episode.task.checkGoal(this.projectGoal(point), this.id));
  }

  /** Draws a goal of the task that is not achieved at the present one, as a point like `goal`. */
  drawGoal(rng: Rng): Vec3 {
    const { task, desiredGoal } = this.#episode;
    return this.#pointOf(task.drawGoal(rng, desiredGoal, "usual"));
  }

  /** Projects a point in the world onto the coordinates that goals have, [G]; the caller owns the result. */
  projectGoal(point: Vec3): Float32Array {
    return Float32Array.from(this.#episode.task.goalAxes, (axis) => point[axis]);
  }

  /** Pushes a link from the next substep on, until the next call, `pose` or `reset`. Throws InputError if there is no such link. */
  setPush(push: Push | undefined): void {
    if (push !== undefined && this.model.links[push.link] === undefined) {
      throw refuse(`${this.id} push`, `a link index below ${this.model.links.length}`, push.link);
    }
    if (push === undefined && this.#push !== undefined) {
      this.#episode.world.push(this.#push.link, [0, 0, 0], [0, 0, 0]);
    }
    this.#push = push;
  }

  /**
   * Puts the arm at rest at joint angles, clamped to their limits, and ends a push. Objects stay in place, at rest.
   *
   * @param angles [N] rad
   * @throws InputError if the number of angles is wrong or one is not finite; nothing has changed then
   */
  pose(angles: readonly number[]): void {
    const { links } = this.model;
    if (angles.length !== links.length) {
      throw refuse(`${this.id} pose`, `${links.length} angles`, angles.length);
    }
    const clamped = links.map(({ joint, limits }, i) => {
      const angle = angles[i]!;
      if (!Number.isFinite(angle)) throw refuse(`${this.id} pose of ${joint}`, "a finite angle", angle);
      return limits === null ? angle : Math.min(Math.max(angle, limits[0]), limits[1]);
    });
    this.#push = undefined;
    this.#episode.pose(clamped);
  }

  /** Returns the current observation and goals; the caller owns them. */
  observe(): GoalObservation {
    return this.#episode.observe();
  }

  /** Starts a control step: holds an action from the next substep on. Throws InputError if it is invalid. */
  act(action: ArrayLike<number>): void {
    this.#episode.act(action, `${this.id} action`);
  }

  /** Simulates some substeps. Throws InputError if the simulation diverged; `reset` recovers. */
  advance(substeps: number): void {
    if (this.#push === undefined) this.#episode.advance(substeps);
    else {
      for (let substep = 0; substep < substeps; substep++) {
        this.#applyPush(this.#push);
        this.#episode.advance(1);
      }
    }
    const fault = this.#episode.world.fault();
    if (fault !== null) {
      throw new InputError(`${this.id}: the simulation diverged at ${this.time.toFixed(2)} s: ${fault}`);
    }
  }

  /** Converts a point from a link's frame to the world, metres. */
  toWorld(link: number, point: Vec3): Vec3 {
    const { positions, rotations } = this.kinematics;
    const [x, y, z, w] = rotations.subarray(4 * link, 4 * link + 4);
    if (x === undefined || y === undefined || z === undefined || w === undefined) {
      throw internal(`InteractiveArm: there is no link ${link}`);
    }
    const [dx, dy, dz] = rotate([x, y, z, w], point);
    return [positions[3 * link]! + dx, positions[3 * link + 1]! + dy, positions[3 * link + 2]! + dz];
  }

  /** Returns reward and success as if the control step ended now. */
  outcome(): Pick<Outcome, "reward" | "isSuccess"> {
    const { reward, isSuccess } = this.#episode.outcome();
    return { reward, isSuccess };
  }

  dispose(): void {
    this.#episode.dispose();
  }

  #pointOf(goal: Float32Array): Vec3 {
    const point: [number, number, number] = [...this.#startPoint];
    for (const [i, axis] of this.#episode.task.goalAxes.entries()) point[axis] = goal[i]!;
    return point;
  }

  #applyPush({ link, force, point }: Push): void {
    const { centerOfMass } = this.model.links[link]!;
    const lever = subtract(this.toWorld(link, point), this.toWorld(link, centerOfMass));
    this.#episode.world.push(link, force, cross(lever, force));
  }
}
