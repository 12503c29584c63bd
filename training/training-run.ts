/** @file Trains a run and writes its folder: metrics, policies, checkpoints and result.json; resumes a saved run. */

import { Ddpg } from "../agent/ddpg.ts";
import type { Engine } from "../agent/engine/engine.ts";
import { taskFacts } from "../agent/memory.ts";
import type { RunConfig } from "../shared/config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { listCheckpoints, pruneCheckpoints } from "../storage/checkpoint-folder.ts";
import { openCsvSink } from "../storage/csv-sink.ts";
import { openJsonlSink } from "../storage/jsonl-sink.ts";
import type { MetricSink } from "../storage/metrics.ts";
import { writePolicy } from "../storage/policy-file.ts";
import { policyPath, type RunFolder } from "../storage/run-folder.ts";
import { type RunResult, writeResult } from "../storage/run-result.ts";
import { openTensorboardSink } from "../storage/tensorboard-sink.ts";
import { loadNewestRunState, saveRunState } from "./checkpoint.ts";
import { Diagnostics } from "./diagnostics/diagnostics.ts";
import { earlyStop } from "./early-stop.ts";
import { evaluate, evaluationSeeds } from "./evaluate.ts";
import { METRIC_NAMES, termMetric } from "./metric-names.ts";
import { perSecond, train } from "./trainer.ts";
import { TrainingProgress } from "./training-progress.ts";

/** Receives the progress of a run. */
export interface ProgressReporter {
  /** Called after each episode with the environment steps and updates so far. */
  advance(steps: number, updates: number): void;
  /** Called after each evaluation. */
  evaluated(successRate: number): void;
  /** Prints a message to the user. */
  print(line: string): void;
}

export interface TrainingRun {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly env: GoalEnv;
  readonly engine: Engine;
  readonly reporter: ProgressReporter;
  /** Whether to continue from the folder's newest checkpoint. */
  readonly resume: boolean;
  /** Called after each episode; true saves and stops. */
  readonly stopRequested: () => boolean;
}

/**
 * Trains, evaluates on episodes with new seeds, and writes result.json last.
 *
 * The first checkpoint is written before the first step, so that a killed run can always be resumed.
 *
 * @returns undefined if a stop was requested before the end; the run can then be resumed
 * @throws InputError if a checkpoint is invalid, the disk is full, or training or the simulation diverges
 */
export async function runTraining(run: TrainingRun): Promise<RunResult | undefined> {
  const { config, folder, env, engine, reporter } = run;
  const { seed } = config.train;
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, engine, Rng.fromSeed(seed).fork("agent"));
  const progress = new TrainingProgress(seed, env.rewardTerms);
  const diagnostics = config.train.diagnostics
    ? await Diagnostics.create(agent, config.agent, task, env.controlTimestep, engine, seed)
    : undefined;
  const sinks: MetricSink[] = [];
  try {
    // A run killed before its first checkpoint starts over.
    const saved = run.resume && listCheckpoints(folder.checkpoints).length > 0;
    const logs = saved ? restore(run, agent, progress) : {};
    const sinkOptions = (name: string) => ({
      folder: folder.path,
      resumeAt: run.resume ? (logs[name] ?? 0) : undefined,
    });
    sinks.push(openJsonlSink(sinkOptions("jsonl")));
    sinks.push(
      openCsvSink(sinkOptions("csv"), [
        ...new Set([...METRIC_NAMES, ...(env.rewardTerms ?? []).map(termMetric)]),
      ]),
    );
    sinks.push(openTensorboardSink(sinkOptions("tensorboard"), () => Date.now() / 1000));

    const save = () => {
      folder.lock.verify();
      const state = agent.getState();
      const { steps } = progress;
      const lengths = Object.fromEntries(sinks.map((sink) => [sink.name, sink.flush()]));
      writePolicy(policyPath(folder.policies, steps), state, config, steps, task.sizes);
      saveRunState(folder.checkpoints, steps, {
        agent: state,
        progress: progress.getState(),
        logs: lengths,
      });
      for (const line of pruneCheckpoints(folder.checkpoints, steps, config.train.keepCheckpoints))
        reporter.print(line);
    };
    if (!saved) save();

    const finished = await train(env, agent, config.train, progress, {
      onEpisode: () => reporter.advance(progress.steps, agent.learner.updates),
      onEvaluation: (values, { successRate }) => {
        for (const sink of sinks) sink.write({ step: progress.steps, values });
        reporter.advance(progress.steps, agent.learner.updates);
        reporter.evaluated(successRate);
      },
      onCheckpoint: save,
      stopRequested: run.stopRequested,
      ...(diagnostics === undefined ? {} : { diagnose: (steps: number) => diagnostics.start(steps) }),
    });
    if (!finished) return undefined;

    const result = await finalResult(run, agent, progress);
    folder.lock.verify();
    writeResult(folder.path, result);
    return result;
  } finally {
    for (const sink of sinks) sink.close();
    diagnostics?.dispose();
    agent.dispose();
  }
}

/** Loads the newest checkpoint into agent and progress; returns the saved length of each log. */
function restore({ folder, reporter }: TrainingRun, agent: Ddpg, progress: TrainingProgress) {
  const { state, path } = loadNewestRunState(folder.checkpoints, (line) => reporter.print(line));
  agent.setState(state.agent, `${path}: agent`);
  progress.setState(state.progress);
  return state.logs;
}

async function finalResult(
  { config, env, engine }: TrainingRun,
  agent: Ddpg,
  progress: TrainingProgress,
): Promise<RunResult> {
  const seeds = evaluationSeeds(config.train.seed, "final", config.train.finalEpisodes);
  const { successRate, successOnce, meanFinalDistance, episodes, meanReturn } = await evaluate(
    env,
    agent.act,
    seeds,
  );
  const { seconds, steps, stepsTo95 } = progress;
  const early = steps < config.train.steps ? earlyStop(config.train, progress.evaluations) : undefined;
  return {
    successRate,
    successOnce,
    meanFinalDistance,
    meanReturn,
    episodes,
    steps,
    stepsTo95,
    ...(early === undefined ? {} : { stoppedEarly: early }),
    updates: agent.learner.updates,
    wallSeconds: seconds.wall,
    updatesPerSecond: perSecond(agent.learner.updates, seconds.updating),
    envStepsPerSecond: perSecond(steps, seconds.acting),
    engine: engine.name,
    env: config.env.id,
    reward: config.env.reward,
    seed: config.train.seed,
  };
}
