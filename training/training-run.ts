/** @file Trains a run and writes its folder: metrics, policies, checkpoints and result.json; resumes a saved run. */

import { Ddpg } from "../agent/ddpg.ts";
import type { Engine } from "../agent/engine/engine.ts";
import { taskFacts } from "../agent/memory.ts";
import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
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
import { collectInThread, ParallelCollection } from "./collection.ts";
import { ReplayDiagnostics } from "./diagnostics/replay-diagnostics.ts";
import type { Evaluation } from "./evaluate.ts";
import { Evaluations, handled, type SnapshotEvaluator } from "./evaluations.ts";
import { type FinalHold, finalEvaluation, finalHold } from "./final-evaluation.ts";
import { loadDemonstrations, storeDemonstrations } from "./load-demonstrations.ts";
import { METRIC_NAMES, termMetric } from "./metric-names.ts";
import { PolicyEvaluator } from "./policy-evaluator.ts";
import { takeSnapshot } from "./policy-snapshot.ts";
import { train } from "./trainer.ts";
import { perSecond, TrainingProgress } from "./training-progress.ts";
import type { WorkerThread } from "./worker-thread.ts";
import { startWorkers } from "./workers.ts";

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
  /** Creates equal environments in worker threads; needed for `train.collectors` above 0. */
  readonly envModule?: EnvModule;
  /** Creates the arm of the test of holding at the end (`train.holdSeconds`); without it there is none. */
  readonly interactive?: EnvModule;
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
  const demonstrations = loadDemonstrations(config);
  const agent = await Ddpg.create(config.agent, task, engine, Rng.fromSeed(seed).fork("agent"));
  const progress = new TrainingProgress(seed, env.rewardTerms);
  const replayDiagnostics = config.train.diagnostics
    ? await ReplayDiagnostics.create(agent, config.agent, task, engine)
    : undefined;
  const workers = startWorkers(env.id, run, config);
  const sinks: MetricSink[] = [];
  try {
    // A run killed before its first checkpoint starts over.
    const saved = run.resume && listCheckpoints(folder.checkpoints).length > 0;
    const state = saved ? restore(run, agent, progress) : undefined;
    // A checkpoint has them already.
    if (demonstrations !== undefined && state === undefined)
      storeDemonstrations(agent, demonstrations, task.sizes, config.train.demos.folder);
    const logs = state?.logs ?? {};
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

    const evaluations = new Evaluations({
      agent,
      progress,
      evaluator:
        workers === undefined ? inThread(new PolicyEvaluator(env, config)) : inWorker(workers.evaluator),
      seed,
      replayDiagnostics,
      onRow: (step, values, { successRate }) => {
        for (const sink of sinks) sink.write({ step, values });
        reporter.advance(progress.steps, agent.learner.updates);
        reporter.evaluated(successRate);
      },
    });
    if (state?.evaluation !== undefined) await evaluations.restart(state.evaluation);
    const collection =
      workers === undefined
        ? collectInThread(env, agent, progress, config.train, state)
        : new ParallelCollection({
            env,
            agent,
            progress,
            collectors: workers.collectors,
            config: config.train,
            state,
            stopRequested: run.stopRequested,
          });

    const save = () => {
      folder.lock.verify();
      const state = agent.getState();
      const { steps } = progress;
      const lengths = Object.fromEntries(sinks.map((sink) => [sink.name, sink.flush()]));
      writePolicy(policyPath(folder.policies, steps), state, config, steps, task.sizes);
      saveRunState(folder.checkpoints, steps, {
        agent: state,
        progress: progress.getState(),
        evaluation: evaluations.getState(),
        ...collection.getState(),
        logs: lengths,
      });
      for (const line of pruneCheckpoints(folder.checkpoints, steps, config.train.keepCheckpoints))
        reporter.print(line);
    };
    if (!saved) save();

    let final: Promise<Evaluation> | undefined;
    const finished = await train(collection, config.train, progress, evaluations, {
      onEpisode: () => reporter.advance(progress.steps, agent.learner.updates),
      // The last evaluation occupies one worker only.
      onTrained: () => {
        if (workers !== undefined) {
          final = handled(finalEvaluation(env, config, agent, progress.steps, workers));
        }
      },
      onCheckpoint: save,
      stopRequested: run.stopRequested,
    });
    if (!finished) return undefined;

    const evaluation = await (final ?? finalEvaluation(env, config, agent, progress.steps, workers));
    const snapshot = takeSnapshot(agent, progress.steps);
    const hold = await finalHold(env, config, snapshot, evaluation.successRate, run.interactive, workers);
    const result = runResult(run, agent, progress, evaluation, hold);
    folder.lock.verify();
    writeResult(folder.path, result);
    return result;
  } finally {
    await workers?.close();
    for (const sink of sinks) sink.close();
    replayDiagnostics?.dispose();
    agent.dispose();
  }
}

function inThread(evaluator: PolicyEvaluator): SnapshotEvaluator {
  return { isConcurrent: false, evaluate: (snapshot) => evaluator.evaluate(snapshot) };
}

function inWorker(worker: WorkerThread): SnapshotEvaluator {
  return { isConcurrent: true, evaluate: (snapshot) => worker.evaluate(snapshot) };
}

/** Loads the newest checkpoint into agent and progress, and returns it. */
function restore({ folder, reporter }: TrainingRun, agent: Ddpg, progress: TrainingProgress) {
  const { state, path } = loadNewestRunState(folder.checkpoints, (line) => reporter.print(line));
  agent.setState(state.agent, `${path}: agent`);
  progress.setState(state.progress);
  return state;
}

function runResult(
  { config, engine }: TrainingRun,
  agent: Ddpg,
  progress: TrainingProgress,
  { successRate, successOnce, meanFinalDistance, episodes, meanReturn }: Evaluation,
  hold: FinalHold | undefined,
): RunResult {
  const { seconds, steps, stepsTo95, earlyStop } = progress;
  return {
    successRate,
    successOnce,
    meanFinalDistance,
    meanReturn,
    episodes,
    ...(hold === undefined ? {} : { hold: { ...hold } }),
    steps,
    stepsTo95,
    ...(earlyStop === null || steps >= config.train.steps ? {} : { stoppedEarly: earlyStop }),
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
