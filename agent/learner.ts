/** @file Runs the update: draws batches, feeds the engine, keeps count, and says how it went. */

import type { AgentConfig } from "../shared/agent-config.ts";
import { InputError } from "../shared/errors.ts";
import type { Rng, RngState } from "../shared/rng.ts";
import { type Batch, makeBatch } from "./batch.ts";
import { LEFT_OUT } from "./bellman-target.ts";
import type { DdpgUpdate } from "./ddpg-update.ts";
import type { Compiled } from "./engine/engine.ts";
import { initialWeights } from "./graph/mlp.ts";
import type { Memory, TaskFacts } from "./memory.ts";
import { inputSize } from "./network-inputs.ts";

/** All that learning carries from update to update; a copy, for checkpoints. */
export interface LearnerState {
  /** The update's carried vectors: weights, targets, Adam's sums. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
  readonly sampling: RngState;
  readonly updates: number;
  /** Sums of the update's outputs since metrics were last taken, and how many updates they are of. */
  readonly sums: Readonly<Record<string, number>>;
  readonly summed: number;
}

/** A network's weights, as they are now or slowly follow. */
export type NetworkName = "actor" | "critic" | "targetActor" | "targetCritic";

export class Learner {
  readonly #config: AgentConfig;
  readonly #memory: Memory;
  readonly #compiled: Compiled;
  readonly #rng: Rng;
  readonly #stateNames: readonly string[];
  readonly #metricNames: readonly string[];
  /** Metrics that brief updates do not have. */
  readonly #occasional: ReadonlySet<string>;
  readonly #batch: Batch;
  readonly #inputs: Float32Array;
  readonly #nextInputs: Float32Array;
  readonly #feeds: Readonly<Record<string, Float32Array>>;
  #updates = 0;
  #sums: Record<string, number> = {};
  #summed = 0;

  /**
   * @param compiled the update's program, which becomes the learner's own
   * @param rng      what batches are drawn with
   * @param weights  what first weights are drawn with
   */
  constructor(
    config: AgentConfig,
    { sizes }: TaskFacts,
    memory: Memory,
    update: DdpgUpdate,
    compiled: Compiled,
    rng: Rng,
    weights: Rng,
  ) {
    this.#config = config;
    this.#memory = memory;
    this.#compiled = compiled;
    this.#rng = rng;
    this.#stateNames = update.program.state.map(({ name }) => name);
    const outputs = update.program.outputs.map(({ name }) => name);
    this.#metricNames = outputs.filter((name) => name.startsWith("train/"));
    const rare = update.program.outputs.filter(({ occasional }) => occasional);
    this.#occasional = new Set(rare.map(({ name }) => name));
    this.#batch = makeBatch(config.batchSize, sizes);
    this.#inputs = new Float32Array(config.batchSize * inputSize(sizes));
    this.#nextInputs = new Float32Array(this.#inputs.length);
    const every: Readonly<Record<string, Float32Array>> = {
      inputs: this.#inputs,
      nextInputs: this.#nextInputs,
      actions: this.#batch.actions,
      rewards: this.#batch.rewards,
      continues: this.#batch.continues,
      weights: this.#batch.weights,
      smoothing: new Float32Array(config.batchSize * sizes.action),
      leftOut: new Float32Array(config.critics.count),
      returnScale: new Float32Array(1),
    };
    this.#feeds = Object.fromEntries(update.program.feeds.map(({ name }) => [name, every[name]!]));
    this.#drawWeights(update, weights);
  }

  /** Updates done. */
  get updates(): number {
    return this.#updates;
  }

  /** A network's present flat vector: a view, valid until the next update. */
  weights(network: NetworkName): Float32Array {
    return this.#compiled.state(network);
  }

  /** Does so many updates, one after another. Throws InputError if a loss is not finite. */
  async update(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#memory.draw(this.#batch, this.#updates, this.#inputs, this.#nextInputs, this.#rng);
      this.#fillSwitches();
      const brief = (this.#updates + 1) % this.#config.actorEvery !== 0;
      await this.#compiled.run(this.#feeds, { brief });
      this.#updates += 1;
      this.#sum(brief);
      if ("weights" in this.#feeds) this.#memory.learned(this.#batch, this.#compiled.output("tdErrors"));
    }
  }

  /** The update's outputs, each averaged over the updates since the last call that had it; without those that none had. */
  takeMetrics(): Record<string, number> {
    const { actorEvery } = this.#config;
    const wholeBy = (updates: number) => Math.floor(updates / actorEvery);
    const whole = wholeBy(this.#updates) - wholeBy(this.#updates - this.#summed);
    const means = Object.fromEntries(
      Object.entries(this.#sums).map(([name, sum]) => [
        name,
        sum / (this.#occasional.has(name) ? whole : this.#summed),
      ]),
    );
    this.#sums = {};
    this.#summed = 0;
    return means;
  }

  getState(): LearnerState {
    return {
      vectors: Object.fromEntries(this.#stateNames.map((name) => [name, this.#compiled.state(name).slice()])),
      sampling: this.#rng.getState(),
      updates: this.#updates,
      sums: { ...this.#sums },
      summed: this.#summed,
    };
  }

  /** Takes over a saved state. Throws InputError if it is of another architecture; nothing has changed then. */
  setState(state: LearnerState): void {
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
    this.#rng.setState(state.sampling);
    this.#updates = state.updates;
    this.#sums = { ...state.sums };
    this.#summed = state.summed;
  }

  /** Frees the engine's part. */
  dispose(): void {
    this.#compiled.dispose();
  }

  #drawWeights(update: DdpgUpdate, rng: Rng): void {
    const { lastLayerInit: bound, actorLastLayerInit } = this.#config;
    const actor = initialWeights(update.actor, rng.fork("actor"), actorLastLayerInit || bound);
    const critic = new Float32Array(update.critics[0]!.size);
    for (const [i, layout] of update.critics.entries()) {
      // Parts of the other critics are 0 in each, so that their sum has every critic's weights.
      const weights = initialWeights(layout, rng.fork(i === 0 ? "critic" : `critic ${i + 1}`), bound);
      for (let at = 0; at < critic.length; at++) critic[at]! += weights[at]!;
    }
    this.#compiled.setState("actor", actor);
    this.#compiled.setState("targetActor", actor);
    this.#compiled.setState("critic", critic);
    this.#compiled.setState("targetCritic", critic);
  }

  /** Fills what only some switches feed. */
  #fillSwitches(): void {
    const { smoothing, leftOut, returnScale } = this.#feeds;
    if (smoothing !== undefined) {
      for (let i = 0; i < smoothing.length; i++) smoothing[i] = this.#rng.normal();
    }
    if (leftOut !== undefined) {
      leftOut.fill(LEFT_OUT);
      for (let drawn = 0; drawn < this.#config.critics.targetMin; ) {
        const critic = this.#rng.integer(leftOut.length);
        if (leftOut[critic] === 0) continue;
        leftOut[critic] = 0;
        drawn += 1;
      }
    }
    if (returnScale !== undefined) returnScale[0] = this.#memory.returnFactor;
  }

  #sum(brief: boolean): void {
    for (const name of this.#metricNames) {
      if (brief && this.#occasional.has(name)) continue;
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
}
