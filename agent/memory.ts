/** @file What the agent remembers: whole episodes, and the running statistics of what it saw. */

import type { AgentConfig } from "../shared/agent-config.ts";
import { type Episode, type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import type { Batch } from "./batch.ts";
import { type InputNormalizers, inputNormalizers } from "./network-inputs.ts";
import type { NormalizerState } from "./normalizer.ts";
import { ReplayBuffer, type ReplayContents } from "./replay-buffer.ts";
import type { Priorities } from "./replay-choice.ts";
import { ReturnScale } from "./return-scale.ts";
import { TransitionSampler } from "./transition-sampler.ts";

/** What an agent must know of the task it is for. */
export interface TaskFacts {
  readonly sizes: EpisodeSizes;
  readonly rewardRange: readonly [low: number, high: number];
  readonly potentialRange?: readonly [low: number, high: number];
  readonly reward: GoalEnv["computeReward"];
  readonly isAchieved: GoalEnv["isAchieved"];
}

/** The facts of an environment. */
export function taskFacts(env: GoalEnv): TaskFacts {
  return {
    sizes: episodeSizes(env),
    rewardRange: env.rewardRange,
    ...(env.potentialRange === undefined ? {} : { potentialRange: env.potentialRange }),
    reward: env.computeReward,
    isAchieved: env.isAchieved,
  };
}

/** Rewards of so many transitions, summed. */
export interface Pay {
  readonly rows: number;
  readonly sum: number;
}

/** All that is remembered; a copy, for checkpoints. */
export interface MemoryState {
  readonly normalizers: {
    readonly observation: NormalizerState;
    readonly goal: NormalizerState;
    readonly returns: NormalizerState;
  };
  readonly replay: ReplayContents;
  readonly priorities: Priorities;
}

export class Memory {
  /** What turns things seen into the networks' inputs. */
  readonly normalizers: InputNormalizers;
  readonly #config: AgentConfig;
  readonly #task: TaskFacts;
  readonly #replay: ReplayBuffer;
  readonly #sampler: TransitionSampler;
  readonly #returnScale: ReturnScale;

  constructor(config: AgentConfig, task: TaskFacts) {
    const { sizes, reward } = task;
    this.#config = config;
    this.#task = task;
    this.#replay = new ReplayBuffer(config.replayCapacity, sizes);
    this.#sampler = new TransitionSampler(config, this.#replay, task);
    this.normalizers = inputNormalizers(config, sizes);
    this.#returnScale = new ReturnScale(config.gamma, reward);
  }

  /** Transitions that can be drawn. */
  get transitions(): number {
    return this.#replay.transitions;
  }

  /** What rewards are multiplied by where returns are normalised. */
  get returnFactor(): number {
    return this.#returnScale.factor;
  }

  /** Keeps a copy of an episode, and counts it into the statistics. */
  store(episode: Episode): void {
    const { length } = episode;
    if (length === 0) return;
    this.#sampler.choice.stored(this.#replay.store(episode));
    if (this.#config.normalizeReturns) this.#returnScale.observe(episode);
    if (!this.#config.normalize) return;
    const { observation, goal } = this.normalizers;
    observation.observe(episode.observations, length + 1);
    // Networks are shown desired goals and, in hindsight, achieved ones: both count.
    goal.observe(episode.achievedGoals, length + 1);
    for (let step = 0; step < length; step++) goal.observe(episode.desiredGoal, 1);
  }

  /**
   * Fills a batch.
   *
   * @param updates updates done so far, for schedules
   */
  sample(batch: Batch, updates: number, rng: Rng): void {
    this.#sampler.sample(batch, updates, rng);
  }

  /** Takes note of the TD errors that an update found for a batch, where replay is prioritised. */
  learned(batch: Batch, errors: Float32Array): void {
    this.#sampler.choice.learned(batch, errors);
  }

  /** Writes what was seen at a stored moment, drawn evenly, with its episode's own goal. */
  recall(observation: Float32Array, desiredGoal: Float32Array, rng: Rng): void {
    const { maxSteps } = this.#task.sizes;
    const place = this.#replay.draw(rng);
    const slot = Math.floor(place / maxSteps);
    this.#replay.readObservation(slot, place - slot * maxSteps, observation, 0);
    this.#replay.readDesiredGoal(slot, desiredGoal, 0);
  }

  /** How a batch, as `sample` filled it, is paid: apart for rows whose goals were achieved, and for the others. */
  payOf(batch: Batch): { readonly achieved: Pay; readonly missed: Pay } {
    const { sizes, isAchieved } = this.#task;
    const goal = new Float32Array(sizes.goal);
    const achieved = { rows: 0, sum: 0 };
    const missed = { rows: 0, sum: 0 };
    for (let row = 0; row < batch.size; row++) {
      const place = batch.places[row]!;
      const slot = Math.floor(place / sizes.maxSteps);
      this.#replay.readAchievedGoal(slot, place - slot * sizes.maxSteps + 1, goal, 0);
      const desired = batch.goals.subarray(row * sizes.goal, (row + 1) * sizes.goal);
      const pay = isAchieved(goal, desired) ? achieved : missed;
      pay.rows += 1;
      pay.sum += batch.rewards[row]!;
    }
    return { achieved, missed };
  }

  /** Share of so many stored transitions that achieved their own goal. */
  rewardDensity(draws: number, rng: Rng): number {
    const { sizes, isAchieved } = this.#task;
    const achieved = new Float32Array(sizes.goal);
    const desired = new Float32Array(sizes.goal);
    let paid = 0;
    for (let i = 0; i < draws; i++) {
      const place = this.#replay.draw(rng);
      const slot = Math.floor(place / sizes.maxSteps);
      this.#replay.readAchievedGoal(slot, place - slot * sizes.maxSteps + 1, achieved, 0);
      this.#replay.readDesiredGoal(slot, desired, 0);
      if (isAchieved(achieved, desired)) paid += 1;
    }
    return paid / draws;
  }

  /**
   * Share of so many stored desired goals, drawn evenly, that some of so many stored moments would have
   * achieved: how much of the goal space has been visited, to the precision that success asks for.
   */
  goalCoverage(goals: number, moments: number, rng: Rng): number {
    const { sizes, isAchieved } = this.#task;
    const achieved = new Float32Array(moments * sizes.goal);
    for (let i = 0; i < moments; i++) {
      const place = this.#replay.draw(rng);
      const slot = Math.floor(place / sizes.maxSteps);
      const moment = place - slot * sizes.maxSteps + 1;
      this.#replay.readAchievedGoal(slot, moment, achieved, i * sizes.goal);
    }
    const views = Array.from({ length: moments }, (_, i) =>
      achieved.subarray(i * sizes.goal, (i + 1) * sizes.goal),
    );
    const desired = new Float32Array(sizes.goal);
    let served = 0;
    for (let i = 0; i < goals; i++) {
      this.#replay.readDesiredGoal(Math.floor(this.#replay.draw(rng) / sizes.maxSteps), desired, 0);
      if (views.some((each) => isAchieved(each, desired))) served += 1;
    }
    return served / goals;
  }

  getState(): MemoryState {
    return {
      normalizers: {
        observation: this.normalizers.observation.getState(),
        goal: this.normalizers.goal.getState(),
        returns: this.#returnScale.getState(),
      },
      replay: this.#replay.contents(),
      priorities: this.#sampler.choice.getState(),
    };
  }

  /** Takes over a saved state. Throws InputError if it is of another task or other settings. */
  setState({ normalizers, replay, priorities }: MemoryState): void {
    this.normalizers.observation.setState(normalizers.observation);
    this.normalizers.goal.setState(normalizers.goal);
    this.#returnScale.setState(normalizers.returns);
    this.#replay.restore(replay);
    this.#sampler.choice.setState(priorities);
  }
}
