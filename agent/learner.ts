/** @file Runs the update on batches from the memory, and averages its metrics. */

import { z } from "zod";
import type { AgentConfig } from "../shared/agent-config.ts";
import { refuse } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";
import { Count, Float32Values, SavedRng } from "../shared/state-schemas.ts";
import { type Batch, makeBatch } from "./batch.ts";
import type { DdpgUpdate } from "./ddpg-update.ts";
import type { Compiled } from "./engine/engine.ts";
import { FeedArrays } from "./feeds.ts";
import { initialWeights } from "./graph/mlp-layout.ts";
import type { Memory, TaskFacts } from "./memory.ts";

/** The learner's part of a checkpoint. */
export const LearnerState = z.strictObject({
  /** The update's state vectors: weights, target weights, Adam's moments. */
  vectors: z.record(z.string(), Float32Values),
  rng: SavedRng,
  updates: Count,
  /** Metrics summed since takeMetrics was last called, and the number of updates summed. */
  metricSums: z.record(z.string(), z.number()),
  summedUpdates: Count,
});
export type LearnerState = z.infer<typeof LearnerState>;

/** What one more update would do. */
export const LookAhead = z.strictObject({
  /** The update's state vectors after it. */
  vectors: z.record(z.string(), Float32Values),
  metrics: z.record(z.string(), z.number()),
});
export type LookAhead = z.infer<typeof LookAhead>;

export type NetworkName = "actor" | "averagedActor" | "critic" | "targetActor" | "targetCritic";

export class Learner {
  readonly #config: AgentConfig;
  readonly #memory: Memory;
  readonly #compiled: Compiled;
  readonly #rng: Rng;
  readonly #stateNames: readonly string[];
  readonly #metricNames: readonly string[];
  /** Metrics of the delayed part of the update. */
  readonly #delayedMetrics: ReadonlySet<string>;
  readonly #batch: Batch;
  readonly #feeds: FeedArrays;
  #updates = 0;
  #sums: Record<string, number> = {};
  #summed = 0;

  /**
   * @param compiled   the update's program; the learner disposes of it
   * @param rng        for batches and noise
   * @param weightsRng for initial weights
   */
  constructor(
    config: AgentConfig,
    { sizes }: TaskFacts,
    memory: Memory,
    update: DdpgUpdate,
    compiled: Compiled,
    rng: Rng,
    weightsRng: Rng,
  ) {
    this.#config = config;
    this.#memory = memory;
    this.#compiled = compiled;
    this.#rng = rng;
    const { state, outputs } = update.program;
    this.#stateNames = state.map(({ current }) => current.name);
    this.#metricNames = outputs.map(({ name }) => name).filter((name) => name.startsWith("train/"));
    this.#delayedMetrics = new Set(outputs.filter(({ delayed }) => delayed).map(({ name }) => name));
    this.#batch = makeBatch(config.batchSize, sizes);
    this.#feeds = new FeedArrays(update.feeds);
    this.#initialize(update, weightsRng);
  }

  /** Updates so far. */
  get updates(): number {
    return this.#updates;
  }

  /** The flat weight vector of a network: a view, valid until the next update. */
  weights(network: NetworkName): Float32Array {
    return this.#compiled.state(network);
  }

  /** Runs updates one after another. Throws InputError if a metric is not finite. */
  async update(times: number): Promise<void> {
    const { actorEvery, replay } = this.#config;
    for (let i = 0; i < times; i++) {
      const feeds = this.#nextFeeds();
      const skipDelayed = (this.#updates + 1) % actorEvery !== 0;
      await this.#compiled.run(feeds, { skipDelayed });
      this.#updates += 1;
      this.#sumMetrics(skipDelayed);
      if (replay.kind === "prioritized")
        this.#memory.updatePriorities(this.#batch, this.#compiled.output("tdErrors"));
    }
  }

  /**
   * Runs one update, with its delayed parts, and takes it back: state and random numbers are as before.
   *
   * @param change alters the update's feeds in place
   * @returns undefined before the first update, or if a number is not finite
   */
  async lookAhead(
    change: (feeds: Readonly<Record<string, Float32Array>>) => void = () => {},
  ): Promise<LookAhead | undefined> {
    if (this.#updates === 0) return undefined;
    const copyOf = (name: string) => this.#compiled.state(name).slice();
    const before = this.#stateNames.map((name) => [name, copyOf(name)] as const);
    const rng = this.#rng.getState();
    const feeds = this.#nextFeeds();
    change(feeds);
    await this.#compiled.run(feeds);
    const vectors = Object.fromEntries(this.#stateNames.map((name) => [name, copyOf(name)]));
    const metrics = Object.fromEntries(
      this.#metricNames.map((name) => [name, this.#compiled.output(name)[0]!]),
    );
    for (const [name, values] of before) this.#compiled.setState(name, values);
    this.#rng.setState(rng);
    const allFinite =
      Object.values(metrics).every(Number.isFinite) &&
      Object.values(vectors).every((vector) => vector.every(Number.isFinite));
    return allFinite ? { vectors, metrics } : undefined;
  }

  /** The mean of each metric over the updates since the last call; delayed metrics only if they were computed. */
  takeMetrics(): Record<string, number> {
    const { actorEvery } = this.#config;
    const before = this.#updates - this.#summed;
    const delayedUpdates = Math.floor(this.#updates / actorEvery) - Math.floor(before / actorEvery);
    const means = Object.fromEntries(
      Object.entries(this.#sums).map(([name, sum]) => [
        name,
        sum / (this.#delayedMetrics.has(name) ? delayedUpdates : this.#summed),
      ]),
    );
    this.#sums = {};
    this.#summed = 0;
    return means;
  }

  getState(): LearnerState {
    return {
      vectors: Object.fromEntries(this.#stateNames.map((name) => [name, this.#compiled.state(name).slice()])),
      rng: this.#rng.getState(),
      updates: this.#updates,
      metricSums: { ...this.#sums },
      summedUpdates: this.#summed,
    };
  }

  /**
   * Restores a saved state.
   *
   * @param where its path, for the error
   * @throws InputError, before anything has changed, if it is of another architecture
   */
  setState(state: LearnerState, where: string): void {
    for (const name of this.#stateNames) {
      const saved = state.vectors[name];
      const size = this.#compiled.state(name).length;
      if (saved?.length !== size) {
        const expected = `${size} numbers for agent.hidden ${JSON.stringify(this.#config.hidden)}`;
        throw refuse(`${where}.vectors.${name}`, expected, saved?.length);
      }
    }
    for (const name of this.#stateNames) this.#compiled.setState(name, state.vectors[name]!);
    this.#rng.setState(state.rng);
    this.#updates = state.updates;
    this.#sums = { ...state.metricSums };
    this.#summed = state.summedUpdates;
  }

  /** Frees the compiled program. */
  dispose(): void {
    this.#compiled.dispose();
  }

  /** Draws a batch and fills the update's feeds from it. */
  #nextFeeds(): Readonly<Record<string, Float32Array>> {
    const { normalizers, returnScale } = this.#memory;
    const [batch, rng, updates] = [this.#batch, this.#rng, this.#updates];
    this.#memory.sample(batch, updates, rng);
    return this.#feeds.fill({ batch, normalizers, returnScale, updates, rng });
  }

  #initialize(update: DdpgUpdate, rng: Rng): void {
    const { lastLayerInit, actorLastLayerInit } = this.#config;
    const actor = initialWeights(update.actorLayout, rng.fork("actor"), actorLastLayerInit || lastLayerInit);
    const critic = new Float32Array(update.criticLayouts[0]!.size);
    for (const [i, layout] of update.criticLayouts.entries()) {
      const criticRng = rng.fork(i === 0 ? "critic" : `critic ${i + 1}`);
      initialWeights(layout, criticRng, lastLayerInit, critic);
    }
    this.#compiled.setState("actor", actor);
    this.#compiled.setState("targetActor", actor);
    if (this.#config.actorAveraging > 0) this.#compiled.setState("averagedActor", actor);
    this.#compiled.setState("critic", critic);
    this.#compiled.setState("targetCritic", critic);
  }

  #sumMetrics(skipDelayed: boolean): void {
    for (const name of this.#metricNames) {
      if (skipDelayed && this.#delayedMetrics.has(name)) continue;
      const value = this.#compiled.output(name)[0]!;
      if (!Number.isFinite(value)) {
        throw refuse(
          "training diverged",
          `a finite ${name} at update ${this.#updates}`,
          value,
          "Lower agent.criticLearningRate or agent.actorLearningRate",
        );
      }
      this.#sums[name] = (this.#sums[name] ?? 0) + value;
    }
    this.#summed += 1;
  }
}
