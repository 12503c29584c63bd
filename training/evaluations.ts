/**
 * @file The evaluations of a run: at most one in progress, each of a snapshot, so that training can continue meanwhile.
 *
 * An evaluation is completed, and its row of metrics written, when the next one is due or training ends: at a
 * fixed moment, so that no result depends on the speed of the worker. Docs: docs/decisions/0009.
 */

import { z } from "zod";
import type { Ddpg } from "../agent/ddpg.ts";
import { Count } from "../shared/state-schemas.ts";
import { diagnosticsRng } from "./diagnostics/episode-diagnostics.ts";
import type { ReplayDiagnostics } from "./diagnostics/replay-diagnostics.ts";
import type { EpisodeOutcome, Evaluation } from "./evaluate.ts";
import type { EvaluationReport } from "./policy-evaluator.ts";
import { PolicySnapshot, takeSnapshot } from "./policy-snapshot.ts";
import { perSecond, type TrainingProgress } from "./training-progress.ts";
import { handled } from "./unless-stopped.ts";

/** A metric as JSON, which has no NaN and no ±Infinity. */
const SavedMetric = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);

/** An evaluation in progress, in a checkpoint. A resumed run starts it again. */
export const EvaluationInProgress = z.strictObject({
  snapshot: PolicySnapshot,
  /** Metrics of the snapshot's moment by name, which need the training thread. */
  metrics: z.record(z.string(), SavedMetric),
  /** Transitions in the replay buffer at that moment. */
  transitions: Count,
});
export type EvaluationInProgress = z.infer<typeof EvaluationInProgress>;

/** Evaluates snapshots. The promises resolve with undefined if a stop is requested meanwhile. */
export interface SnapshotEvaluator {
  evaluate(snapshot: PolicySnapshot): Promise<EvaluationReport | undefined>;
  /** Plays one episode of a snapshot per seed. */
  play(snapshot: PolicySnapshot, seeds: readonly number[]): Promise<readonly EpisodeOutcome[] | undefined>;
  /** Whether training can continue meanwhile; otherwise it shares the training thread. */
  readonly isConcurrent: boolean;
}

export interface EvaluationsOptions {
  readonly agent: Ddpg;
  readonly progress: TrainingProgress;
  readonly evaluator: Pick<SnapshotEvaluator, "evaluate" | "isConcurrent">;
  readonly seed: number;
  /** Absent without `train.diagnostics`. */
  readonly replayDiagnostics: ReplayDiagnostics | undefined;
  /** Called with each completed evaluation, in order. */
  readonly onRow: (
    snapshot: PolicySnapshot,
    values: Readonly<Record<string, number>>,
    evaluation: Evaluation,
  ) => void;
}

export class Evaluations {
  readonly #options: EvaluationsOptions;
  #current:
    | { readonly started: EvaluationInProgress; readonly report: Promise<EvaluationReport | undefined> }
    | undefined;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
  }

  /** Environment steps at which the last evaluation was started; 0 before the first. */
  get lastStep(): number {
    return this.#current?.started.snapshot.steps ?? this.#options.progress.evaluations.at(-1)?.step ?? 0;
  }

  /** Evaluates the agent as it is now. The evaluation before must be complete. */
  async start(): Promise<void> {
    const { agent, progress, evaluator, replayDiagnostics, seed } = this.#options;
    const { steps } = progress;
    const snapshot = takeSnapshot(agent, steps);
    // First, so that the worker does not wait for the metrics of the training thread.
    const evaluate = () => evaluator.evaluate(snapshot);
    const early = evaluator.isConcurrent ? handled(evaluate()) : undefined;
    const { transitions } = agent.memory;
    const learning = learningMetrics(progress, agent);
    const replay =
      transitions > 0
        ? await replayDiagnostics?.compute(diagnosticsRng(seed, steps).fork("replay"))
        : undefined;
    const metrics = Object.entries({ ...learning, ...replay }).map(([name, x]) => [name, encode(x)]);
    const started = { snapshot, transitions, metrics: Object.fromEntries(metrics) };
    this.#current = { started, report: early ?? handled(evaluate()) };
    if (!evaluator.isConcurrent) await this.complete();
  }

  /**
   * Waits for the evaluation in progress, if any, and reports its metrics.
   *
   * @returns false if a stop was requested meanwhile; the evaluation is then still in progress
   */
  async complete(): Promise<boolean> {
    if (this.#current === undefined) return true;
    const { progress, replayDiagnostics, seed, onRow } = this.#options;
    const { started, report } = this.#current;
    const { snapshot, metrics, transitions } = started;
    const found = await report;
    if (found === undefined) return false;
    const { evaluation, diagnostics, heldOut } = found;
    this.#current = undefined;
    const step = snapshot.steps;
    progress.countEvaluation(step, evaluation);
    const heldOutTdError =
      heldOut === undefined || transitions === 0
        ? undefined
        : await replayDiagnostics?.heldOutTdError(heldOut, snapshot, diagnosticsRng(seed, step));
    const values = {
      ...evaluationMetrics(evaluation),
      "diagnostics/success_spread": progress.successSpread(),
      ...Object.fromEntries(Object.entries(metrics).map(([name, x]) => [name, Number(x)])),
      ...diagnostics,
      ...(heldOutTdError === undefined ? {} : { "diagnostics/td_error_held_out": heldOutTdError }),
    };
    onRow(snapshot, values, evaluation);
    return true;
  }

  /** Returns the evaluation in progress, for a checkpoint. */
  getState(): EvaluationInProgress | undefined {
    return this.#current?.started;
  }

  /** Starts a saved evaluation again. */
  async restart(started: EvaluationInProgress): Promise<void> {
    const { evaluator } = this.#options;
    this.#current = { started, report: handled(evaluator.evaluate(started.snapshot)) };
    if (!evaluator.isConcurrent) await this.complete();
  }
}

function encode(value: number): z.infer<typeof SavedMetric> {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

function evaluationMetrics(evaluation: Evaluation): Record<string, number> {
  const { successRate, successOnce, meanFinalDistance, meanReturn, meanLength, figures } = evaluation;
  return {
    "eval/success_rate": successRate,
    "eval/success_once": successOnce,
    "eval/mean_final_distance": meanFinalDistance,
    "eval/mean_reward": meanReturn,
    "eval/mean_ep_length": meanLength,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [`diagnostics/${name}`, value])),
  };
}

/** Returns the metrics of training up to now, and resets the means over updates. */
function learningMetrics(progress: TrainingProgress, { learner }: Ddpg): Record<string, number> {
  const { firstSuccessStep, episodes, steps, seconds } = progress;
  return {
    ...progress.recentAverages(),
    ...learner.takeMetrics(),
    "train/n_updates": learner.updates,
    ...(firstSuccessStep === null ? {} : { "diagnostics/first_success_step": firstSuccessStep }),
    "time/episodes": episodes,
    "time/total_timesteps": steps,
    "time/time_elapsed": seconds.wall,
    "time/fps": perSecond(steps, seconds.acting),
    "time/updates_per_second": perSecond(learner.updates, seconds.updating),
  };
}
