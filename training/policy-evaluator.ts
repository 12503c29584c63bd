/** @file Evaluates policy snapshots, on the training thread or in a worker. */

import type { Batch } from "../agent/batch.ts";
import { type TaskFacts, taskFacts } from "../agent/memory.ts";
import { type InputNormalizers, inputNormalizers } from "../agent/network-inputs.ts";
import { type Policy, policyFrom } from "../agent/policy.ts";
import type { RunConfig } from "../shared/config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { diagnosticsRng, EpisodeDiagnostics } from "./diagnostics/episode-diagnostics.ts";
import { type EpisodeOutcome, type Evaluation, evaluate, evaluationSeeds, playEpisodes } from "./evaluate.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";

/** The part of a run's settings that an evaluation depends on. */
export type EvaluatorConfig = Pick<RunConfig, "agent" | "train">;

/** The result of evaluating a snapshot. */
export interface EvaluationReport {
  readonly evaluation: Evaluation;
  /** Metrics by name; empty without `train.diagnostics`. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /** Transitions of the episodes, for `ReplayDiagnostics.heldOutTdError`; absent without `train.diagnostics`. */
  readonly heldOut?: Batch;
}

export class PolicyEvaluator {
  readonly #env: GoalEnv;
  readonly #config: EvaluatorConfig;
  readonly #task: TaskFacts;
  readonly #seeds: readonly number[];

  /** @param env used by `evaluate` only while it runs */
  constructor(env: GoalEnv, config: EvaluatorConfig) {
    const { seed, evaluationEpisodes } = config.train;
    this.#env = env;
    this.#config = config;
    this.#task = taskFacts(env);
    this.#seeds = evaluationSeeds(seed, "training", evaluationEpisodes);
  }

  /** Plays the evaluation's episodes, the same seeds each time. */
  async evaluate({ steps, weights, normalizers: saved }: PolicySnapshot): Promise<EvaluationReport> {
    const { agent, train } = this.#config;
    const normalizers = inputNormalizers(agent, this.#task.sizes, saved);
    const policy = this.#policy(normalizers, weights.actor, weights.critic);
    if (!train.diagnostics) {
      return { evaluation: await evaluate(this.#env, policy.act, this.#seeds), diagnostics: {} };
    }
    const target = this.#policy(normalizers, weights.targetActor, weights.targetCritic);
    const { controlTimestep } = this.#env;
    const rng = diagnosticsRng(train.seed, steps);
    const diagnostics = new EpisodeDiagnostics(policy, target, agent, this.#task, controlTimestep, rng);
    const evaluation = await evaluate(this.#env, policy.act, this.#seeds, (episode) =>
      diagnostics.observe(episode),
    );
    return { evaluation, diagnostics: diagnostics.compute(), heldOut: diagnostics.heldOutBatch() };
  }

  /** Plays an episode of a snapshot for each of the given seeds. */
  play({ weights, normalizers }: PolicySnapshot, seeds: readonly number[]): Promise<EpisodeOutcome[]> {
    const inputs = inputNormalizers(this.#config.agent, this.#task.sizes, normalizers);
    return playEpisodes(this.#env, this.#policy(inputs, weights.actor, weights.critic).act, seeds);
  }

  #policy(normalizers: InputNormalizers, actor: Float32Array, critic: Float32Array): Policy {
    const networks = { normalizers, actor: () => actor, critic: () => critic };
    return policyFrom(this.#config.agent, this.#task.sizes, networks);
  }
}
