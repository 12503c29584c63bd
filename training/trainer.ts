/**
 * @file The training loop: collect an episode, learn at each of its steps, store it, now and then
 * evaluate, report and save.
 *
 * Everything happens at the end of an episode, so that a checkpoint needs nothing of the middle of
 * one and a resumed run equals one that was never stopped.
 */

import type { Ddpg } from "../agent/ddpg.ts";
import type { TrainConfig } from "../shared/config.ts";
import { Episode, episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import type { Look } from "./diagnostics.ts";
import { earlyStop } from "./early-stop.ts";
import { type Evaluation, evaluate, evaluationSeeds } from "./evaluate.ts";
import { rollout } from "./rollout.ts";
import type { TrainingProgress } from "./training-progress.ts";

/** A checkpoint is due only if the run grew by this share since the last: long runs write theirs further apart. */
const CHECKPOINT_GROWTH = 0.05;

/** What the trainer tells, and whom it asks. */
export interface TrainerHooks {
  /** After each episode. */
  onEpisode(): void;
  /** After each evaluation: what is known, by metric name. */
  onEvaluation(values: Readonly<Record<string, number>>, evaluation: Evaluation): void;
  /** When all should be made durable: every so often, at the end, and when stopping early. */
  onCheckpoint(): void;
  /** Asked after each episode; true ends training early, with a checkpoint. */
  stopRequested(): boolean;
  /** Asked before each evaluation for who shall look on; what it reads goes with the other values. */
  look?(steps: number): Look;
}

/**
 * Trains until `config.steps` are taken, a rule ends it early (early-stop.ts) or a stop is requested.
 *
 * @param progress advanced as training goes; a restored one is gone on from
 * @returns whether all steps were taken that had to be
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
    const begun = performance.now();
    return updates.then(() => {
      progress.seconds.updating += (performance.now() - begun) / 1000;
    });
  };

  const isOver = () =>
    progress.steps >= config.steps || earlyStop(config, progress.evaluations) !== undefined;
  while (!isOver()) {
    const before = progress.seconds.updating;
    const begun = performance.now();
    agent.beginEpisode();
    await rollout(env, { seed: progress.nextEpisodeSeed(), practice: true }, agent.explore, episode, learn);
    agent.store(episode);
    progress.seconds.acting += (performance.now() - begun) / 1000 - (progress.seconds.updating - before);

    const previousSteps = progress.steps;
    progress.countEpisode(episode);
    const stopping = hooks.stopRequested();
    if (progress.steps >= config.steps || passed(previousSteps, progress.steps, config.evaluateEvery)) {
      const look = hooks.look?.(progress.steps);
      const evaluation = await evaluate(env, agent.act, seeds, look?.observe);
      progress.countEvaluation(evaluation);
      const seen = (await look?.read()) ?? {};
      clock.update();
      hooks.onEvaluation({ ...metricValues(progress, agent, evaluation), ...seen }, evaluation);
    }
    const last = isOver();
    clock.update();
    hooks.onEpisode();
    const due =
      passed(previousSteps, progress.steps, config.checkpointEvery) &&
      progress.steps - lastCheckpoint >= CHECKPOINT_GROWTH * progress.steps;
    if (last || stopping || due) {
      lastCheckpoint = progress.steps;
      hooks.onCheckpoint();
    }
    if (stopping) return last;
  }
  return true;
}

/** Whether a multiple of `every` lies in (before, after]. */
function passed(before: number, after: number, every: number): boolean {
  return Math.floor(after / every) > Math.floor(before / every);
}

function startClock(progress: TrainingProgress): { update(): void } {
  let since = performance.now();
  return {
    update() {
      const now = performance.now();
      progress.seconds.wall += (now - since) / 1000;
      since = now;
    },
  };
}

/** One row of metrics, by Stable-Baselines3's names where it has one; `time/…` is wall clock. */
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

/** A rate, or 0 where no time has passed. */
export function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
