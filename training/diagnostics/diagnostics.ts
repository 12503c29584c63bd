/**
 * @file The `diagnostics/…` metrics of an evaluation, defined in docs/diagnostics.md.
 *
 * Each evaluation draws from its own random stream, derived from seed and step. So diagnostics do not
 * change training, and a resumed run computes the same values.
 */

import { actorGradients } from "../../agent/actor-gradients.ts";
import { networkSizes } from "../../agent/architecture.ts";
import { type Batch, makeBatch } from "../../agent/batch.ts";
import type { Ddpg } from "../../agent/ddpg.ts";
import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import { FeedArrays } from "../../agent/feeds.ts";
import type { Memory, RewardSum, TaskFacts } from "../../agent/memory.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { gradientAgreement } from "./gradient-agreement.ts";
import { NetworkHealthMeter } from "./network-health.ts";
import { type CriticPair, HeldOutTransitions, meanSquaredTdError } from "./td-error.ts";
import { ValueBiasMeter } from "./value-bias.ts";

/** Independent batches whose actor gradients are compared. */
const BATCHES = 10;

/** Transitions sampled for `reward_density`. */
const DENSITY_DRAWS = 1000;

/** Desired and achieved goals sampled for `goal_coverage`. */
const COVERAGE_GOALS = 100;
const COVERAGE_MOMENTS = 2000;

/** Evaluation episodes kept for `td_error_held_out`. */
const HELD_OUT_EPISODES = 50;

/** Collects the diagnostics of one evaluation. */
export interface EvaluationDiagnostics {
  /** Call with each finished episode of the evaluation. */
  observe(episode: Episode): void;
  /** Returns the metrics by name; while the replay buffer is empty, without those that need it. */
  compute(): Promise<Record<string, number>>;
}

export class Diagnostics {
  readonly #agent: Ddpg;
  readonly #config: AgentConfig;
  readonly #task: TaskFacts;
  readonly #controlTimestep: number;
  readonly #rng: Rng;
  readonly #gradients: Compiled;
  readonly #batch: Batch;
  readonly #feeds: FeedArrays;

  private constructor(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    controlTimestep: number,
    rng: Rng,
    gradients: Compiled,
    feeds: FeedArrays,
  ) {
    this.#agent = agent;
    this.#config = config;
    this.#task = task;
    this.#controlTimestep = controlTimestep;
    this.#rng = rng;
    this.#gradients = gradients;
    this.#batch = makeBatch(config.batchSize, task.sizes);
    this.#feeds = feeds;
  }

  /** Compiles the programs; call `dispose` at the end. */
  static async create(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    controlTimestep: number,
    engine: Engine,
    seed: number,
  ): Promise<Diagnostics> {
    const { program, feeds } = actorGradients(config, networkSizes(task.sizes));
    return new Diagnostics(
      agent,
      config,
      task,
      controlTimestep,
      Rng.fromSeed(seed).fork("diagnostics"),
      await engine.compile(program),
      new FeedArrays(feeds),
    );
  }

  /** Starts the diagnostics of the evaluation at this training step. */
  start(steps: number): EvaluationDiagnostics {
    const rng = this.#rng.fork(`${steps}`);
    const { policy, target } = this.#agent;
    const { gamma } = this.#config;
    const bias = new ValueBiasMeter(policy, gamma, this.#task);
    const health = new NetworkHealthMeter(policy, target, this.#controlTimestep, rng.fork("states"));
    const heldOut = new HeldOutTransitions(this.#config, this.#task, HELD_OUT_EPISODES);
    return {
      observe: (episode) => {
        bias.observe(episode);
        health.observe(episode);
        heldOut.store(episode);
      },
      compute: async () => {
        const { mean, std, outOfRange, spread } = bias.compute();
        const networks = health.compute();
        return {
          "diagnostics/q_bias_mean": mean,
          "diagnostics/q_bias_std": std,
          "diagnostics/q_out_of_range": outOfRange,
          "diagnostics/ensemble_spread": spread,
          "diagnostics/action_slope_policy": networks.slopeAtPolicy,
          "diagnostics/action_slope_random": networks.slopeAtRandom,
          "diagnostics/dormant_actor": networks.dormantActor,
          "diagnostics/dormant_critic": networks.dormantCritic,
          "diagnostics/stable_rank": networks.stableRank,
          "diagnostics/policy_drift": networks.drift,
          "diagnostics/torque_sign_changes": networks.signChanges,
          ...(this.#agent.memory.transitions > 0
            ? await this.#replayMetrics(heldOut, rng.fork("replay"))
            : {}),
        };
      },
    };
  }

  dispose(): void {
    this.#gradients.dispose();
  }

  async #replayMetrics(heldOut: HeldOutTransitions, rng: Rng): Promise<Record<string, number>> {
    const { learner, memory, policy, target } = this.#agent;
    const batch = this.#batch;
    const gradients: Float32Array[] = [];
    const pays: ReturnType<Memory["rewardSums"]>[] = [];
    const weights = {
      actor: learner.weights("actor").slice(),
      critic: learner.weights("critic").slice(),
    };
    for (let i = 0; i < BATCHES; i++) {
      memory.sample(batch, learner.updates, rng);
      pays.push(memory.rewardSums(batch));
      const { normalizers, returnScale } = memory;
      await this.#gradients.run({
        ...weights,
        ...this.#feeds.fill({ batch, normalizers, returnScale, rng }),
      });
      gradients.push(this.#gradients.output("gradient").slice());
    }
    const { cosine, signalToNoise } = gradientAgreement(gradients);
    const achieved = together(pays.map((pay) => pay.achieved));
    const missed = together(pays.map((pay) => pay.missed));
    const bothExist = achieved.rows > 0 && missed.rows > 0;
    const critics: CriticPair = {
      online: policy,
      target: this.#config.targetNetworks ? target : policy,
      rewardFactor: this.#config.rewardScale * (this.#config.normalizeReturns ? memory.returnScale : 1),
    };
    const tdError = (rows: Batch) => meanSquaredTdError(rows, critics, this.#config, this.#task);
    return {
      "diagnostics/actor_grad_cosine": cosine,
      "diagnostics/actor_grad_snr": signalToNoise,
      "diagnostics/reward_density": memory.rewardDensity(DENSITY_DRAWS, rng),
      "diagnostics/reward_density_hindsight": achieved.rows / (BATCHES * batch.size),
      ...(bothExist
        ? { "diagnostics/reward_for_success": achieved.sum / achieved.rows - missed.sum / missed.rows }
        : {}),
      "diagnostics/goal_coverage": memory.goalCoverage(
        COVERAGE_GOALS,
        COVERAGE_MOMENTS,
        rng.fork("coverage"),
      ),
      "diagnostics/td_error_replay": tdError(batch),
      "diagnostics/td_error_held_out": tdError(heldOut.draw(rng.fork("held out"))),
    };
  }
}

function together(pays: readonly RewardSum[]): RewardSum {
  return pays.reduce((all, { rows, sum }) => ({ rows: all.rows + rows, sum: all.sum + sum }), {
    rows: 0,
    sum: 0,
  });
}
