/** @file The recording of an episode: written by rollouts, stored in the replay buffer, played back by the viewer. */

import { sizeOf } from "./box.ts";
import { internal } from "./errors.ts";
import type { GoalEnv, GoalObservation, RelativeGoal, Step } from "./goal-env.ts";

/** Sizes of observation, goal and action, and the maximum length of an episode. */
export interface EpisodeSizes {
  readonly observation: number;
  readonly goal: number;
  readonly action: number;
  readonly relativeGoal?: RelativeGoal;
  /** Steps after which an episode is truncated. */
  readonly maxSteps: number;
  /** Number of reward terms; absent for none. */
  readonly terms?: number;
}

/** Returns the sizes of an environment's episodes. */
export function episodeSizes(env: GoalEnv): EpisodeSizes {
  return {
    observation: sizeOf(env.observationSpace),
    goal: sizeOf(env.goalSpace),
    action: sizeOf(env.actionSpace),
    maxSteps: env.maxEpisodeSteps,
    ...(env.relativeGoal === undefined ? {} : { relativeGoal: env.relativeGoal }),
    ...(env.rewardTerms === undefined ? {} : { terms: env.rewardTerms.length }),
  };
}

/** A recorded episode as plain data; its arrays have the episode's own length. */
export type EpisodeRecording = Pick<
  Episode,
  | "observations"
  | "achievedGoals"
  | "desiredGoal"
  | "actions"
  | "terms"
  | "length"
  | "terminated"
  | "episodeReturn"
  | "successAtEnd"
  | "firstSuccess"
> &
  Partial<Pick<Episode, "endConfiguration">>;

/**
 * A recording of up to T = maxSteps steps, reused for many episodes: `begin` clears it.
 *
 * Observation t precedes action t; observation `length` is the last.
 */
export class Episode {
  readonly sizes: EpisodeSizes;
  /** [(T + 1) × O] */
  readonly observations: Float32Array;
  /** [(T + 1) × G] */
  readonly achievedGoals: Float32Array;
  /** [G] */
  readonly desiredGoal: Float32Array;
  /** [T × A] */
  readonly actions: Float32Array;
  /** [T × K] for K reward terms. */
  readonly terms: Float32Array;
  /** Steps recorded so far. */
  length = 0;
  /** Whether the last recorded step terminated the episode. */
  terminated = false;
  /** Undiscounted sum of rewards so far. */
  episodeReturn = 0;
  /** Whether the goal was achieved at the last recorded step. */
  successAtEnd = false;
  /** The first step at which the goal was achieved, counted from 1; 0 if there is none. */
  firstSuccess = 0;
  /** `GoalEnv.configuration` after the last step; undefined if the environment has none or the episode is not over. */
  endConfiguration: Float64Array | undefined;

  constructor(sizes: EpisodeSizes) {
    this.sizes = sizes;
    this.observations = new Float32Array((sizes.maxSteps + 1) * sizes.observation);
    this.achievedGoals = new Float32Array((sizes.maxSteps + 1) * sizes.goal);
    this.desiredGoal = new Float32Array(sizes.goal);
    this.actions = new Float32Array(sizes.maxSteps * sizes.action);
    this.terms = new Float32Array(sizes.maxSteps * (sizes.terms ?? 0));
  }

  /** Whether the goal was achieved at any recorded step. */
  get successOnce(): boolean {
    return this.firstSuccess > 0;
  }

  /** Returns the sum of a step's reward terms. */
  termSum(step: number): number {
    const { terms = 0 } = this.sizes;
    let sum = 0;
    for (let i = 0; i < terms; i++) sum += this.terms[step * terms + i]!;
    return sum;
  }

  /** Clears the recording and stores a copy of the first observation. */
  begin(start: GoalObservation): void {
    this.length = 0;
    this.terminated = false;
    this.episodeReturn = 0;
    this.successAtEnd = false;
    this.firstSuccess = 0;
    this.endConfiguration = undefined;
    this.desiredGoal.set(start.desiredGoal);
    this.#store(start);
  }

  /** Appends a copy of an action and its result. */
  append(action: Float32Array, step: Step): void {
    if (this.length >= this.sizes.maxSteps) throw internal(`Episode: more than ${this.sizes.maxSteps} steps`);
    this.actions.set(action, this.length * this.sizes.action);
    if (step.terms !== undefined) this.terms.set(step.terms, this.length * step.terms.length);
    this.length += 1;
    this.terminated = step.terminated;
    this.episodeReturn += step.reward;
    this.successAtEnd = step.isSuccess;
    if (step.isSuccess && this.firstSuccess === 0) this.firstSuccess = this.length;
    this.#store(step);
  }

  /** Returns a copy as plain data. */
  toRecording(): EpisodeRecording {
    const { length, sizes, terminated, episodeReturn, successAtEnd, firstSuccess, endConfiguration } = this;
    return {
      observations: this.observations.slice(0, (length + 1) * sizes.observation),
      achievedGoals: this.achievedGoals.slice(0, (length + 1) * sizes.goal),
      desiredGoal: this.desiredGoal.slice(),
      actions: this.actions.slice(0, length * sizes.action),
      terms: this.terms.slice(0, length * (sizes.terms ?? 0)),
      length,
      terminated,
      episodeReturn,
      successAtEnd,
      firstSuccess,
      endConfiguration: endConfiguration?.slice(),
    };
  }

  /** Replaces the recording by a copy of another one. */
  load(recording: EpisodeRecording): void {
    this.observations.set(recording.observations);
    this.achievedGoals.set(recording.achievedGoals);
    this.desiredGoal.set(recording.desiredGoal);
    this.actions.set(recording.actions);
    this.terms.set(recording.terms);
    this.length = recording.length;
    this.terminated = recording.terminated;
    this.episodeReturn = recording.episodeReturn;
    this.successAtEnd = recording.successAtEnd;
    this.firstSuccess = recording.firstSuccess;
    this.endConfiguration = recording.endConfiguration?.slice();
  }

  #store(observation: GoalObservation): void {
    this.observations.set(observation.observation, this.length * this.sizes.observation);
    this.achievedGoals.set(observation.achievedGoal, this.length * this.sizes.goal);
  }
}
