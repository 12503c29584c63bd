/** @file Joins an arm, its control, a task and a physics world into a GoalEnv: one action is held for one control timestep. */

import { createHash } from "node:crypto";
import { type Box, clipInto, symmetricBox } from "../shared/box.ts";
import type { EnvConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type {
  GoalEnv,
  GoalObservation,
  RelativeGoal,
  ResetOptions,
  RewardFunction,
  Step,
} from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import type { ArmModel } from "./arm/arm-model.ts";
import { ArmObservation } from "./arm/arm-observation.ts";
import type { EnvState, Phase } from "./arm/arm-state.ts";
import { ArmWorld, type ArmWorldSettings } from "./arm/arm-world.ts";
import { ArmKinematics } from "./arm/kinematics.ts";
import { ArmDrive } from "./control/arm-drive.ts";
import type { ActionMeaning } from "./control/control.ts";
import { FINENESS } from "./tasks/object-observation.ts";
import { isAchieved, makeReward, type RewardSettings } from "./tasks/reward.ts";
import { RewardTerms } from "./tasks/reward-terms.ts";
import { refresh, type Task, type TaskView, viewOf } from "./tasks/task.ts";
import { type EpisodeVariation, Variation } from "./variation.ts";
import type { Physics } from "./world.ts";

/** How time is cut. */
export interface Timing {
  /** Seconds of one substep. */
  readonly physicsTimestep: number;
  /** Substeps in one step: one control timestep. */
  readonly substeps: number;
  readonly maxEpisodeSteps: number;
}

export interface ArmEnvSettings
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
  readonly model: ArmModel;
  readonly task: Task;
  readonly timing: Timing;
}

/** What an arm of these settings stands in. */
export function arenaOf(settings: ArmEnvSettings): ArmWorldSettings {
  const { timing, task, gravityCompensation, solverIterations } = settings;
  return {
    physicsTimestep: timing.physicsTimestep,
    gravityCompensation,
    solverIterations,
    scene: task.scene,
  };
}

/** Share of a joint's range next to each of its limits that counts as being at it. */
const LIMIT_MARGIN = 0.02;

const NOT_RUNNING: Readonly<Record<Exclude<Phase, "running">, string>> = {
  new: "no episode is running; call reset() first",
  over: "the episode is over; call reset() first",
  disposed: "the environment was disposed of; make a new one",
};

/** An arm with goals. It trusts the model; `checkArmModel` is the caller's to call. */
export class ArmEnv implements GoalEnv {
  readonly id: string;
  readonly observationSpace: Box;
  readonly goalSpace: Box;
  readonly actionSpace: Box;
  readonly maxEpisodeSteps: number;
  readonly controlTimestep: number;
  readonly rewardRange: readonly [low: number, high: number];
  readonly potentialRange?: readonly [low: number, high: number];
  readonly relativeGoal?: RelativeGoal;
  readonly rewardTerms?: readonly string[];
  readonly computeReward: RewardFunction;
  readonly isAchieved = isAchieved;
  /** What a state must be one of to fit. */
  readonly #kind: string;
  readonly #model: ArmModel;
  readonly #terms: RewardTerms;
  /** What ±1 of each number of an action does, [A]. */
  readonly actions: readonly ActionMeaning[];
  readonly #task: Task;
  /** Share of practice episodes that start near their goal. */
  readonly #nearStarts: number;
  readonly #timing: Timing;
  readonly #physics: Physics;
  readonly #arena: ArmWorldSettings;
  readonly #variation: Variation;
  #arm: ArmWorld;
  readonly #kinematics: ArmKinematics;
  readonly #view: TaskView;
  readonly #observation: ArmObservation;
  readonly #drive: ArmDrive;
  readonly #action: Float32Array;
  #achievedGoal: Float32Array = new Float32Array(0);
  #desiredGoal: Float32Array = new Float32Array(0);
  #rng = Rng.fromSeed(0);
  #phase: Phase = "new";
  #steps = 0;
  #stepsAtLimits = 0;
  /** How to replay an episode: the last seed, and how many resets since. */
  #seed = 0;
  #episode = 0;

  constructor(physics: Physics, settings: ArmEnvSettings) {
    const { model, task, timing } = settings;
    this.id = settings.id;
    const weight = settings.gravityCompensation ? "weightless" : "with weight";
    this.#model = model;
    this.#task = task;
    this.#timing = timing;
    this.#nearStarts = task.hasNearStarts ? settings.nearStarts : 0;
    this.#physics = physics;
    this.#arena = arenaOf(settings);
    this.#variation = new Variation(settings.variation, model, timing.physicsTimestep);
    const varied = this.#variation.isNone ? "" : `, varied by ${JSON.stringify(settings.variation)}`;
    const bodies = createHash("sha256")
      .update(JSON.stringify([model, timing, task.scene, settings.solverIterations]))
      .digest("hex");
    this.#kind = `${settings.id} (${settings.control}${varied}) ${weight} in ${physics.name} ${physics.version}, model ${bodies.slice(0, 8)}`;
    this.#arm = this.#makeArm(model);
    this.#kinematics = new ArmKinematics(model);
    this.#view = viewOf(() => this.#arm, this.#kinematics, task.scene);
    this.#observation = new ArmObservation(model, task);
    this.#drive = new ArmDrive(model, { ...settings, ...timing });
    this.actions = this.#drive.actions;
    this.#action = new Float32Array(this.actions.length);
    this.observationSpace = this.#observation.space;
    const { goalElements } = this.#observation;
    if (goalElements !== undefined) this.relativeGoal = { elements: goalElements, perMetre: FINENESS };
    this.goalSpace = task.goalSpace;
    this.actionSpace = symmetricBox(this.actions.length, 1);
    this.maxEpisodeSteps = timing.maxEpisodeSteps;
    this.controlTimestep = timing.physicsTimestep * timing.substeps;
    const reward = makeReward(settings, task.goalSpan);
    this.#terms = new RewardTerms(model, settings.rewardTerms, this.actions.length);
    this.computeReward = reward.computeReward;
    this.rewardRange = [reward.rewardRange[0] + this.#terms.least, reward.rewardRange[1]];
    if (reward.potentialRange !== undefined) this.potentialRange = reward.potentialRange;
    if (this.#terms.names.length > 0) this.rewardTerms = this.#terms.names;
  }

  reset(options: ResetOptions = {}): GoalObservation {
    const where = `${this.id}.reset`;
    if (this.#phase === "disposed") throw new InputError(`${where}: ${NOT_RUNNING.disposed}`);
    const { seed, goal, practice = false } = options;
    const asked = goal === undefined ? undefined : this.#task.checkGoal(goal, where);
    if (seed !== undefined) {
      this.#rng = Rng.fromSeed(seed);
      this.#seed = seed;
      this.#episode = 0;
    }
    this.#phase = "over"; // until there is a start and a goal
    this.#episode += 1;
    this.#steps = 0;
    this.#stepsAtLimits = 0;
    this.#vary();
    const near = practice && this.#nearStarts > 0 && this.#rng.uniform() < this.#nearStarts;
    const difficulty = near ? "near" : "usual";
    const start = this.#task.drawStart(this.#rng, difficulty, this.#variation.startNoise);
    this.#arm.reset(start.angles, { ...start, friction: this.#variation.drawn.friction });
    refresh(this.#view);
    this.#beginDrive();
    const achievedGoal = this.#task.achievedGoal(this.#view);
    this.#desiredGoal = asked ?? this.#task.drawGoal(this.#rng, achievedGoal, difficulty);
    this.#achievedGoal = achievedGoal.slice();
    this.#terms.begin();
    this.#phase = "running";
    return this.#look(achievedGoal);
  }

  step(action: ArrayLike<number>): Step {
    const where = `${this.id}.step`;
    if (this.#phase !== "running") throw new InputError(`${where}: ${NOT_RUNNING[this.#phase]}`);
    clipInto(this.actionSpace, action, this.#action, `${where} action`);
    this.#terms.act(this.#action);
    this.#steps += 1;
    this.#drive.act(this.#action);
    for (let substep = 0; substep < this.#timing.substeps; substep++) {
      this.#drive.step(this.#arm, this.#kinematics);
    }
    const fault = this.#arm.fault();
    if (fault !== null) throw this.#diverged(where, fault);
    if (atLimit(this.#arm, this.#model)) this.#stepsAtLimits += 1;
    refresh(this.#view);
    const achievedGoal = this.#task.achievedGoal(this.#view);
    const paid = this.computeReward(achievedGoal, this.#desiredGoal, this.#achievedGoal);
    this.#achievedGoal.set(achievedGoal);
    const seen = this.#look(achievedGoal);
    const truncated = this.#steps === this.maxEpisodeSteps;
    if (truncated) this.#phase = "over";
    const judged = { terminated: false, truncated, isSuccess: isAchieved(achievedGoal, this.#desiredGoal) };
    if (this.rewardTerms === undefined) return { ...seen, reward: paid, ...judged };
    const terms = this.#terms.judge(this.#arm.angles);
    return { ...seen, reward: terms.reduce((sum, term) => sum + term, paid), terms, ...judged };
  }

  /** `joint_limit_time`: share of the steps so far after which a joint was within 2 % of its range from a limit. */
  episodeFigures(): Readonly<Record<string, number>> {
    return { joint_limit_time: this.#steps === 0 ? 0 : this.#stepsAtLimits / this.#steps };
  }

  /** What was drawn for this episode. */
  get variation(): EpisodeVariation {
    return this.#variation.drawn;
  }

  /**
   * All that the environment is now; the caller's own.
   *
   * @throws InputError if it was disposed of
   */
  saveState(): EnvState {
    if (this.#phase === "disposed") throw new InputError(`${this.id}.saveState: ${NOT_RUNNING.disposed}`);
    return {
      of: this.#kind,
      arm: this.#phase === "new" ? null : this.#arm.saveState(),
      rng: this.#rng.getState(),
      phase: this.#phase,
      counters: [this.#steps, this.#stepsAtLimits, this.#seed, this.#episode],
      goals: [this.#achievedGoal.slice(), this.#desiredGoal.slice()],
      actions: this.#terms.saveState(),
      drive: this.#drive.saveState(),
    };
  }

  /**
   * Goes on from a saved state: the same actions get the same answers, bit for bit. A state can be used again.
   *
   * @throws InputError if it is a state of another environment, or this one was disposed of; it stays as it was then
   */
  restoreState(state: EnvState): void {
    const where = `${this.id}.restoreState`;
    if (this.#phase === "disposed") throw new InputError(`${where}: ${NOT_RUNNING.disposed}`);
    if (state.of !== this.#kind) throw refuse(where, `a state of ${this.#kind}`, unquoted(String(state.of)));
    const rng = Rng.fromState(state.rng);
    this.#restoreArm(state, rng);
    this.#rng = rng;
    this.#phase = state.phase;
    [this.#steps, this.#stepsAtLimits, this.#seed, this.#episode] = state.counters;
    this.#kinematics.update(this.#arm.angles);
    this.#beginDrive();
    this.#drive.restoreState(state.drive);
    this.#achievedGoal = state.goals[0].slice();
    this.#desiredGoal = state.goals[1].slice();
    this.#terms.restoreState(state.actions);
  }

  dispose(): void {
    this.#arm.dispose();
    this.#phase = "disposed";
  }

  #look(achievedGoal: Float32Array): GoalObservation {
    const observation = this.#observation.of(this.#view);
    this.#variation.disturb(observation, this.observationSpace, this.#steps * this.#timing.substeps);
    return {
      observation,
      achievedGoal,
      desiredGoal: this.#desiredGoal.slice(),
    };
  }

  #makeArm(model: ArmModel): ArmWorld {
    return new ArmWorld(this.#physics, model, this.#arena);
  }

  /** Draws what varies in the present episode; an arm that differs is another one. */
  #vary(): void {
    this.#variation.begin(this.#rng, this.#episode);
    if (!this.#variation.variesArm) return;
    this.#arm.dispose();
    this.#arm = this.#makeArm(this.#variation.arm());
  }

  /** Takes over the arm of a state and what varied in its episode; all stays as it was if its bytes are none. */
  #restoreArm({ arm: saved, counters }: EnvState, rng: Rng): void {
    const [, , , episode] = counters;
    this.#variation.begin(rng, episode);
    const arm = this.#variation.variesArm ? this.#makeArm(this.#variation.arm()) : this.#arm;
    try {
      if (saved !== null) arm.restoreState(saved);
    } catch (error) {
      this.#variation.begin(this.#rng, this.#episode);
      if (arm !== this.#arm) arm.dispose();
      throw error;
    }
    if (arm === this.#arm) return;
    this.#arm.dispose();
    this.#arm = arm;
  }

  #beginDrive(): void {
    const { delaySubsteps, drawn } = this.#variation;
    this.#drive.begin(this.#arm, this.#kinematics, delaySubsteps, drawn.torque);
  }

  #diverged(where: string, fault: string): InputError {
    this.#phase = "over";
    const at = this.#arm.time.toFixed(2);
    const replay = `seed ${this.#seed}, episode ${this.#episode} since, step ${this.#steps}`;
    return new InputError(`${where}: the simulation diverged at ${at} s: ${fault}. Replay it: ${replay}`);
  }
}

function atLimit({ angles }: ArmWorld, { links }: ArmModel): boolean {
  return links.some(({ limits }, i) => {
    if (limits === null) return false;
    const margin = LIMIT_MARGIN * (limits[1] - limits[0]);
    return angles[i]! < limits[0] + margin || angles[i]! > limits[1] - margin;
  });
}
