/**
 * @file The training loop: collect an episode and learn from it, evaluate and save on schedule.
 *
 * Evaluations and checkpoints fall between episodes, so a checkpoint holds no half-played episode and a
 * resumed run equals an uninterrupted one (docs/decisions/0003).
 */

import { evaluationInterval, type TrainConfig } from "../shared/train-config.ts";
import type { Collection } from "./collection.ts";
import { earlyStop } from "./early-stop.ts";
import type { Evaluations } from "./evaluations.ts";
import type { TrainingProgress } from "./training-progress.ts";

/** Minimum growth of the run between two checkpoints: long runs save less often. */
const CHECKPOINT_GROWTH = 0.05;

export interface TrainerHooks {
  /** Called after each episode. */
  onEpisode(): void;
  /** Called when training is complete, while the last evaluation may still be in progress. */
  onTrained?(): void;
  /** Called when a checkpoint is due, when a stop is requested, and at the end. */
  onCheckpoint(): Promise<void>;
  /** True stops training after a checkpoint. A collection or an evaluation may stop earlier. */
  stopRequested(): boolean;
}

/**
 * Trains until `config.steps` are done, a rule of early-stop.ts ends the run, or a stop is requested.
 *
 * @param progress updated in place; training continues from it
 * @returns whether training is complete; false after a requested stop
 */
export async function train(
  collection: Pick<Collection, "next">,
  config: TrainConfig,
  progress: TrainingProgress,
  evaluations: Pick<Evaluations, "start" | "complete" | "lastStep">,
  hooks: TrainerHooks,
): Promise<boolean> {
  const clock = startClock(progress);
  let lastCheckpoint = progress.steps;
  let previousSteps = progress.steps;
  const save = async () => {
    clock.update();
    await hooks.onCheckpoint();
    lastCheckpoint = progress.steps;
  };
  for (;;) {
    if (evaluationDue(config, evaluations.lastStep, progress.steps)) {
      if (!(await evaluations.complete())) break;
      progress.earlyStop = earlyStop(config, progress.evaluations) ?? null;
      clock.update();
      await evaluations.start();
    }
    if (progress.steps >= config.steps || progress.earlyStop !== null) {
      hooks.onTrained?.();
      const complete = await evaluations.complete();
      await save();
      return complete;
    }
    if (hooks.stopRequested()) break;
    const checkpointDue =
      crossed(previousSteps, progress.steps, config.checkpointEvery) &&
      progress.steps - lastCheckpoint >= CHECKPOINT_GROWTH * progress.steps;
    if (checkpointDue) await save();
    previousSteps = progress.steps;
    const episode = await collection.next();
    if (episode === undefined) break;
    progress.countEpisode(episode);
    clock.update();
    hooks.onEpisode();
  }
  await save();
  return false;
}

/**
 * Returns whether an evaluation is due now: at each multiple of the interval and at the end.
 *
 * @param lastStep environment steps at the last evaluation
 */
function evaluationDue(config: TrainConfig, lastStep: number, steps: number): boolean {
  return crossed(lastStep, steps, evaluationInterval(config)) || (steps >= config.steps && lastStep < steps);
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
