/**
 * @file The `diagnostics/…` metrics of an evaluation, defined in docs/diagnostics.md.
 *
 * Each evaluation draws from its own random stream, derived from seed and step. So diagnostics do not
 * change training, and a resumed run computes the same values.
 */

import type { Ddpg } from "../../agent/ddpg.ts";
import type { Engine } from "../../agent/engine/engine.ts";
import type { TaskFacts } from "../../agent/memory.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { HeldOutTransitions } from "./held-out-transitions.ts";
import { NetworkHealthMeter } from "./network-health.ts";
import { ReplayDiagnostics, TD_ERROR_ROWS } from "./replay-diagnostics.ts";
import { ValueBiasMeter } from "./value-bias.ts";

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
  readonly #replay: ReplayDiagnostics;

  private constructor(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    controlTimestep: number,
    rng: Rng,
    replay: ReplayDiagnostics,
  ) {
    this.#agent = agent;
    this.#config = config;
    this.#task = task;
    this.#controlTimestep = controlTimestep;
    this.#rng = rng;
    this.#replay = replay;
  }

  /** Compiles what the metrics need; call `dispose` at the end. */
  static async create(
    agent: Ddpg,
    config: AgentConfig,
    task: TaskFacts,
    controlTimestep: number,
    engine: Engine,
    seed: number,
  ): Promise<Diagnostics> {
    const replay = await ReplayDiagnostics.create(agent, config, task, engine);
    const rng = Rng.fromSeed(seed).fork("diagnostics");
    return new Diagnostics(agent, config, task, controlTimestep, rng, replay);
  }

  /** Starts the diagnostics of the evaluation at this training step. */
  start(steps: number): EvaluationDiagnostics {
    const rng = this.#rng.fork(`${steps}`);
    const { policy, target, memory } = this.#agent;
    const bias = new ValueBiasMeter(policy, this.#config.gamma, this.#task);
    const health = new NetworkHealthMeter(policy, target, this.#controlTimestep, rng.fork("states"));
    const heldOut = new HeldOutTransitions(this.#config, this.#task, HELD_OUT_EPISODES, TD_ERROR_ROWS);
    return {
      observe: (episode) => {
        bias.observe(episode);
        health.observe(episode);
        heldOut.store(episode);
      },
      compute: async () => {
        const replayRng = rng.fork("replay");
        const values = bias.compute();
        const networks = health.compute();
        return {
          "diagnostics/q_bias_mean": values.mean,
          "diagnostics/q_bias_std": values.std,
          "diagnostics/q_out_of_range": values.outOfRange,
          "diagnostics/ensemble_spread": values.spread,
          "diagnostics/action_slope_policy": networks.slopeAtPolicy,
          "diagnostics/action_slope_random": networks.slopeAtRandom,
          "diagnostics/dormant_actor": networks.dormantActor,
          "diagnostics/dormant_critic": networks.dormantCritic,
          "diagnostics/stable_rank": networks.stableRank,
          "diagnostics/policy_drift": networks.drift,
          "diagnostics/torque_sign_changes": networks.signChanges,
          ...(memory.transitions > 0
            ? await this.#replay.compute(heldOut.sample(replayRng.fork("held out")), replayRng)
            : {}),
        };
      },
    };
  }

  dispose(): void {
    this.#replay.dispose();
  }
}
