/** @file One episode as it is recorded: what rollouts fill, the replay keeps and a viewer plays back. */

import { sizeOf } from "./box.ts";
import { internal } from "./errors.ts";
import type { GoalEnv, GoalObservation, RelativeGoal, Step } from "./goal-env.ts";

/** How many numbers an observation, a goal and an action have, and how long an episode can be. */
export interface EpisodeSizes {
  readonly observation: number;
  readonly goal: number;
  readonly action: number;
  /** Where an agent is to look finely; absent where it need not. */
  readonly relativeGoal?: RelativeGoal;
  /** Steps after which an episode is truncated. */
  readonly maxSteps: number;
  /** Named reward terms besides the goal's; absent for none. */
  readonly terms?: number;
}

/** The sizes of an environment's episodes. */
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

/**
 * A recording of up to maxSteps steps; `begin` starts it anew, so that one object serves many episodes.
 *
 * Index t is the moment before action t; index `length` is the end.
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
  /** Reward terms of each step, [T × K]; empty where there are none. */
  readonly terms: Float32Array;
  /** Steps recorded so far. */
  length = 0;
  /** Whether the last recorded step ended the task itself. */
  terminated = false;
  /** Undiscounted sum of rewards so far. */
  episodeReturn = 0;
  /** Whether the goal was achieved at the last recorded step. */
  successAtEnd = false;
  /** The first recorded step, counted from 1, at which the goal was achieved; 0 if there is none. */
  firstSuccess = 0;

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

  /** What a step's terms add up to; 0 where there are none. */
  termsOf(step: number): number {
    const { terms = 0 } = this.sizes;
    let sum = 0;
    for (let i = 0; i < terms; i++) sum += this.terms[step * terms + i]!;
    return sum;
  }

  /** Starts over with what `reset` gave; copies it. */
  begin(start: GoalObservation): void {
    this.length = 0;
    this.terminated = false;
    this.episodeReturn = 0;
    this.successAtEnd = false;
    this.firstSuccess = 0;
    this.desiredGoal.set(start.desiredGoal);
    this.#place(start);
  }

  /** Appends an action and what it led to; copies both. */
  append(action: Float32Array, step: Step): void {
    if (this.length >= this.sizes.maxSteps) throw internal(`Episode: more than ${this.sizes.maxSteps} steps`);
    this.actions.set(action, this.length * this.sizes.action);
    if (step.terms !== undefined) this.terms.set(step.terms, this.length * step.terms.length);
    this.length += 1;
    this.terminated = step.terminated;
    this.episodeReturn += step.reward;
    this.successAtEnd = step.isSuccess;
    if (step.isSuccess && this.firstSuccess === 0) this.firstSuccess = this.length;
    this.#place(step);
  }

  #place(seen: GoalObservation): void {
    this.observations.set(seen.observation, this.length * this.sizes.observation);
    this.achievedGoals.set(seen.achievedGoal, this.length * this.sizes.goal);
  }
}
