/**
 * @file The episode of an arm that ArmEnv and InteractiveArm share: start, act, advance, observe, outcome.
 *
 * Path of a reward: Rapier's poses → ArmWorld (joint angles, objects) → kinematics → Task.achievedGoal →
 * computeReward (tasks/reward.ts) + RewardTerms → ArmEpisode.outcome → ArmEnv.step.
 */

import { type Box, clipInto, symmetricBox } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import { Rng, type RngState } from "../shared/rng.ts";
import type { ArmModel } from "./arm/arm-model.ts";
import { ArmWorld, type ArmWorldState } from "./arm/arm-world.ts";
import { ArmKinematics } from "./arm/kinematics.ts";
import { ArmObservation } from "./arm-observation.ts";
import { ArmDrive, type DriveState } from "./control/arm-drive.ts";
import { ObjectState } from "./scene.ts";
import { type GoalReward, isAchieved, makeReward, type RewardSettings } from "./tasks/reward.ts";
import { RewardTerms, type RewardTermsState } from "./tasks/reward-terms.ts";
import type { Task, TaskView } from "./tasks/task.ts";
import { type EpisodeVariation, Variation } from "./variation.ts";
import type { Physics } from "./world.ts";

/** Duration of substeps, steps and episodes. */
export interface Timing {
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Substeps of one control step. */
  readonly substeps: number;
  readonly maxEpisodeSteps: number;
}

export interface ArmEpisodeSettings
  extends RewardSettings,
    Pick<
      EnvConfig,
      | "rewardTerms"
      | "variation"
      | "control"
      | "gravityCompensation"
      | "torqueScale"
      | "nearStarts"
      | "solverIterations"
    > {
  readonly id: string;
  /** Must have passed `checkArmModel`. */
  readonly model: ArmModel;
  readonly task: Task;
  readonly timing: Timing;
}

/** Result of a control step. */
export interface Outcome {
  /** Reward of the goal plus the reward terms. */
  readonly reward: number;
  /** Reward terms in the order of `rewardTerms.names`. */
  readonly terms: Float32Array;
  readonly isSuccess: boolean;
}

/** Saved state of an episode between two control steps; plain data, copied. */
export interface ArmEpisodeState {
  readonly rng: RngState;
  readonly seed: number;
  readonly index: number;
  /** null before the first start. */
  readonly world: ArmWorldState | null;
  readonly drive: DriveState;
  readonly desiredGoal: Float32Array;
  readonly previousAchievedGoal: Float32Array;
  readonly rewardTerms: RewardTermsState;
}

/** An arm with a task. It has no time limit and checks no call order: its owner does. */
export class ArmEpisode {
  readonly model: ArmModel;
  readonly task: Task;
  readonly timing: Timing;
  readonly drive: ArmDrive;
  readonly actionSpace: Box;
  readonly observation: ArmObservation;
  readonly goalReward: GoalReward;
  readonly rewardTerms: RewardTerms;
  readonly variation: Variation;
  /** Poses of the links, updated by `start`, `pose` and `advance`. */
  readonly kinematics: ArmKinematics;
  /** Objects of the scene, updated by `start`, `pose` and `advance`. */
  readonly objects: readonly ObjectState[];
  /** Share of training episodes with a near start. */
  readonly #nearStarts: number;
  readonly #createWorld: (model: ArmModel) => ArmWorld;
  #world: ArmWorld;
  readonly #action: Float32Array;
  /** Fresh arrays after each `start`, `pose` and `advance`; never written to. */
  #achievedGoal: Float32Array = new Float32Array(0);
  #previousAchievedGoal: Float32Array = new Float32Array(0);
  #desiredGoal: Float32Array = new Float32Array(0);
  #rng = Rng.fromSeed(0);
  #seed = 0;
  #index = 0;
  #isStarted = false;

  constructor(physics: Physics, settings: ArmEpisodeSettings) {
    const { model, task, timing, gravityCompensation, solverIterations } = settings;
    const { physicsTimestep } = timing;
    this.model = model;
    this.task = task;
    this.timing = timing;
    this.drive = new ArmDrive(model, { ...settings, ...timing });
    const actionSize = this.drive.actions.length;
    this.actionSpace = symmetricBox(actionSize, 1);
    this.observation = new ArmObservation(model, task);
    this.goalReward = makeReward(settings, task.goalSpan);
    this.rewardTerms = new RewardTerms(model, settings.rewardTerms, actionSize);
    this.variation = new Variation(settings.variation, model, physicsTimestep);
    this.kinematics = new ArmKinematics(model);
    this.objects = task.scene?.objects.map(() => new ObjectState()) ?? [];
    this.#nearStarts = task.hasNearStarts ? settings.nearStarts : 0;
    const worldSettings = { physicsTimestep, gravityCompensation, solverIterations, scene: task.scene };
    this.#createWorld = (varied) => new ArmWorld(physics, varied, worldSettings);
    this.#world = this.#createWorld(model);
    this.#action = new Float32Array(actionSize);
  }

  /** The simulation; replaced at each start if the arm varies. */
  get world(): ArmWorld {
    return this.#world;
  }

  /** Parameters drawn for the current episode. */
  get drawnVariation(): EpisodeVariation {
    return this.variation.drawn;
  }

  /** The last seed, and the 1-based index of the episode since: enough to replay it. */
  get seed(): number {
    return this.#seed;
  }

  get index(): number {
    return this.#index;
  }

  get achievedGoal(): Float32Array {
    return this.#achievedGoal;
  }

  get desiredGoal(): Float32Array {
    return this.#desiredGoal;
  }

  /** Restarts the random streams. Throws InputError if the seed is invalid; nothing has changed then. */
  reseed(seed: number): void {
    this.#rng = Rng.fromSeed(seed);
    this.#seed = seed;
    this.#index = 0;
  }

  /**
   * Starts an episode.
   *
   * @param goal     a goal that passed `task.checkGoal`; drawn if undefined
   * @param training whether a near start is allowed
   * @param angles   joint angles within their limits to start at, [N] rad; drawn if undefined
   */
  start(goal: Float32Array | undefined, training: boolean, angles?: Float64Array): void {
    this.#isStarted = false;
    this.#index += 1;
    this.variation.begin(this.#rng, this.#index);
    if (this.variation.variesArm) {
      this.#world.dispose();
      this.#world = this.#createWorld(this.variation.model());
    }
    const isNear = training && this.#nearStarts > 0 && this.#rng.uniform() < this.#nearStarts;
    const difficulty = isNear ? "near" : "usual";
    const start = this.task.drawStart(this.#rng, difficulty, this.variation.startNoise);
    this.#world.reset(angles ?? start.angles, { ...start, friction: this.drawnVariation.friction });
    this.#refresh();
    this.#beginDrive();
    this.#previousAchievedGoal = this.#achievedGoal;
    this.#desiredGoal = goal ?? this.task.drawGoal(this.#rng, this.#achievedGoal, difficulty);
    this.rewardTerms.begin();
    this.#isStarted = true;
  }

  /** Puts the arm at rest at joint angles within their limits, [N] rad. Objects stay in place, at rest; time and goal stay. */
  pose(angles: ArrayLike<number>): void {
    this.#world.pose(angles, this.drawnVariation.friction);
    this.#refresh();
    this.#beginDrive();
    this.#previousAchievedGoal = this.#achievedGoal;
    this.rewardTerms.begin();
  }

  /** Replaces the desired goal; it must have passed `task.checkGoal`. */
  setGoal(goal: Float32Array): void {
    this.#desiredGoal = goal;
  }

  /**
   * Starts a control step: the action, clipped to [−1, 1], is held from the next substep on.
   *
   * @param where prefix of the error message
   * @throws InputError if the action is invalid; nothing has changed then
   */
  act(action: ArrayLike<number>, where: string): void {
    clipInto(this.actionSpace, action, this.#action, where);
    this.rewardTerms.act(this.#action);
    this.drive.act(this.#action);
    this.#previousAchievedGoal = this.#achievedGoal;
  }

  /** Simulates some substeps. Check `world.fault()` afterwards. */
  advance(substeps: number): void {
    const { drive, kinematics } = this;
    const world = this.#world;
    for (let substep = 0; substep < substeps; substep++) {
      drive.update(world, kinematics);
      world.step(drive.torques, 1, drive.fingerForce);
    }
    this.#refresh();
  }

  /** Returns the observation and goals, copied. */
  observe(): GoalObservation {
    const observation = this.observation.observe(this.#view);
    this.variation.addNoise(observation, this.observation.space, this.drive.substeps);
    return {
      observation,
      achievedGoal: this.#achievedGoal.slice(),
      desiredGoal: this.#desiredGoal.slice(),
    };
  }

  /** Returns reward and success as if the control step ended now. */
  outcome(): Outcome {
    const goalReward = this.goalReward.computeReward(
      this.#achievedGoal,
      this.#desiredGoal,
      this.#previousAchievedGoal,
    );
    const terms = this.rewardTerms.values(this.#world.angles);
    return {
      reward: terms.reduce((sum, term) => sum + term, goalReward),
      terms,
      isSuccess: isAchieved(this.#achievedGoal, this.#desiredGoal),
    };
  }

  saveState(): ArmEpisodeState {
    return {
      rng: this.#rng.getState(),
      seed: this.#seed,
      index: this.#index,
      world: this.#isStarted ? this.#world.saveState() : null,
      drive: this.drive.saveState(),
      desiredGoal: this.#desiredGoal.slice(),
      previousAchievedGoal: this.#previousAchievedGoal.slice(),
      rewardTerms: this.rewardTerms.saveState(),
    };
  }

  /**
   * Continues from a state of an episode with the same settings, bit for bit.
   *
   * @throws InputError if Rapier cannot read the snapshot; nothing has changed then
   */
  restoreState(state: ArmEpisodeState): void {
    const rng = Rng.fromState(state.rng);
    this.#restoreWorld(state, rng);
    this.#rng = rng;
    this.#seed = state.seed;
    this.#index = state.index;
    this.#isStarted = state.world !== null;
    if (this.#isStarted) this.#refresh();
    this.#beginDrive();
    this.drive.restoreState(state.drive);
    this.#desiredGoal = state.desiredGoal.slice();
    this.#previousAchievedGoal = state.previousAchievedGoal.slice();
    this.rewardTerms.restoreState(state.rewardTerms);
  }

  /** Frees the simulation's memory; a second call has no effect. */
  dispose(): void {
    this.#world.dispose();
  }

  get #view(): TaskView {
    return { joints: this.#world, kinematics: this.kinematics, objects: this.objects };
  }

  #restoreWorld({ world: saved, index }: ArmEpisodeState, rng: Rng): void {
    this.variation.begin(rng, index);
    const world = this.variation.variesArm ? this.#createWorld(this.variation.model()) : this.#world;
    try {
      if (saved !== null) world.restoreState(saved);
    } catch (error) {
      this.variation.begin(this.#rng, this.#index);
      if (world !== this.#world) world.dispose();
      throw error;
    }
    if (world === this.#world) return;
    this.#world.dispose();
    this.#world = world;
  }

  /** Reads kinematics, objects and achieved goal from the simulation. */
  #refresh(): void {
    const { kinematics, objects } = this;
    const world = this.#world;
    kinematics.update(world.angles);
    for (let i = 0; i < objects.length; i++) world.readObject(i, objects[i]!);
    this.#achievedGoal = this.task.achievedGoal(this.#view);
  }

  #beginDrive(): void {
    const { delaySubsteps, drawn } = this.variation;
    this.drive.begin(this.#world, this.kinematics, delaySubsteps, drawn.torque);
  }
}
