/**
 * @file An arm to play with: advanced substep by substep, its goal and noise changed at will, pushed from outside.
 *
 * Below GoalEnv on purpose: no phase, no time limit. Undisturbed, it shows a policy the same observations and
 * answers with the same motion as the GoalEnv of the same config, bit for bit.
 */

import { type Box, clipInto, sizeOf, symmetricBox } from "../shared/box.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError, internal } from "../shared/errors.ts";
import type { GoalObservation, ResetOptions, RewardFunction } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { cross, distance, rotate, subtract, type Vec3 } from "../shared/vec3.ts";
import type { ArmModel } from "./arm/arm-model.ts";
import { ArmObservation } from "./arm/arm-observation.ts";
import { ArmWorld } from "./arm/arm-world.ts";
import { ArmKinematics } from "./arm/kinematics.ts";
import { type ArmEnvSettings, arenaOf, type Timing } from "./arm-env.ts";
import { ArmDrive } from "./control/arm-drive.ts";
import type { ObjectState } from "./scene.ts";
import { isAchieved, makeReward } from "./tasks/reward.ts";
import { RewardTerms } from "./tasks/reward-terms.ts";
import { refresh, type Task, type TaskView, viewOf } from "./tasks/task.ts";
import { type EpisodeVariation, Variation } from "./variation.ts";
import type { Physics } from "./world.ts";

/** A push at one link of an arm. */
export interface Push {
  /** Index of the link. */
  readonly link: number;
  /** Where it is held, in the link's frame, metres: the point goes with the link. */
  readonly point: Vec3;
  /** In the world's frame, N. */
  readonly force: Vec3;
}

/** One arm in a world of its own. Whoever made it disposes of it. */
export class InteractiveArm {
  readonly id: string;
  readonly model: ArmModel;
  readonly timing: Timing;
  /** As the GoalEnv's episodes have them. */
  readonly sizes: EpisodeSizes;
  /** Share of the torque limits that the motors can be asked for: all of them by a motion. */
  readonly torqueScale: number;
  readonly computeReward: RewardFunction;
  /** Pose of every link now; its own, for reading. */
  readonly kinematics: ArmKinematics;
  readonly #task: Task;
  readonly #view: TaskView;
  readonly #makeArm: (model: ArmModel) => ArmWorld;
  readonly #variation: Variation;
  #arm: ArmWorld;
  readonly #observation: ArmObservation;
  readonly #actionSpace: Box;
  readonly #drive: ArmDrive;
  readonly #action: Float32Array;
  readonly #terms: RewardTerms;
  /** What was achieved when the action began that is held now. */
  #previousGoal: Float32Array = new Float32Array(0);
  #desiredGoal: Float32Array = new Float32Array(0);
  /** Where what is to get there was at the start: what a goal cannot choose stays as it was there, metres. */
  #startPoint: Vec3 = [0, 0, 0];
  #rng = Rng.fromSeed(0);
  /** Resets since the last seed. */
  #episode = 0;
  #push: Push | undefined;

  constructor(physics: Physics, settings: ArmEnvSettings) {
    const { model, timing, torqueScale, task } = settings;
    this.#drive = new ArmDrive(model, { ...settings, ...timing });
    const size = this.#drive.actions.length;
    this.id = settings.id;
    this.model = model;
    this.timing = timing;
    this.torqueScale = settings.control === "torque" ? torqueScale : 1;
    this.computeReward = makeReward(settings, 0).computeReward;
    this.#terms = new RewardTerms(model, settings.rewardTerms, size);
    this.kinematics = new ArmKinematics(model);
    this.#task = task;
    this.#variation = new Variation(settings.variation, model, timing.physicsTimestep);
    const arena = arenaOf(settings);
    this.#makeArm = (made) => new ArmWorld(physics, made, arena);
    this.#arm = this.#makeArm(model);
    this.#view = viewOf(() => this.#arm, this.kinematics, task.scene);
    this.#observation = new ArmObservation(model, task);
    this.#actionSpace = symmetricBox(size, 1);
    this.sizes = {
      observation: sizeOf(this.#observation.space),
      goal: sizeOf(task.goalSpace),
      action: size,
      maxSteps: timing.maxEpisodeSteps,
    };
    this.#action = new Float32Array(size);
  }

  /** What the motors give, [N] N m; its own, for reading. */
  get torques(): Float64Array {
    return this.#drive.torques;
  }

  /** Joint angles, [N] rad; its own, for reading. */
  get angles(): Float64Array {
    return this.#arm.angles;
  }

  /** Joint speeds, [N] rad/s; its own, for reading. */
  get speeds(): Float64Array {
    return this.#arm.speeds;
  }

  /** What was drawn for this episode. */
  get variation(): EpisodeVariation {
    return this.#variation.drawn;
  }

  /** Seconds since the start. */
  get time(): number {
    return this.#arm.time;
  }

  /** Metres from what is to get there to the goal. */
  get goalDistance(): number {
    return distance(this.#achievedGoal(), this.#desiredGoal);
  }

  /** The push that acts now, if any. */
  get push(): Push | undefined {
    return this.#push;
  }

  /** The goal as a point in the world: a coordinate that a goal cannot choose is that of the start. */
  get goal(): Vec3 {
    const point: [number, number, number] = [...this.#startPoint];
    for (const [i, axis] of this.#task.goalAxes.entries()) point[axis] = this.#desiredGoal[i]!;
    return point;
  }

  /** The scene's objects where they are now; its own, for reading. */
  get objects(): readonly ObjectState[] {
    return this.#view.objects;
  }

  /** How far each finger is from shut, [2] metres; empty without a gripper. Its own, for reading. */
  get openings(): Float64Array {
    return this.#arm.openings;
  }

  /** Starts anew, as GoalEnv.reset does. Throws InputError if the seed or the goal is not one. */
  reset(options: ResetOptions = {}): GoalObservation {
    const { seed, goal } = options;
    const asked = goal === undefined ? undefined : this.#task.checkGoal(goal, `${this.id} start`);
    if (seed !== undefined) {
      this.#rng = Rng.fromSeed(seed);
      this.#episode = 0;
    }
    this.#episode += 1;
    this.#variation.begin(this.#rng, this.#episode);
    if (this.#variation.variesArm) {
      this.#arm.dispose();
      this.#arm = this.#makeArm(this.#variation.arm());
    }
    const start = this.#task.drawStart(this.#rng, "usual", this.#variation.startNoise);
    this.#arm.reset(start.angles, { ...start, friction: this.#variation.drawn.friction });
    refresh(this.#view);
    const [x, y, z] = this.#view.objects[0]?.position ?? this.kinematics.endEffector;
    this.#startPoint = [x!, y!, z!];
    const { delaySubsteps, drawn } = this.#variation;
    this.#drive.begin(this.#arm, this.kinematics, delaySubsteps, drawn.torque);
    this.#push = undefined;
    const achievedGoal = this.#achievedGoal();
    this.#desiredGoal = asked ?? this.#task.drawGoal(this.#rng, achievedGoal, "usual");
    this.#previousGoal = achievedGoal;
    this.#terms.begin();
    return this.observe();
  }

  /** Moves the goal, now and without a restart. Throws InputError if it is none. */
  setGoal(point: Vec3): void {
    this.#desiredGoal = this.#task.checkGoal(this.projectGoal(point), this.id);
  }

  /** A point in the world as a goal: the coordinates in which goals can differ, [G]; the caller's own. */
  projectGoal(point: Vec3): Float32Array {
    return Float32Array.from(this.#task.goalAxes, (axis) => point[axis]);
  }

  /** Pushes a link from the next substep on, until told otherwise. Throws InputError if there is no such link. */
  setPush(push: Push | undefined): void {
    if (push !== undefined && this.model.links[push.link] === undefined) {
      throw new InputError(`${this.id}: there is no link ${push.link} to push`);
    }
    if (push === undefined && this.#push !== undefined) this.#arm.push(this.#push.link, [0, 0, 0], [0, 0, 0]);
    this.#push = push;
  }

  /** What a policy sees now; the caller's own. */
  observe(): GoalObservation {
    const observation = this.#observation.of(this.#view);
    this.#variation.disturb(observation, this.#observation.space, this.#drive.substeps);
    return {
      observation,
      achievedGoal: this.#achievedGoal(),
      desiredGoal: this.#desiredGoal.slice(),
    };
  }

  /** Holds an action from the next substep on, as GoalEnv.step does. Throws InputError if it is none. */
  act(action: ArrayLike<number>): void {
    clipInto(this.#actionSpace, action, this.#action, `${this.id} action`);
    this.#previousGoal = this.#achievedGoal();
    this.#terms.act(this.#action);
    this.#drive.act(this.#action);
  }

  /** Lets some substeps pass. Throws InputError if the simulation diverged: only a reset helps then. */
  advance(substeps: number): void {
    for (let substep = 0; substep < substeps; substep++) {
      if (this.#push !== undefined) {
        const { link, force, point } = this.#push;
        const { centerOfMass } = this.model.links[link]!;
        const lever = subtract(this.placeOf(link, point), this.placeOf(link, centerOfMass));
        this.#arm.push(link, force, cross(lever, force));
      }
      this.#drive.step(this.#arm, this.kinematics);
      refresh(this.#view);
    }
    const fault = this.#arm.fault();
    if (fault !== null) {
      throw new InputError(`${this.id}: the simulation diverged at ${this.time.toFixed(2)} s: ${fault}`);
    }
  }

  /** Where a point of a link's frame is in the world now, metres. */
  placeOf(link: number, point: Vec3): Vec3 {
    const { positions, rotations } = this.kinematics;
    const [x, y, z, w] = rotations.subarray(4 * link, 4 * link + 4);
    if (x === undefined || y === undefined || z === undefined || w === undefined) {
      throw internal(`InteractiveArm: there is no link ${link}`);
    }
    const [dx, dy, dz] = rotate([x, y, z, w], point);
    return [positions[3 * link]! + dx, positions[3 * link + 1]! + dy, positions[3 * link + 2]! + dz];
  }

  /** Reward and success as if the step ended now. */
  judge(): { readonly reward: number; readonly isSuccess: boolean } {
    const achievedGoal = this.#achievedGoal();
    return {
      reward: this.#terms
        .judge(this.#arm.angles)
        .reduce(
          (sum, term) => sum + term,
          this.computeReward(achievedGoal, this.#desiredGoal, this.#previousGoal),
        ),
      isSuccess: isAchieved(achievedGoal, this.#desiredGoal),
    };
  }

  dispose(): void {
    this.#arm.dispose();
  }

  #achievedGoal(): Float32Array {
    return this.#task.achievedGoal(this.#view);
  }
}
