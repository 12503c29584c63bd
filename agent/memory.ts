/** @file The agent's memory: the replay buffer and the running statistics of inputs and returns. */

import { z } from "zod";
import type { AgentConfig } from "../shared/agent-config.ts";
import { type Episode, type EpisodeSizes, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import type { Batch } from "./batch.ts";
import { PriorityState } from "./index-sampler.ts";
import { type InputNormalizers, inputNormalizers } from "./network-inputs.ts";
import { NormalizerState } from "./normalizer.ts";
import { ReplayBuffer, ReplayState } from "./replay-buffer.ts";
import { ReturnScale } from "./return-scale.ts";
import { TransitionSampler } from "./transition-sampler.ts";

/** The properties of a task that the agent uses. */
export interface TaskFacts {
  readonly sizes: EpisodeSizes;
  readonly rewardRange: readonly [low: number, high: number];
  readonly potentialRange?: readonly [low: number, high: number];
  readonly reward: GoalEnv["computeReward"];
  readonly isAchieved: GoalEnv["isAchieved"];
}

/** The properties of an environment that the agent uses. */
export function taskFacts(env: GoalEnv): TaskFacts {
  return {
    sizes: episodeSizes(env),
    rewardRange: env.rewardRange,
    ...(env.potentialRange === undefined ? {} : { potentialRange: env.potentialRange }),
    reward: env.computeReward,
    isAchieved: env.isAchieved,
  };
}

/** The sum of the rewards of some rows. */
export interface RewardSum {
  readonly rows: number;
  readonly sum: number;
}

/** The memory's part of a checkpoint. */
export const MemoryState = z.strictObject({
  normalizers: z.strictObject({
    observation: NormalizerState,
    goal: NormalizerState,
    returns: NormalizerState,
  }),
  replay: ReplayState,
  priorities: PriorityState,
});
export type MemoryState = z.infer<typeof MemoryState>;

export class Memory {
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

  /** Transitions stored. */
  get transitions(): number {
    return this.#replay.transitions;
  }

  /** The factor by which rewards are multiplied; 1 unless returns are normalised. */
  get returnScale(): number {
    return this.#returnScale.factor;
  }

  /** Stores a copy of an episode and adds it to the statistics. */
  store(episode: Episode): void {
    if (episode.length === 0) return;
    this.#sampler.indices.addEpisode(this.#replay.store(episode));
    this.#observe(episode);
  }

  /** Stores a copy of a demonstration, before any other episode, for good, and adds it to the statistics. */
  storeDemonstration(episode: Episode): void {
    this.#sampler.indices.addEpisode(this.#replay.storeDemonstration(episode));
    this.#observe(episode);
  }

  /**
   * Fills a batch.
   *
   * @param updates updates done so far, for schedules
   */
  sample(batch: Batch, updates: number, rng: Rng): void {
    this.#sampler.sample(batch, updates, rng);
  }

  /** Updates the priorities of a batch's transitions, if replay is prioritised. @param tdErrors [B × critics] */
  updatePriorities(batch: Batch, tdErrors: Float32Array): void {
    this.#sampler.indices.updatePriorities(batch, tdErrors);
  }

  /** Writes a stored observation, drawn uniformly, and its episode's own goal. */
  sampleObservation(observation: Float32Array, desiredGoal: Float32Array, rng: Rng): void {
    const index = this.#replay.draw(rng);
    const slot = this.#replay.slotOf(index);
    this.#replay.readObservation(slot, this.#replay.stepOf(index), observation, 0);
    this.#replay.readDesiredGoal(slot, desiredGoal, 0);
  }

  /** Sums of a sampled batch's rewards: of rows that achieved their goal after one step, and of the others. */
  rewardSums(batch: Batch): { readonly achieved: RewardSum; readonly missed: RewardSum } {
    const { sizes, isAchieved } = this.#task;
    const goal = new Float32Array(sizes.goal);
    const achieved = { rows: 0, sum: 0 };
    const missed = { rows: 0, sum: 0 };
    for (let row = 0; row < batch.size; row++) {
      this.#readOutcome(batch.indices[row]!, goal);
      const desired = batch.goals.subarray(row * sizes.goal, (row + 1) * sizes.goal);
      const total = isAchieved(goal, desired) ? achieved : missed;
      total.rows += 1;
      total.sum += batch.rewards[row]!;
    }
    return { achieved, missed };
  }

  /** Fraction of stored transitions that achieve their own goal, estimated from some draws. */
  rewardDensity(draws: number, rng: Rng): number {
    const { sizes, isAchieved } = this.#task;
    const achieved = new Float32Array(sizes.goal);
    const desired = new Float32Array(sizes.goal);
    let successes = 0;
    for (let i = 0; i < draws; i++) {
      const index = this.#replay.draw(rng);
      this.#readOutcome(index, achieved);
      this.#replay.readDesiredGoal(this.#replay.slotOf(index), desired, 0);
      if (isAchieved(achieved, desired)) successes += 1;
    }
    return successes / draws;
  }

  /**
   * Fraction of stored desired goals that some stored transition achieves, at the task's success distance.
   *
   * @param goals   desired goals to draw
   * @param moments achieved goals to draw and compare each desired goal with
   */
  goalCoverage(goals: number, moments: number, rng: Rng): number {
    const { sizes, isAchieved } = this.#task;
    const achieved = Array.from({ length: moments }, () => {
      const goal = new Float32Array(sizes.goal);
      this.#readOutcome(this.#replay.draw(rng), goal);
      return goal;
    });
    const desired = new Float32Array(sizes.goal);
    let covered = 0;
    for (let i = 0; i < goals; i++) {
      this.#replay.readDesiredGoal(this.#replay.slotOf(this.#replay.draw(rng)), desired, 0);
      if (achieved.some((goal) => isAchieved(goal, desired))) covered += 1;
    }
    return covered / goals;
  }

  getState(): MemoryState {
    return {
      normalizers: {
        observation: this.normalizers.observation.getState(),
        goal: this.normalizers.goal.getState(),
        returns: this.#returnScale.getState(),
      },
      replay: this.#replay.getState(),
      priorities: this.#sampler.indices.getState(),
    };
  }

  /** Restores a saved state. Throws InputError if it is of another task or other settings. @param where its path */
  setState({ normalizers, replay, priorities }: MemoryState, where: string): void {
    const { observation, goal, returns } = normalizers;
    this.normalizers.observation.setState(observation, `${where}.normalizers.observation`);
    this.normalizers.goal.setState(goal, `${where}.normalizers.goal`);
    this.#returnScale.setState(returns, `${where}.normalizers.returns`);
    this.#replay.setState(replay, `${where}.replay`);
    this.#sampler.indices.setState(priorities, `${where}.priorities`);
  }

  /** Adds an episode to the statistics of inputs and returns. */
  #observe(episode: Episode): void {
    const { length } = episode;
    if (this.#config.normalizeReturns) this.#returnScale.observe(episode);
    if (!this.#config.normalize) return;
    const { observation, goal } = this.normalizers;
    observation.observe(episode.observations, length + 1);
    // Networks receive desired goals and, relabelled, achieved ones: both count.
    goal.observe(episode.achievedGoals, length + 1);
    for (let step = 0; step < length; step++) goal.observe(episode.desiredGoal, 1);
  }

  /** Copies the goal that was achieved after a transition. */
  #readOutcome(index: number, into: Float32Array): void {
    const moment = this.#replay.stepOf(index) + 1;
    this.#replay.readAchievedGoal(this.#replay.slotOf(index), moment, into, 0);
  }
}
