/**
 * @file The training loop: play an episode with an update per step, store it, evaluate and save on schedule.
 *
 * Everything else happens between episodes, so a checkpoint holds no half-played episode and a
 * resumed run equals an uninterrupted one (docs/decisions/0003).
 */

import type { Ddpg } from "../agent/ddpg.ts";
import type { TrainConfig } from "../shared/config.ts";
import { Episode, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { EvaluationDiagnostics } from "./diagnostics/diagnostics.ts";
import { earlyStop } from "./early-stop.ts";
import { type Evaluation, evaluate, evaluationSeeds } from "./evaluate.ts";
import { rollout } from "./rollout.ts";
import type { TrainingProgress } from "./training-progress.ts";

/** Minimum growth of the run between two checkpoints: long runs save less often. */
const CHECKPOINT_GROWTH = 0.05;

export interface TrainerHooks {
  /** Called after each episode. */
  onEpisode(): void;
  /** Called after each evaluation with its metrics by name. */
  onEvaluation(values: Readonly<Record<string, number>>, evaluation: Evaluation): void;
  /** Called when a checkpoint is due, when a stop is requested, and at the end. */
  onCheckpoint(): void;
  /** Called after each episode; true stops training after a checkpoint. */
  stopRequested(): boolean;
  /** Called before each evaluation; returns an observer whose metrics are added to the evaluation's. */
  diagnose?(steps: number): EvaluationDiagnostics;
}

/**
 * Trains until `config.steps` are done, a rule of early-stop.ts ends the run, or a stop is requested.
 *
 * @param progress updated in place; training continues from it
 * @returns whether training is complete; false after a requested stop
 */
export async function train(
  env: GoalEnv,
  agent: Ddpg,
  config: TrainConfig,
  progress: TrainingProgress,
  hooks: TrainerHooks,
): Promise<boolean> {
  const episode = new Episode(episodeSizes(env));
  const seeds = evaluationSeeds(config.seed, "training", config.evaluationEpisodes);
  const clock = startClock(progress);
  let lastCheckpoint = progress.steps;

  const learn = (): Promise<void> | undefined => {
    const updates = agent.learn();
    if (updates === undefined) return undefined;
    const start = performance.now();
    return updates.then(() => {
      progress.seconds.updating += (performance.now() - start) / 1000;
    });
  };

  const isComplete = () =>
    progress.steps >= config.steps || earlyStop(config, progress.evaluations) !== undefined;
  while (!isComplete()) {
    const updatingBefore = progress.seconds.updating;
    const start = performance.now();
    agent.beginEpisode();
    await rollout(env, { seed: progress.nextEpisodeSeed(), training: true }, agent.explore, episode, learn);
    agent.store(episode);
    const updating = progress.seconds.updating - updatingBefore;
    progress.seconds.acting += (performance.now() - start) / 1000 - updating;

    const previousSteps = progress.steps;
    progress.countEpisode(episode);
    const stopping = hooks.stopRequested();
    if (progress.steps >= config.steps || crossed(previousSteps, progress.steps, config.evaluateEvery)) {
      const diagnostics = hooks.diagnose?.(progress.steps);
      const evaluation = await evaluate(env, agent.act, seeds, diagnostics?.observe);
      progress.countEvaluation(evaluation);
      const diagnosed = (await diagnostics?.compute()) ?? {};
      clock.update();
      hooks.onEvaluation({ ...metricValues(progress, agent, evaluation), ...diagnosed }, evaluation);
    }
    const complete = isComplete();
    clock.update();
    hooks.onEpisode();
    const checkpointDue =
      crossed(previousSteps, progress.steps, config.checkpointEvery) &&
      progress.steps - lastCheckpoint >= CHECKPOINT_GROWTH * progress.steps;
    if (complete || stopping || checkpointDue) {
      lastCheckpoint = progress.steps;
      hooks.onCheckpoint();
    }
    if (stopping) return complete;
  }
  return true;
}

/** Returns whether a multiple of `interval` lies in (before, after]. */
function crossed(before: number, after: number, interval: number): boolean {
  return Math.floor(after / interval) > Math.floor(before / interval);
}

/** Measures the run's wall time into `progress`. */
function startClock(progress: TrainingProgress): { update(): void } {
  let last = performance.now();
  return {
    update() {
      const now = performance.now();
      progress.seconds.wall += (now - last) / 1000;
      last = now;
    },
  };
}

/** Returns one row of metrics, named as in metric-names.ts. */
function metricValues(
  progress: TrainingProgress,
  agent: Ddpg,
  evaluation: Evaluation,
): Readonly<Record<string, number>> {
  return {
    "eval/success_rate": evaluation.successRate,
    "eval/success_once": evaluation.successOnce,
    "eval/mean_final_distance": evaluation.meanFinalDistance,
    "eval/mean_reward": evaluation.meanReturn,
    "eval/mean_ep_length": evaluation.meanLength,
    ...progress.recentAverages(),
    ...agent.learner.takeMetrics(),
    "train/n_updates": agent.learner.updates,
    ...Object.fromEntries(
      Object.entries(evaluation.figures).map(([name, value]) => [`diagnostics/${name}`, value]),
    ),
    "diagnostics/success_spread": progress.successSpread(),
    ...(progress.firstSuccessStep === null
      ? {}
      : { "diagnostics/first_success_step": progress.firstSuccessStep }),
    "time/episodes": progress.episodes,
    "time/total_timesteps": progress.steps,
    "time/time_elapsed": progress.seconds.wall,
    "time/fps": perSecond(progress.steps, progress.seconds.acting),
    "time/updates_per_second": perSecond(agent.learner.updates, progress.seconds.updating),
  };
}

/** Returns count / seconds, or 0 for no time. */
export function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
