/**
 * @file The agent: acts, explores, remembers, learns. It knows goals and rewards, not environments.
 */

import type { AgentConfig } from "../shared/config.ts";
import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalObservation, RewardFunction } from "../shared/goal-env.ts";
import type { Rng, RngState } from "../shared/rng.ts";
import { ddpgUpdate } from "./ddpg-update.ts";
import type { Compiled, Engine } from "./engine/engine.ts";
import { Exploration } from "./exploration.ts";
import { initialWeights } from "./graph/mlp.ts";
import { hindsightShare } from "./her.ts";
import { Normalizer, type NormalizerState } from "./normalizer.ts";
import { Policy } from "./policy.ts";
import { type Batch, makeBatch, ReplayBuffer, type ReplayContents } from "./replay-buffer.ts";

/** What an agent must know of the task it is for. */
export interface TaskFacts {
  readonly sizes: EpisodeSizes;
  readonly rewardRange: readonly [low: number, high: number];
  readonly reward: RewardFunction;
}

/** All that an agent is, apart from its config; a copy, for checkpoints. */
export interface AgentState {
  /** The update's carried vectors: weights, targets, Adam's moments. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
  readonly normalizers: { readonly observation: NormalizerState; readonly goal: NormalizerState };
  readonly replay: ReplayContents;
  readonly rng: { readonly exploration: RngState; readonly sampling: RngState };
  readonly counters: AgentCounters;
}

export interface AgentCounters {
  /** Steps explored. */
  readonly steps: number;
  /** Steps after warm-up, with something to learn from. */
  readonly learningSteps: number;
  readonly updates: number;
  /** Sums of the update's outputs since metrics were last taken, and how many updates they are of. */
  readonly sums: Readonly<Record<string, number>>;
  readonly summed: number;
}

export class Ddpg {
  readonly policy: Policy;
  readonly #config: AgentConfig;
  readonly #task: TaskFacts;
  readonly #compiled: Compiled;
  readonly #stateNames: readonly string[];
  readonly #outputNames: readonly string[];
  readonly #replay: ReplayBuffer;
  readonly #batch: Batch;
  readonly #feeds: Readonly<
    Record<"inputs" | "nextInputs" | "actions" | "rewards" | "continues", Float32Array>
  >;
  readonly #observations: Normalizer;
  readonly #goals: Normalizer;
  readonly #exploration: Exploration;
  readonly #explorationRng: Rng;
  readonly #samplingRng: Rng;
  #steps = 0;
  #learningSteps = 0;
  #updates = 0;
  #sums: Record<string, number> = {};
  #summed = 0;

  private constructor(
    config: AgentConfig,
    task: TaskFacts,
    compiled: Compiled,
    update: ReturnType<typeof ddpgUpdate>,
    rng: Rng,
  ) {
    const { sizes } = task;
    this.#config = config;
    this.#task = task;
    this.#compiled = compiled;
    this.#stateNames = update.program.state.map(({ name }) => name);
    this.#outputNames = update.program.outputs.map(({ name }) => name);
    this.#replay = new ReplayBuffer(config.replayCapacity, sizes);
    this.#batch = makeBatch(config.batchSize, sizes);
    const inputs = config.batchSize * (sizes.observation + sizes.goal);
    this.#feeds = {
      inputs: new Float32Array(inputs),
      nextInputs: new Float32Array(inputs),
      actions: this.#batch.actions,
      rewards: this.#batch.rewards,
      continues: this.#batch.continues,
    };
    const clip = config.normalize ? config.normalizeClip : Number.POSITIVE_INFINITY;
    this.#observations = new Normalizer(sizes.observation, clip);
    this.#goals = new Normalizer(sizes.goal, clip);
    this.#exploration = new Exploration(config.exploration, sizes.action);
    this.#explorationRng = rng.fork("exploration");
    this.#samplingRng = rng.fork("sampling");
    this.policy = new Policy(
      { observation: this.#observations, goal: this.#goals },
      { layout: update.actor, weights: () => compiled.state("actor") },
      { layout: update.critic, weights: () => compiled.state("critic") },
    );
  }

  /** An untrained agent, its weights drawn from `rng`; `dispose` it in the end. */
  static async create(config: AgentConfig, task: TaskFacts, engine: Engine, rng: Rng): Promise<Ddpg> {
    const { sizes } = task;
    const updateSizes = { inputs: sizes.observation + sizes.goal, actions: sizes.action };
    const update = ddpgUpdate(config, updateSizes, task.rewardRange);
    const compiled = await engine.compile(update.program);
    const actor = initialWeights(update.actor, rng.fork("actor"), config.lastLayerInit);
    const critic = initialWeights(update.critic, rng.fork("critic"), config.lastLayerInit);
    compiled.setState("actor", actor);
    compiled.setState("targetActor", actor);
    compiled.setState("critic", critic);
    compiled.setState("targetCritic", critic);
    return new Ddpg(config, task, compiled, update, rng);
  }

  /** Updates done. */
  get updates(): number {
    return this.#updates;
  }

  /** Call it before each training episode. */
  beginEpisode(): void {
    this.#exploration.begin();
  }

  /** The policy's own action: what evaluation plays. */
  readonly act = (seen: GoalObservation, action: Float32Array): void => this.policy.act(seen, action);

  /** The action to try while training: random in warm-up, then the policy's with noise. */
  readonly explore = (seen: GoalObservation, action: Float32Array): void => {
    this.#steps += 1;
    if (this.#steps <= this.#config.warmupSteps) {
      this.#exploration.random(action, this.#explorationRng);
      return;
    }
    this.policy.act(seen, action);
    this.#exploration.perturb(action, this.#explorationRng);
  };

  /** Remembers a finished episode, and counts it into the normalizers. */
  store(episode: Episode): void {
    this.#replay.store(episode);
    if (!this.#config.normalize) return;
    const { length } = episode;
    this.#observations.observe(episode.observations, length + 1);
    // Networks are shown desired goals and, in hindsight, achieved ones: both count.
    this.#goals.observe(episode.achievedGoals, length + 1);
    for (let step = 0; step < length; step++) this.#goals.observe(episode.desiredGoal, 1);
  }

  /**
   * Does the updates that are due after one more explored step.
   *
   * @returns undefined if none is due, so that a caller need not wait
   */
  learn(): Promise<void> | undefined {
    if (this.#steps <= this.#config.warmupSteps || this.#replay.transitions === 0) return undefined;
    this.#learningSteps += 1;
    const due = Math.floor(this.#learningSteps * this.#config.updatesPerStep) - this.#updates;
    return due > 0 ? this.#update(due) : undefined;
  }

  async #update(times: number): Promise<void> {
    const { sizes, reward } = this.#task;
    const { inputs, nextInputs } = this.#feeds;
    const width = sizes.observation + sizes.goal;
    const share = hindsightShare(this.#config.her.k);
    const batch = this.#batch;
    for (let i = 0; i < times; i++) {
      this.#replay.sample(batch, share, reward, this.#samplingRng);
      this.#observations.apply(batch.observations, batch.size, inputs, width, 0);
      this.#observations.apply(batch.nextObservations, batch.size, nextInputs, width, 0);
      this.#goals.apply(batch.goals, batch.size, inputs, width, sizes.observation);
      this.#goals.apply(batch.goals, batch.size, nextInputs, width, sizes.observation);
      await this.#compiled.run(this.#feeds);
      this.#updates += 1;
      this.#sum();
    }
  }

  #sum(): void {
    for (const name of this.#outputNames) {
      const value = this.#compiled.output(name)[0]!;
      if (!Number.isFinite(value)) {
        throw new InputError(
          `training diverged: ${name} is ${value} at update ${this.#updates}. Lower agent.criticLearningRate or agent.actorLearningRate; the last checkpoint is intact`,
        );
      }
      this.#sums[name] = (this.#sums[name] ?? 0) + value;
    }
    this.#summed += 1;
  }

  /** The update's outputs, averaged over the updates since the last call; empty if there were none. */
  takeMetrics(): Record<string, number> {
    const means = Object.fromEntries(
      Object.entries(this.#sums).map(([name, sum]) => [name, sum / this.#summed]),
    );
    this.#sums = {};
    this.#summed = 0;
    return means;
  }

  getState(): AgentState {
    return {
      vectors: Object.fromEntries(this.#stateNames.map((name) => [name, this.#compiled.state(name).slice()])),
      normalizers: { observation: this.#observations.getState(), goal: this.#goals.getState() },
      replay: this.#replay.contents(),
      rng: { exploration: this.#explorationRng.getState(), sampling: this.#samplingRng.getState() },
      counters: {
        steps: this.#steps,
        learningSteps: this.#learningSteps,
        updates: this.#updates,
        sums: { ...this.#sums },
        summed: this.#summed,
      },
    };
  }

  /** Takes over a saved state. Throws InputError if it is of another architecture; then this agent is spoilt. */
  setState(state: AgentState): void {
    for (const name of this.#stateNames) {
      const saved = state.vectors[name];
      const size = this.#compiled.state(name).length;
      if (saved?.length !== size) {
        throw new InputError(
          `checkpoint: ${name}: expected ${size} numbers for agent.hidden ${JSON.stringify(this.#config.hidden)}, got ${saved?.length ?? "nothing"}`,
        );
      }
    }
    for (const name of this.#stateNames) this.#compiled.setState(name, state.vectors[name]!);
    this.#observations.setState(state.normalizers.observation);
    this.#goals.setState(state.normalizers.goal);
    this.#replay.restore(state.replay);
    this.#explorationRng.setState(state.rng.exploration);
    this.#samplingRng.setState(state.rng.sampling);
    this.#steps = state.counters.steps;
    this.#learningSteps = state.counters.learningSteps;
    this.#updates = state.counters.updates;
    this.#sums = { ...state.counters.sums };
    this.#summed = state.counters.summed;
  }

  /** Frees the engine's part. */
  dispose(): void {
    this.#compiled.dispose();
  }
}
