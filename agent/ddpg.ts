/**
 * @file The agent: acts, explores, remembers, learns. It knows goals and rewards, not environments.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalObservation, RewardFunction } from "../shared/goal-env.ts";
import type { Rng, RngState } from "../shared/rng.ts";
import { type Batch, makeBatch } from "./batch.ts";
import { LEFT_OUT } from "./bellman-target.ts";
import { type DdpgUpdate, ddpgUpdate } from "./ddpg-update.ts";
import type { Compiled, Engine } from "./engine/engine.ts";
import { Exploration, explorationLeft } from "./exploration.ts";
import { initialWeights } from "./graph/mlp.ts";
import { Normalizer, type NormalizerState } from "./normalizer.ts";
import { ParameterNoise, PROBES } from "./parameter-noise.ts";
import { Policy } from "./policy.ts";
import { ReplayBuffer, type ReplayContents } from "./replay-buffer.ts";
import type { Priorities } from "./replay-choice.ts";
import { ReturnScale } from "./return-scale.ts";
import { TransitionSampler } from "./transition-sampler.ts";

/** What an agent must know of the task it is for. */
export interface TaskFacts {
  readonly sizes: EpisodeSizes;
  readonly rewardRange: readonly [low: number, high: number];
  readonly reward: RewardFunction;
}

/** All that an agent is, apart from its config; a copy, for checkpoints. */
export interface AgentState {
  /** The update's carried vectors: weights, targets, Adam's sums. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
  readonly normalizers: {
    readonly observation: NormalizerState;
    readonly goal: NormalizerState;
    readonly returns: NormalizerState;
  };
  readonly replay: ReplayContents;
  readonly priorities: Priorities;
  readonly rng: { readonly exploration: RngState; readonly sampling: RngState };
  readonly counters: AgentCounters;
}

export interface AgentCounters {
  /** Steps explored. */
  readonly steps: number;
  /** Steps after warm-up, with something to learn from. */
  readonly learningSteps: number;
  readonly updates: number;
  /** Deviation of parameter noise. */
  readonly parameterDeviation: number;
  /** Sums of the update's outputs since metrics were last taken, and how many updates they are of. */
  readonly sums: Readonly<Record<string, number>>;
  readonly summed: number;
}

export class Ddpg {
  readonly policy: Policy;
  /** The slow copies, acting. */
  readonly target: Policy;
  readonly #config: AgentConfig;
  readonly #task: TaskFacts;
  readonly #compiled: Compiled;
  readonly #stateNames: readonly string[];
  readonly #metricNames: readonly string[];
  readonly #replay: ReplayBuffer;
  readonly #sampler: TransitionSampler;
  readonly #batch: Batch;
  readonly #inputs: Float32Array;
  readonly #nextInputs: Float32Array;
  readonly #feeds: Readonly<Record<string, Float32Array>>;
  readonly #observations: Normalizer;
  readonly #goals: Normalizer;
  readonly #returnScale: ReturnScale;
  readonly #exploration: Exploration;
  readonly #parameterNoise: ParameterNoise | undefined;
  readonly #explorer: Policy;
  readonly #explorationRng: Rng;
  readonly #samplingRng: Rng;
  /** The actor to explore with in this episode, where its weights are perturbed. */
  #perturbed: Float32Array | undefined;
  #steps = 0;
  #learningSteps = 0;
  #updates = 0;
  #sums: Record<string, number> = {};
  #summed = 0;

  private constructor(
    config: AgentConfig,
    task: TaskFacts,
    compiled: Compiled,
    update: DdpgUpdate,
    rng: Rng,
  ) {
    const { sizes } = task;
    this.#config = config;
    this.#task = task;
    this.#compiled = compiled;
    this.#stateNames = update.program.state.map(({ name }) => name);
    const outputs = update.program.outputs.map(({ name }) => name);
    this.#metricNames = outputs.filter((name) => name.startsWith("train/"));
    this.#replay = new ReplayBuffer(config.replayCapacity, sizes);
    this.#sampler = new TransitionSampler(config, this.#replay, task.reward, task.rewardRange[1]);
    this.#batch = makeBatch(config.batchSize, sizes);
    const inputs = config.batchSize * (sizes.observation + sizes.goal);
    this.#inputs = new Float32Array(inputs);
    this.#nextInputs = new Float32Array(inputs);
    const every: Readonly<Record<string, Float32Array>> = {
      inputs: this.#inputs,
      nextInputs: this.#nextInputs,
      actions: this.#batch.actions,
      rewards: this.#batch.rewards,
      continues: this.#batch.continues,
      weights: this.#batch.weights,
      smoothing: new Float32Array(config.batchSize * sizes.action),
      leftOut: new Float32Array(config.critics.count),
      actorTurn: new Float32Array(1),
      returnScale: new Float32Array(1),
    };
    this.#feeds = Object.fromEntries(update.program.feeds.map(({ name }) => [name, every[name]!]));
    const clip = config.normalize ? config.normalizeClip : Number.POSITIVE_INFINITY;
    this.#observations = new Normalizer(sizes.observation, clip);
    this.#goals = new Normalizer(sizes.goal, clip);
    this.#returnScale = new ReturnScale(config.gamma, task.reward);
    this.#exploration = new Exploration(config.exploration, sizes.action);
    const { parameterNoise } = config.exploration;
    this.#parameterNoise = parameterNoise > 0 ? new ParameterNoise(parameterNoise) : undefined;
    this.#explorationRng = rng.fork("exploration");
    this.#samplingRng = rng.fork("sampling");
    const normalizers = { observation: this.#observations, goal: this.#goals };
    const squash = config.invertGradients ? "clip" : "tanh";
    const critics = update.critics.map((layout) => ({ layout, weights: () => compiled.state("critic") }));
    const actor = { layout: update.actor, weights: () => compiled.state("actor") };
    this.policy = new Policy(normalizers, actor, critics, squash);
    this.target = new Policy(
      normalizers,
      { layout: update.actor, weights: () => compiled.state("targetActor") },
      update.critics.map((layout) => ({ layout, weights: () => compiled.state("targetCritic") })),
      squash,
    );
    const perturbed = { ...actor, weights: () => this.#perturbed ?? compiled.state("actor") };
    this.#explorer = new Policy(normalizers, perturbed, critics, squash);
  }

  /** An untrained agent, its weights drawn from `rng`; `dispose` it in the end. */
  static async create(config: AgentConfig, task: TaskFacts, engine: Engine, rng: Rng): Promise<Ddpg> {
    const { sizes } = task;
    const networkSizes = { inputs: sizes.observation + sizes.goal, actions: sizes.action };
    const update = ddpgUpdate(config, networkSizes, task.rewardRange);
    const compiled = await engine.compile(update.program);
    const actor = initialWeights(update.actor, rng.fork("actor"), config.lastLayerInit);
    const critic = new Float32Array(update.critics[0]!.size);
    for (const [i, layout] of update.critics.entries()) {
      const stream = rng.fork(i === 0 ? "critic" : `critic ${i + 1}`);
      // Parts of the other critics are 0 in each, so that their sum has every critic's weights.
      const weights = initialWeights(layout, stream, config.lastLayerInit);
      for (let at = 0; at < critic.length; at++) critic[at]! += weights[at]!;
    }
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
    if (this.#parameterNoise !== undefined && this.#replay.transitions > 0)
      this.#perturb(this.#parameterNoise);
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
    this.#explorer.act(seen, action);
    this.#exploration.perturb(action, this.#explorationLeft(), this.#explorationRng);
  };

  /** Remembers a finished episode, and counts it into the statistics. */
  store(episode: Episode): void {
    const { length } = episode;
    if (length === 0) return;
    this.#sampler.choice.stored(this.#replay.store(episode));
    if (this.#config.normalizeReturns) this.#returnScale.observe(episode);
    if (!this.#config.normalize) return;
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
    const { sizes } = this.#task;
    const width = sizes.observation + sizes.goal;
    const batch = this.#batch;
    for (let i = 0; i < times; i++) {
      this.#sampler.sample(batch, this.#updates, this.#samplingRng);
      this.#observations.apply(batch.observations, batch.size, this.#inputs, width, 0);
      this.#observations.apply(batch.nextObservations, batch.size, this.#nextInputs, width, 0);
      this.#goals.apply(batch.goals, batch.size, this.#inputs, width, sizes.observation);
      this.#goals.apply(batch.goals, batch.size, this.#nextInputs, width, sizes.observation);
      this.#fillSwitches();
      await this.#compiled.run(this.#feeds);
      this.#updates += 1;
      this.#sum();
      if ("weights" in this.#feeds) this.#sampler.choice.learned(batch, this.#compiled.output("tdErrors"));
    }
  }

  /**
   * Fills a batch as an update would be given one, and its networks' inputs, from a stream of the caller's:
   * for looking, not for learning, and without touching the agent's own streams.
   */
  look(batch: Batch, inputs: Float32Array, rng: Rng): void {
    const { sizes } = this.#task;
    const width = sizes.observation + sizes.goal;
    this.#sampler.sample(batch, this.#updates, rng);
    this.#observations.apply(batch.observations, batch.size, inputs, width, 0);
    this.#goals.apply(batch.goals, batch.size, inputs, width, sizes.observation);
  }

  /** Transitions that can be looked at. */
  get transitions(): number {
    return this.#replay.transitions;
  }

  /** Share of the stored transitions that were paid in full for their own goal, from so many draws. */
  rewardDensity(draws: number, rng: Rng): number {
    const { sizes, reward, rewardRange } = this.#task;
    const achieved = new Float32Array(sizes.goal);
    const desired = new Float32Array(sizes.goal);
    let paid = 0;
    for (let i = 0; i < draws; i++) {
      const place = this.#replay.draw(rng);
      const slot = Math.floor(place / sizes.maxSteps);
      this.#replay.readAchievedGoal(slot, place - slot * sizes.maxSteps + 1, achieved, 0);
      this.#replay.readDesiredGoal(slot, desired, 0);
      if (reward(achieved, desired) >= rewardRange[1]) paid += 1;
    }
    return paid / draws;
  }

  /** The present flat vector of `actor` or `critic`: a view, valid until the next update. */
  weights(network: "actor" | "critic"): Float32Array {
    return this.#compiled.state(network);
  }

  /** Fills what only some switches feed. */
  #fillSwitches(): void {
    const { smoothing, leftOut, actorTurn, returnScale } = this.#feeds;
    const rng = this.#samplingRng;
    if (smoothing !== undefined) for (let i = 0; i < smoothing.length; i++) smoothing[i] = rng.normal();
    if (leftOut !== undefined) {
      leftOut.fill(LEFT_OUT);
      for (let drawn = 0; drawn < this.#config.critics.targetMin; ) {
        const critic = rng.integer(leftOut.length);
        if (leftOut[critic] === 0) continue;
        leftOut[critic] = 0;
        drawn += 1;
      }
    }
    if (actorTurn !== undefined) actorTurn[0] = (this.#updates + 1) % this.#config.actorEvery === 0 ? 1 : 0;
    if (returnScale !== undefined) returnScale[0] = this.#returnScale.factor;
  }

  #sum(): void {
    for (const name of this.#metricNames) {
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

  #explorationLeft(): number {
    return explorationLeft(this.#config.exploration, this.#steps - this.#config.warmupSteps);
  }

  /** Draws the actor to explore with in this episode, and adapts the noise to what it does to actions. */
  #perturb(noise: ParameterNoise): void {
    const { sizes } = this.#task;
    const rng = this.#explorationRng;
    this.#perturbed = noise.perturb(this.#compiled.state("actor"), this.#explorationLeft(), rng);
    const seen = {
      observation: new Float32Array(sizes.observation),
      achievedGoal: new Float32Array(sizes.goal),
      desiredGoal: new Float32Array(sizes.goal),
    };
    const plain = new Float32Array(sizes.action);
    const perturbed = new Float32Array(sizes.action);
    let squares = 0;
    for (let probe = 0; probe < PROBES; probe++) {
      const place = this.#replay.draw(rng);
      const slot = Math.floor(place / sizes.maxSteps);
      this.#replay.readObservation(slot, place - slot * sizes.maxSteps, seen.observation, 0);
      this.#replay.readDesiredGoal(slot, seen.desiredGoal, 0);
      this.policy.act(seen, plain);
      this.#explorer.act(seen, perturbed);
      for (let i = 0; i < plain.length; i++) squares += (plain[i]! - perturbed[i]!) ** 2;
    }
    noise.adapt(Math.sqrt(squares / (PROBES * sizes.action)));
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
      normalizers: {
        observation: this.#observations.getState(),
        goal: this.#goals.getState(),
        returns: this.#returnScale.getState(),
      },
      replay: this.#replay.contents(),
      priorities: this.#sampler.choice.getState(),
      rng: { exploration: this.#explorationRng.getState(), sampling: this.#samplingRng.getState() },
      counters: {
        steps: this.#steps,
        learningSteps: this.#learningSteps,
        updates: this.#updates,
        parameterDeviation: this.#parameterNoise?.deviation ?? 0,
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
    this.#returnScale.setState(state.normalizers.returns);
    this.#replay.restore(state.replay);
    this.#sampler.choice.setState(state.priorities);
    this.#explorationRng.setState(state.rng.exploration);
    this.#samplingRng.setState(state.rng.sampling);
    this.#steps = state.counters.steps;
    this.#learningSteps = state.counters.learningSteps;
    this.#updates = state.counters.updates;
    if (this.#parameterNoise !== undefined)
      this.#parameterNoise.deviation = state.counters.parameterDeviation;
    this.#sums = { ...state.counters.sums };
    this.#summed = state.counters.summed;
  }

  /** Frees the engine's part. */
  dispose(): void {
    this.#compiled.dispose();
  }
}
