/** @file Diagnostics on sampled batches, on the training thread: actor gradients, rewards, goal coverage, TD errors. */

import { actorGradientProgram } from "../../agent/actor-gradient.ts";
import { networkSizes } from "../../agent/architecture.ts";
import { type Batch, makeBatch } from "../../agent/batch.ts";
import type { Ddpg } from "../../agent/ddpg.ts";
import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import { type BatchProgram, FeedArrays } from "../../agent/feeds.ts";
import type { NetworkName } from "../../agent/learner.ts";
import type { RewardSum, TaskFacts } from "../../agent/memory.ts";
import { type InputNormalizers, inputNormalizers } from "../../agent/network-inputs.ts";
import { tdErrorProgram } from "../../agent/td-error.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Rng } from "../../shared/rng.ts";
import type { PolicySnapshot } from "../policy-snapshot.ts";
import { gradientAgreement } from "./gradient-agreement.ts";

/** Independent batches whose actor gradients are compared. */
const BATCHES = 10;

/** Transitions sampled for `reward_density`. */
const DENSITY_DRAWS = 1000;

/** Desired and achieved goals sampled for `goal_coverage`. */
const COVERAGE_GOALS = 100;
const COVERAGE_MOMENTS = 2000;

/** Rows of the TD-error program. */
export const TD_ERROR_ROWS = 128;

/** A compiled program with the arrays that it is fed from. */
interface RunnableProgram {
  readonly compiled: Compiled;
  readonly feeds: FeedArrays;
}

/** The inputs of a program besides a batch. */
interface NetworkState {
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly normalizers: InputNormalizers;
  readonly returnScale: number;
}

export class ReplayDiagnostics {
  readonly #agent: Ddpg;
  readonly #config: AgentConfig;
  readonly #task: TaskFacts;
  readonly #gradients: RunnableProgram;
  readonly #tdErrors: RunnableProgram;
  readonly #batch: Batch;

  private constructor(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    batch: Batch,
    gradients: RunnableProgram,
    tdErrors: RunnableProgram,
  ) {
    this.#agent = agent;
    this.#config = config;
    this.#task = task;
    this.#batch = batch;
    this.#gradients = gradients;
    this.#tdErrors = tdErrors;
  }

  /** Compiles the programs; call `dispose` at the end. */
  static async create(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    engine: Engine,
  ): Promise<ReplayDiagnostics> {
    const sizes = networkSizes(task.sizes);
    const compile = async ({ program, feeds }: BatchProgram): Promise<RunnableProgram> => ({
      compiled: await engine.compile(program),
      feeds: new FeedArrays(feeds),
    });
    const { batchSize } = config;
    // The TD-error program needs TD_ERROR_ROWS rows; those from batchSize on are ignored.
    const batch = { ...makeBatch(Math.max(batchSize, TD_ERROR_ROWS), task.sizes), size: batchSize };
    return new ReplayDiagnostics(
      agent,
      config,
      task,
      batch,
      await compile(actorGradientProgram(config, sizes)),
      await compile(tdErrorProgram({ ...config, batchSize: TD_ERROR_ROWS }, sizes, task)),
    );
  }

  /** Returns the metrics by name. The replay buffer must not be empty. */
  async compute(rng: Rng): Promise<Record<string, number>> {
    const { learner, memory } = this.#agent;
    const batch = this.#batch;
    const { normalizers, returnScale } = memory;
    const stateOf = (...names: readonly NetworkName[]): NetworkState => ({
      weights: Object.fromEntries(names.map((name) => [name, learner.weights(name)])),
      normalizers,
      returnScale,
    });
    const gradients: Float32Array[] = [];
    const rewards: ReturnType<typeof memory.rewardSums>[] = [];
    for (let i = 0; i < BATCHES; i++) {
      memory.sample(batch, learner.updates, rng);
      rewards.push(memory.rewardSums(batch));
      await this.#run(this.#gradients, batch, stateOf("actor", "critic"), rng);
      gradients.push(this.#gradients.compiled.output("gradient").slice());
    }
    const { cosine, signalToNoise } = gradientAgreement(gradients);
    const achieved = total(rewards.map((sums) => sums.achieved));
    const missed = total(rewards.map((sums) => sums.missed));
    return {
      "diagnostics/actor_grad_cosine": cosine,
      "diagnostics/actor_grad_snr": signalToNoise,
      "diagnostics/reward_density": memory.rewardDensity(DENSITY_DRAWS, rng),
      "diagnostics/reward_density_hindsight": achieved.rows / (BATCHES * batch.size),
      ...(achieved.rows > 0 && missed.rows > 0
        ? { "diagnostics/reward_for_success": achieved.sum / achieved.rows - missed.sum / missed.rows }
        : {}),
      "diagnostics/goal_coverage": memory.goalCoverage(
        COVERAGE_GOALS,
        COVERAGE_MOMENTS,
        rng.fork("coverage"),
      ),
      "diagnostics/td_error_replay": await this.#meanSquaredTdError(
        batch,
        stateOf("actor", "critic", "targetActor", "targetCritic"),
        rng,
      ),
    };
  }

  /** Returns the mean squared TD error, under a snapshot, of TD_ERROR_ROWS transitions that no update uses. */
  heldOutTdError(heldOut: Batch, snapshot: PolicySnapshot, rng: Rng): Promise<number> {
    const { weights, returnScale } = snapshot;
    const normalizers = inputNormalizers(this.#config, this.#task.sizes, snapshot.normalizers);
    return this.#meanSquaredTdError(heldOut, { weights, normalizers, returnScale }, rng);
  }

  dispose(): void {
    this.#gradients.compiled.dispose();
    this.#tdErrors.compiled.dispose();
  }

  /** Returns the mean over the batch's first TD_ERROR_ROWS rows and over critics. */
  async #meanSquaredTdError(batch: Batch, state: NetworkState, rng: Rng): Promise<number> {
    await this.#run(this.#tdErrors, batch, state, rng);
    const errors = this.#tdErrors.compiled.output("tdErrors");
    const critics = errors.length / TD_ERROR_ROWS;
    const counted = errors.subarray(0, Math.min(batch.size, TD_ERROR_ROWS) * critics);
    return counted.reduce((sum, error) => sum + error * error, 0) / counted.length;
  }

  async #run(
    { compiled, feeds }: RunnableProgram,
    batch: Batch,
    { weights, normalizers, returnScale }: NetworkState,
    rng: Rng,
  ): Promise<void> {
    await compiled.run({ ...weights, ...feeds.fill({ batch, normalizers, returnScale, updates: 0, rng }) });
  }
}

function total(sums: readonly RewardSum[]): RewardSum {
  return sums.reduce((all, { rows, sum }) => ({ rows: all.rows + rows, sum: all.sum + sum }), {
    rows: 0,
    sum: 0,
  });
}
