/** @file Evaluates policy snapshots on an environment: in the training thread, or episode by episode in a worker. */

import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { Batch } from "../agent/batch.ts";
import { type TaskFacts, taskFacts } from "../agent/memory.ts";
import { type InputNormalizers, inputNormalizers } from "../agent/network-inputs.ts";
import { type Policy, policyFrom } from "../agent/policy.ts";
import type { RunConfig } from "../shared/config.ts";
import { Episode, type EpisodeRecording } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { diagnosticsRng, EpisodeDiagnostics } from "./diagnostics/episode-diagnostics.ts";
import type { EpisodeOrder } from "./episode-order.ts";
import { type EpisodeOutcome, type Evaluation, evaluationSeeds, playEpisode, summarize } from "./evaluate.ts";
import { type PolicySnapshot, savedActor } from "./policy-snapshot.ts";
import type { Act } from "./rollout.ts";

/** The part of a run's settings that an evaluation depends on. */
export type EvaluatorConfig = Pick<RunConfig, "agent" | "train">;

/** The diagnostics of an evaluation's episodes. */
export interface DiagnosticsReport {
  /** Metrics by name; empty without `train.diagnostics`. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /** Transitions of the episodes, for `ReplayDiagnostics.heldOutTdError`; absent without `train.diagnostics`. */
  readonly heldOut?: Batch;
}

/** The result of evaluating a snapshot. */
export interface EvaluationReport extends DiagnosticsReport {
  readonly evaluation: Evaluation;
}

/** A played evaluation episode. */
export interface EvaluationEpisode {
  readonly outcome: EpisodeOutcome;
  readonly recording: EpisodeRecording;
}

/** An evaluation episode to play: its seed and the actor. */
export type SeedOrder = Pick<EpisodeOrder, "seed" | "actor" | "normalizers">;

export class PolicyEvaluator {
  readonly isConcurrent = false;
  readonly #env: GoalEnv;
  readonly #config: EvaluatorConfig;
  readonly #task: TaskFacts;
  readonly #seeds: readonly number[];
  readonly #stopRequested: () => boolean;

  /** @param env used only while a method runs */
  constructor(env: GoalEnv, config: EvaluatorConfig, stopRequested: () => boolean = () => false) {
    const { seed, evaluationEpisodes } = config.train;
    this.#env = env;
    this.#config = config;
    this.#task = taskFacts(env);
    this.#seeds = evaluationSeeds(seed, "training", evaluationEpisodes);
    this.#stopRequested = stopRequested;
  }

  /** Plays the evaluation's episodes, the same seeds each time. Returns undefined if a stop is requested meanwhile. */
  async evaluate(snapshot: PolicySnapshot): Promise<EvaluationReport | undefined> {
    const diagnostics = this.#config.train.diagnostics ? this.#diagnostics(snapshot) : undefined;
    const outcomes = await this.play(snapshot, this.#seeds, (episode) => diagnostics?.observe(episode));
    return outcomes && { evaluation: summarize(outcomes), ...reportOf(diagnostics) };
  }

  /**
   * Plays one episode of a snapshot per seed.
   *
   * @param onEpisode called with each finished episode; the object is reused for the next one
   * @returns undefined if a stop is requested meanwhile
   */
  async play(
    { weights, normalizers }: PolicySnapshot,
    seeds: readonly number[],
    onEpisode?: (episode: Episode) => void,
  ): Promise<readonly EpisodeOutcome[] | undefined> {
    const act = this.#actor(weights.actor, normalizers);
    const episode = new Episode(this.#task.sizes);
    const outcomes: EpisodeOutcome[] = [];
    for (const seed of seeds) {
      // Signals are delivered between turns of the event loop, and an episode takes none.
      await eventLoopTurn();
      if (this.#stopRequested()) return undefined;
      outcomes.push(await playEpisode(this.#env, act, seed, episode));
      onEpisode?.(episode);
    }
    return outcomes;
  }

  /** Plays one episode of an evaluation. */
  async playSeed({ seed, actor, normalizers }: SeedOrder): Promise<EvaluationEpisode> {
    const episode = new Episode(this.#task.sizes);
    const outcome = await playEpisode(this.#env, this.#actor(actor, normalizers), seed, episode);
    return { outcome, recording: episode.toRecording() };
  }

  /** Returns the diagnostics of an evaluation that other threads have played. */
  diagnose(snapshot: PolicySnapshot, recordings: readonly EpisodeRecording[]): DiagnosticsReport {
    const diagnostics = this.#diagnostics(snapshot);
    const episode = new Episode(this.#task.sizes);
    for (const recording of recordings) {
      episode.load(recording);
      diagnostics.observe(episode);
    }
    return reportOf(diagnostics);
  }

  #actor(actor: Float32Array, normalizers: PolicySnapshot["normalizers"]): Act {
    return savedActor(this.#config.agent, this.#task.sizes, actor, normalizers).act;
  }

  #diagnostics({ steps, weights, normalizers: saved, returnScale }: PolicySnapshot): EpisodeDiagnostics {
    const { agent, train } = this.#config;
    const normalizers = inputNormalizers(agent, this.#task.sizes, saved);
    const policy = this.#policy(normalizers, weights.actor, weights.critic);
    const target = this.#policy(normalizers, weights.targetActor, weights.targetCritic);
    const { controlTimestep } = this.#env;
    const rng = diagnosticsRng(train.seed, steps);
    return new EpisodeDiagnostics(policy, target, agent, this.#task, controlTimestep, returnScale, rng);
  }

  #policy(normalizers: InputNormalizers, actor: Float32Array, critic: Float32Array): Policy {
    const networks = { normalizers, actor: () => actor, critic: () => critic };
    return policyFrom(this.#config.agent, this.#task.sizes, networks);
  }
}

function reportOf(diagnostics: EpisodeDiagnostics | undefined): DiagnosticsReport {
  if (diagnostics === undefined) return { diagnostics: {} };
  return { diagnostics: diagnostics.compute(), heldOut: diagnostics.heldOutBatch() };
}
