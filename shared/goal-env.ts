/**
 * @file The interface between environments and agents: Gymnasium's goal-conditioned environment in TypeScript.
 *
 * As in gymnasium-robotics' GoalEnv (Plappert et al. 2018, arXiv:1802.09464), an observation has the parts `observation`,
 * `achievedGoal` and `desiredGoal`, and the reward is a pure function of goals, so that hindsight experience replay (HER)
 * can recompute it for another goal. One rule is stricter here: **success never terminates an episode.** The arm must
 * learn to hold its goal, and a termination that depends on the goal would be wrong for a relabelled goal. Time limits
 * truncate episodes, and the critic bootstraps through them.
 *
 * Units are SI (m, rad, s, kg, N m). Frames are right-handed.
 */

import type { Box } from "./box.ts";

/** An observation. The arrays belong to the caller: later calls do not write to them. */
export interface GoalObservation {
  /** State of the robot and of any objects, [O]. */
  readonly observation: Float32Array;
  /** Current value of what the goal is about: the position of the end effector or of an object, [G]. */
  readonly achievedGoal: Float32Array;
  /** The value to reach, [G]; constant throughout the episode. */
  readonly desiredGoal: Float32Array;
}

/** The result of one action. */
export interface Step extends GoalObservation {
  /** `computeReward(…)` of this step, plus the sum of `terms`. */
  readonly reward: number;
  /** Values of the environment's `rewardTerms`, in their order; absent if it has none. */
  readonly terms?: Float32Array;
  /** The task has ended, independently of the goal: the value of the next state is 0. */
  readonly terminated: boolean;
  /** The time limit was reached: bootstrap from the next state. */
  readonly truncated: boolean;
  /** Whether the goal is achieved at this step. */
  readonly isSuccess: boolean;
}

export interface ResetOptions {
  /** Reseeds the environment's random generator; without a seed it continues its random stream. */
  readonly seed?: number;
  /** The desired goal, [G]; by default it is sampled. */
  readonly goal?: ArrayLike<number>;
  /** Whether this is a training episode, which may start closer to its goal than evaluation episodes do. */
  readonly training?: boolean;
  /** Configuration to start at, at rest, as `GoalEnv.configuration` returns it; by default the start is sampled. */
  readonly configuration?: ArrayLike<number>;
}

/** Requests the additional network inputs tanh(perMetre · (desiredGoal − achievedGoal)), which resolve small distances. */
export interface RelativeGoal {
  /** Indices in the observation of the achieved goal, [G]. */
  readonly elements: readonly number[];
  readonly perMetre: number;
}

/**
 * Returns the reward of a transition for a desired goal. Pure, so that HER can call it with a relabelled goal.
 *
 * `previousAchievedGoal` is the achieved goal before the action; only potential-based rewards use it.
 */
export type RewardFunction = (
  achievedGoal: Float32Array,
  desiredGoal: Float32Array,
  previousAchievedGoal: Float32Array,
) => number;

/** A goal-conditioned environment, one episode at a time. */
export interface GoalEnv {
  /** `<arm>-<task>` */
  readonly id: string;
  readonly observationSpace: Box;
  readonly goalSpace: Box;
  /** Always [−1, 1] in each element. */
  readonly actionSpace: Box;
  /** Steps after which an episode is truncated. */
  readonly maxEpisodeSteps: number;
  /** Duration of a step in seconds. */
  readonly controlTimestep: number;
  /** Minimum and maximum reward of one step, including `rewardTerms`, excluding potential-based shaping; low may be −Infinity. */
  readonly rewardRange: readonly [low: number, high: number];
  /**
   * Minimum and maximum of the potential Φ, if rewards are shaped by γΦ′ − Φ.
   * Values then lie within `rewardRange` / (1 − γ) − Φ.
   */
  readonly potentialRange?: readonly [low: number, high: number];
  readonly relativeGoal?: RelativeGoal;
  /** Names of the reward terms that do not depend on the goal, such as a cost of torque; absent if there are none. */
  readonly rewardTerms?: readonly string[];

  /**
   * Starts an episode. The same seed and actions give the same episode, bit for bit.
   *
   * @throws InputError if the seed, the goal or the configuration is invalid
   */
  reset(options?: ResetOptions): GoalObservation;

  /**
   * Applies an action for one control timestep. Values outside [−1, 1] are clipped.
   *
   * @throws InputError if the action has the wrong length or a value that is not finite (the state is unchanged), if no
   *   episode is running, if the environment is disposed of, or if the simulation diverged
   */
  step(action: ArrayLike<number>): Step;

  /** The part of the reward that depends on goals. */
  readonly computeReward: RewardFunction;

  /** Returns whether a goal is achieved, as `isSuccess` reports it. Pure. */
  readonly isAchieved: (achievedGoal: Float32Array, desiredGoal: Float32Array) => boolean;

  /**
   * Returns the current configuration of the robot, such as its joint angles; the caller owns it. Absent if episodes
   * cannot start at a given configuration.
   */
  configuration?(): Float64Array;

  /** Returns metrics of the current episode by name, which evaluations average and log as `diagnostics/<name>`. */
  episodeMetrics?(): Readonly<Record<string, number>>;

  /** Frees memory that is not garbage collected. May be called more than once. */
  dispose(): void;
}
