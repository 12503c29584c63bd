/** @file The GoalEnv of an arm: an ArmEpisode with call order, time limit and saved states. */

import { createHash } from "node:crypto";
import type { Box } from "../shared/box.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type {
  GoalEnv,
  GoalObservation,
  RelativeGoal,
  ResetOptions,
  RewardFunction,
  Step,
} from "../shared/goal-env.ts";
import { ArmEpisode, type ArmEpisodeSettings, type ArmEpisodeState } from "./arm-episode.ts";
import type { ActionMeaning } from "./control/action-meaning.ts";
import { GOAL_RESOLUTION } from "./tasks/object-observation.ts";
import { isAchieved } from "./tasks/reward.ts";
import type { EpisodeVariation } from "./variation.ts";
import type { Physics } from "./world.ts";

/** Share of a joint's range next to each limit that counts as at the limit. */
const LIMIT_MARGIN = 0.02;

/** Distance from joint limits, rad, at which episodes with a given configuration start at least. */
const START_MARGIN = 0.05;

type Phase = "new" | "running" | "over" | "disposed";

const NOT_RUNNING: Readonly<Record<Exclude<Phase, "running">, string>> = {
  new: "no episode is running; call reset() first",
  over: "the episode is over; call reset() first",
  disposed: "the environment was disposed of; make a new one",
};

/**
 * Saved state of an environment: plain data for `restoreState` of an environment with the same settings. It survives a
 * structured clone, so that environment can be in another process.
 */
export interface ArmEnvState {
  /** Environment, build of Rapier and settings that the state belongs to. */
  readonly kind: string;
  readonly phase: Exclude<Phase, "disposed">;
  readonly steps: number;
  readonly stepsAtLimits: number;
  readonly episode: ArmEpisodeState;
}

/** A goal environment with one arm. The caller disposes of it. */
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
  /** Meaning of ±1 in each element of an action, [A]. */
  readonly actions: readonly ActionMeaning[];
  readonly #episode: ArmEpisode;
  readonly #kind: string;
  #phase: Phase = "new";
  #steps = 0;
  #stepsAtLimits = 0;

  constructor(physics: Physics, settings: ArmEpisodeSettings) {
    const { id, task, timing } = settings;
    const episode = new ArmEpisode(physics, settings);
    const { observation, goalReward, rewardTerms } = episode;
    const { rewardRange, potentialRange } = goalReward;
    this.id = id;
    this.#episode = episode;
    this.#kind = kindOf(settings, physics, episode.variation.isNone);
    this.actions = episode.drive.actions;
    this.observationSpace = observation.space;
    this.goalSpace = task.goalSpace;
    this.actionSpace = episode.actionSpace;
    this.maxEpisodeSteps = timing.maxEpisodeSteps;
    this.controlTimestep = timing.physicsTimestep * timing.substeps;
    this.computeReward = goalReward.computeReward;
    this.rewardRange = [rewardRange[0] + rewardTerms.min, rewardRange[1]];
    if (potentialRange !== undefined) this.potentialRange = potentialRange;
    if (rewardTerms.names.length > 0) this.rewardTerms = rewardTerms.names;
    if (task.startsAnywhere) this.configuration = () => Float64Array.from(episode.world.angles);
    if (observation.goalElements !== undefined) {
      this.relativeGoal = { elements: observation.goalElements, perMetre: GOAL_RESOLUTION };
    }
  }

  reset({ seed, goal, training = false, configuration }: ResetOptions = {}): GoalObservation {
    const where = `${this.id}.reset`;
    this.#requireNotDisposed(where);
    const desiredGoal = goal === undefined ? undefined : this.#episode.task.checkGoal(goal, where);
    const angles = configuration === undefined ? undefined : this.#startAngles(configuration, where);
    if (seed !== undefined) this.#episode.reseed(seed);
    // Not "running" until the start has succeeded.
    this.#phase = "over";
    this.#steps = 0;
    this.#stepsAtLimits = 0;
    this.#episode.start(desiredGoal, training, angles);
    this.#phase = "running";
    return this.#episode.observe();
  }

  step(action: ArrayLike<number>): Step {
    const where = `${this.id}.step`;
    if (this.#phase !== "running") throw new InputError(`${where}: ${NOT_RUNNING[this.#phase]}`);
    const episode = this.#episode;
    episode.act(action, `${where} action`);
    this.#steps += 1;
    episode.advance(episode.timing.substeps);
    const fault = episode.world.fault();
    if (fault !== null) throw this.#diverged(where, fault);
    if (isAtLimit(episode)) this.#stepsAtLimits += 1;
    const truncated = this.#steps === this.maxEpisodeSteps;
    if (truncated) this.#phase = "over";
    const { reward, terms, isSuccess } = episode.outcome();
    return {
      ...episode.observe(),
      reward,
      ...(this.rewardTerms === undefined ? {} : { terms }),
      terminated: false,
      truncated,
      isSuccess,
    };
  }

  /** Returns the joint angles, [N] rad. Present for tasks that can start anywhere. */
  readonly configuration?: () => Float64Array;

  /** `joint_limit_time`: share of the episode's steps after which a joint was within 2 % of its range from a limit. */
  episodeMetrics(): Readonly<Record<string, number>> {
    return { joint_limit_time: this.#steps === 0 ? 0 : this.#stepsAtLimits / this.#steps };
  }

  /** Parameters drawn for the current episode. */
  get variation(): EpisodeVariation {
    return this.#episode.drawnVariation;
  }

  /**
   * Returns the complete state; the caller owns it.
   *
   * @throws InputError if the environment was disposed of
   */
  saveState(): ArmEnvState {
    const phase = this.#requireNotDisposed(`${this.id}.saveState`);
    return {
      kind: this.#kind,
      phase,
      steps: this.#steps,
      stepsAtLimits: this.#stepsAtLimits,
      episode: this.#episode.saveState(),
    };
  }

  /**
   * Continues from a saved state: the same actions give the same steps, bit for bit. A state can be restored repeatedly.
   *
   * @throws InputError if the state belongs to another environment, or this one was disposed of; nothing has changed then
   */
  restoreState(state: ArmEnvState): void {
    const where = `${this.id}.restoreState`;
    this.#requireNotDisposed(where);
    if (state.kind !== this.#kind) {
      throw refuse(where, `a state of ${this.#kind}`, unquoted(String(state.kind)));
    }
    this.#episode.restoreState(state.episode);
    this.#phase = state.phase;
    this.#steps = state.steps;
    this.#stepsAtLimits = state.stepsAtLimits;
  }

  dispose(): void {
    this.#episode.dispose();
    this.#phase = "disposed";
  }

  /** Returns joint angles to start at, moved START_MARGIN inside the joint limits. */
  #startAngles(configuration: ArrayLike<number>, where: string): Float64Array {
    const { links } = this.#episode.model;
    const given = Array.from(configuration);
    if (
      !this.#episode.task.startsAnywhere ||
      given.length !== links.length ||
      !given.every(Number.isFinite)
    ) {
      const expected = this.#episode.task.startsAnywhere
        ? `${links.length} joint angles in rad`
        : "no configuration: this task samples its starts";
      throw refuse(`${where} configuration`, expected, given);
    }
    return Float64Array.from(given, (angle, i) => {
      const { limits } = links[i]!;
      if (limits === null) return angle;
      const margin = Math.min(START_MARGIN, (limits[1] - limits[0]) / 2);
      return Math.min(Math.max(angle, limits[0] + margin), limits[1] - margin);
    });
  }

  #requireNotDisposed(where: string): Exclude<Phase, "disposed"> {
    if (this.#phase === "disposed") throw new InputError(`${where}: ${NOT_RUNNING.disposed}`);
    return this.#phase;
  }

  #diverged(where: string, fault: string): InputError {
    this.#phase = "over";
    const { world, seed, index } = this.#episode;
    const replay = `reset({ seed: ${seed} }), then step ${this.#steps} of episode ${index}`;
    return new InputError(
      `${where}: the simulation diverged at ${world.time.toFixed(2)} s: ${fault}. Replay it: ${replay}`,
    );
  }
}

/** Describes everything that a state must match: environment, control, variation, physics and a hash of the model. */
function kindOf(settings: ArmEpisodeSettings, physics: Physics, isNominal: boolean): string {
  const { id, control, variation, gravityCompensation, model, timing, task, solverIterations } = settings;
  const varied = isNominal ? "" : `, varied by ${JSON.stringify(variation)}`;
  const weight = gravityCompensation ? "with gravity compensation" : "without gravity compensation";
  const hash = createHash("sha256").update(JSON.stringify([model, timing, task.scene, solverIterations]));
  const modelHash = hash.digest("hex").slice(0, 8);
  return `${id} (${control}${varied}) ${weight} in ${physics.name} ${physics.version}, model ${modelHash}`;
}

function isAtLimit({ world: { angles }, model: { links } }: ArmEpisode): boolean {
  return links.some(({ limits }, i) => {
    if (limits === null) return false;
    const margin = LIMIT_MARGIN * (limits[1] - limits[0]);
    return angles[i]! < limits[0] + margin || angles[i]! > limits[1] - margin;
  });
}
