/**
 * @file The contract between an environment and an agent: the only thing the two share.
 *
 * Gymnasium's goal environment in TypeScript (Plappert et al. 2018, arXiv:1802.09464) with one
 * rule added: **success never terminates an episode**. The arm must learn to hold, and hindsight
 * changes the goal of a stored step, so an ending that hangs on the goal would be stale. A time
 * limit truncates; the critic bootstraps through it.
 *
 * Units are SI: metres, radians, seconds, kilograms, newton metres. Frames are right-handed.
 */

import type { Box } from "./box.ts";

/** What the agent is shown. The arrays belong to the caller: no later call writes to them. */
export interface GoalObservation {
  /** What is known of robot and things, [O]. */
  readonly observation: Float32Array;
  /** Where the goal-thing is now, [G]. */
  readonly achievedGoal: Float32Array;
  /** Where it should be, [G]; the same for the whole episode. */
  readonly desiredGoal: Float32Array;
}

/** What one action led to. */
export interface Step extends GoalObservation {
  /** Always `computeReward(…)` of this same step, plus its terms. */
  readonly reward: number;
  /** What was added to the goal's reward, in the order of the environment's `rewardTerms`; absent where it has none. */
  readonly terms?: Float32Array;
  /** The task itself is over: nothing follows, the value of the next state is 0. */
  readonly terminated: boolean;
  /** Only the clock is over: the task would have gone on, so bootstrap from the next state. */
  readonly truncated: boolean;
  /** Whether the goal is achieved now. */
  readonly isSuccess: boolean;
}

export interface ResetOptions {
  /** Starts the environment's randomness anew; without it, it goes on where it was. */
  readonly seed?: number;
  /** The goal to pursue instead of a drawn one, [G]. */
  readonly goal?: ArrayLike<number>;
  /** Whether the episode is for practice, so that it may start easier than the task asks; evaluations never are. */
  readonly practice?: boolean;
}

/** Where an agent is to look finely: its networks are shown tanh(perMetre · (goal − achieved)) besides. */
export interface RelativeGoal {
  /** Elements of an observation that are the achieved goal, [G]. */
  readonly elements: readonly number[];
  readonly perMetre: number;
}

/**
 * Pays for a transition's achieved goal, given the desired one: pure, so that hindsight can pay again.
 *
 * `previousAchievedGoal` is what was achieved before the action; only a reward shaped by a potential reads it.
 */
export type RewardFunction = (
  achievedGoal: Float32Array,
  desiredGoal: Float32Array,
  previousAchievedGoal: Float32Array,
) => number;

/** A task with goals, one episode at a time. */
export interface GoalEnv {
  /** `<arm>-<task>`, as in the registry. */
  readonly id: string;
  readonly observationSpace: Box;
  readonly goalSpace: Box;
  /** Always [−1, 1] in each direction. */
  readonly actionSpace: Box;
  /** Steps after which an episode is truncated. */
  readonly maxEpisodeSteps: number;
  /** Seconds that one step lasts. */
  readonly controlTimestep: number;
  /** The least and the greatest reward of one step, terms included and shaping apart; −Infinity where there is no least one. */
  readonly rewardRange: readonly [low: number, high: number];
  /**
   * Where rewards are shaped by γΦ′ − Φ: the least and the greatest potential Φ. Values then lie within
   * `rewardRange` / (1 − γ) − Φ. Absent where they are not shaped.
   */
  readonly potentialRange?: readonly [low: number, high: number];
  /** Absent where goals need no finer look than the rest. Computed from the goal that is shown, it is right in hindsight too. */
  readonly relativeGoal?: RelativeGoal;
  /** Names of what each step's reward has besides the goal's, such as the cost of torque; absent if nothing. */
  readonly rewardTerms?: readonly string[];

  /**
   * Starts an episode. The same seed gives the same start, goal and answers to the same actions, bit for bit.
   *
   * @throws InputError if the seed or the goal is not one
   */
  reset(options?: ResetOptions): GoalObservation;

  /**
   * Acts for one control timestep. Numbers outside [−1, 1] act as the nearest bound.
   *
   * @throws InputError if the action has the wrong length or a number that is not finite (the state
   *   stays as it was), if no episode is running, if the environment was disposed of, or if the
   *   simulation diverged
   */
  step(action: ArrayLike<number>): Step;

  /** The part of a step's reward that depends on goals. */
  readonly computeReward: RewardFunction;

  /** Whether a goal is achieved: what `isSuccess` tells of a step. Pure. */
  readonly isAchieved: (achievedGoal: Float32Array, desiredGoal: Float32Array) => boolean;

  /** What more there is to say of the episode so far, by name; averaged over evaluations as `diagnostics/<name>`. */
  episodeFigures?(): Readonly<Record<string, number>>;

  /** Frees what the garbage collector does not; a second call does nothing. */
  dispose(): void;
}
