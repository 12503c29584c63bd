/**
 * @file Diagnostics on the episodes of an evaluation, defined in docs/diagnostics.md.
 *
 * Each evaluation draws from its own random stream, derived from seed and step. So diagnostics do not
 * change training, and a resumed run computes the same values.
 */

import type { Batch } from "../../agent/batch.ts";
import type { TaskFacts } from "../../agent/memory.ts";
import type { Policy } from "../../agent/policy.ts";
import type { AgentConfig } from "../../shared/agent-config.ts";
import type { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { HeldOutTransitions } from "./held-out-transitions.ts";
import { NetworkHealthMeter } from "./network-health.ts";
import { TD_ERROR_ROWS } from "./replay-diagnostics.ts";
import { ValueBiasMeter } from "./value-bias.ts";

/** Evaluation episodes kept for `td_error_held_out`. */
const HELD_OUT_EPISODES = 50;

/** Returns the random stream of the diagnostics of the evaluation at this training step. */
export function diagnosticsRng(seed: number, steps: number): Rng {
  return Rng.fromSeed(seed).fork("diagnostics").fork(`${steps}`);
}

/** Collects the diagnostics of one evaluation. */
export class EpisodeDiagnostics {
  readonly #bias: ValueBiasMeter;
  readonly #health: NetworkHealthMeter;
  readonly #heldOut: HeldOutTransitions;
  readonly #rng: Rng;

  /**
   * @param target      policy of the target networks
   * @param returnScale factor on rewards if returns are normalised, else 1
   * @param rng         as diagnosticsRng returns it
   */
  constructor(
    policy: Policy,
    target: Policy,
    config: AgentConfig,
    task: TaskFacts,
    controlTimestep: number,
    returnScale: number,
    rng: Rng,
  ) {
    const { gamma, rewardScale } = config;
    this.#bias = new ValueBiasMeter(policy, { gamma, scale: rewardScale * returnScale }, task);
    this.#health = new NetworkHealthMeter(policy, target, controlTimestep, rng.fork("states"));
    this.#heldOut = new HeldOutTransitions(config, task, HELD_OUT_EPISODES, TD_ERROR_ROWS);
    this.#rng = rng;
  }

  /** Call with each finished episode of the evaluation. */
  observe(episode: Episode): void {
    this.#bias.observe(episode);
    this.#health.observe(episode);
    this.#heldOut.store(episode);
  }

  /** Returns the metrics by name. */
  compute(): Record<string, number> {
    const values = this.#bias.compute();
    const networks = this.#health.compute();
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
    };
  }

  /** Returns a batch of the episodes' transitions, for `ReplayDiagnostics.heldOutTdError`. */
  heldOutBatch(): Batch {
    return this.#heldOut.sample(this.#rng.fork("replay").fork("held out"));
  }
}
