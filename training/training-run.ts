/** @file Trains a run and writes its folder: metrics, policies, checkpoints and result.json; resumes a saved run. */

import { Ddpg } from "../agent/ddpg.ts";
import type { Engine } from "../agent/engine/engine.ts";
import { taskFacts } from "../agent/memory.ts";
import type { RunConfig } from "../shared/config.ts";
import type { EnvModule } from "../shared/env-module.ts";
import { episodeSizes } from "../shared/episode.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { listCheckpoints, pruneCheckpoints } from "../storage/checkpoint-folder.ts";
import { removeLastSteps } from "../storage/last-steps.ts";
import { writeManifest } from "../storage/manifest.ts";
import { writePolicy } from "../storage/policy-file.ts";
import { policyPath } from "../storage/policy-folder.ts";
import type { RunFolder } from "../storage/run-folder.ts";
import { type RunResult, removeResult, writeResult } from "../storage/run-result.ts";
import { BestPolicies, bestOf } from "./best-policies.ts";
import { loadNewestRunState, saveRunState } from "./checkpoint.ts";
import { type Collection, collectInThread, ParallelCollection } from "./collection.ts";
import { ReplayDiagnostics } from "./diagnostics/replay-diagnostics.ts";
import { type Evaluation, evaluationSeeds, summarize } from "./evaluate.ts";
import { Evaluations, type SnapshotEvaluator } from "./evaluations.ts";
import { EpisodeError } from "./failed-episode.ts";
import { type FinalHold, finalHold } from "./final-hold.ts";
import { loadDemonstrations, storeDemonstrations } from "./load-demonstrations.ts";
import { PolicyEvaluator } from "./policy-evaluator.ts";
import { type PolicySnapshot, takeSnapshot } from "./policy-snapshot.ts";
import { PoolEvaluator } from "./pool-evaluator.ts";
import { reportFailure } from "./report-failure.ts";
import { RunLogs } from "./run-logs.ts";
import { train } from "./trainer.ts";
import { perSecond, TrainingProgress } from "./training-progress.ts";
import { handled } from "./unless-stopped.ts";
import { startWorkers, type WorkerPool } from "./worker-pool.ts";

/** Receives the progress of a run. */
export interface ProgressReporter {
  /** Called after each episode with the environment steps and updates so far. */
  advance(steps: number, updates: number): void;
  /** Called after each evaluation of the policy after a number of steps. */
  evaluated(successRate: number, steps: number): void;
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
 * @throws Failure if a worker thread ends
 */
export async function runTraining(run: TrainingRun): Promise<RunResult | undefined> {
  const { config, env, engine } = run;
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, engine, Rng.fromSeed(config.train.seed).fork("agent"));
  let replayDiagnostics: ReplayDiagnostics | undefined;
  let workers: WorkerPool | undefined;
  try {
    if (config.train.diagnostics)
      replayDiagnostics = await ReplayDiagnostics.create(agent, config.agent, task, engine);
    workers = startWorkers(env.id, run, config);
    return await trainAgent(run, agent, replayDiagnostics, workers);
  } finally {
    await workers?.close();
    replayDiagnostics?.dispose();
    agent.dispose();
  }
}

async function trainAgent(
  run: TrainingRun,
  agent: Ddpg,
  replayDiagnostics: ReplayDiagnostics | undefined,
  workers: WorkerPool | undefined,
): Promise<RunResult | undefined> {
  const { config, folder, env, reporter, stopRequested } = run;
  const { seed, finalEpisodes } = config.train;
  const progress = new TrainingProgress(seed, env.rewardTerms);
  // A run killed before its first checkpoint starts over.
  const saved = run.resume && listCheckpoints(folder.checkpoints).length > 0;
  const state = saved ? restore(run, agent, progress) : undefined;
  // A checkpoint has the demonstrations already.
  const demonstrations = state === undefined ? loadDemonstrations(config) : undefined;
  if (demonstrations !== undefined)
    storeDemonstrations(agent, demonstrations, episodeSizes(env), config.train.demos.folder);
  const best = new BestPolicies(config.train.keepBest);
  best.setState(state?.best ?? []);
  const logs = new RunLogs(folder.path, env.rewardTerms ?? [], run.resume ? (state?.logs ?? {}) : undefined);
  try {
    const evaluator =
      workers === undefined
        ? new PolicyEvaluator(env, config, stopRequested)
        : new PoolEvaluator(workers, config, stopRequested);
    const evaluations = new Evaluations({
      agent,
      progress,
      evaluator,
      seed,
      replayDiagnostics,
      onRow: (snapshot, values, { successRate }) => {
        logs.write(snapshot.steps, values);
        best.add(snapshot, successRate);
        reporter.advance(progress.steps, agent.learner.updates);
        reporter.evaluated(successRate, snapshot.steps);
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
            collector: workers,
            config: config.train,
            state,
            stopRequested,
          });
    const save = () => saveRun(run, agent, progress, evaluations, best, collection, logs);
    if (!saved) await save();

    const play = (snapshot: PolicySnapshot, purpose: "choice" | "final") =>
      evaluator.play(snapshot, evaluationSeeds(seed, purpose, finalEpisodes));
    const last = () => takeSnapshot(agent, progress.steps);
    // With workers, played beside the last evaluation, whose episodes may not occupy all of them.
    let final: ReturnType<SnapshotEvaluator["play"]> | undefined;
    const finished = await train(collection, config.train, progress, evaluations, {
      onEpisode: () => reporter.advance(progress.steps, agent.learner.updates),
      onTrained: () => {
        if (evaluator.isConcurrent && config.train.keepBest === 0) final = handled(play(last(), "final"));
      },
      onCheckpoint: save,
      stopRequested,
    });
    if (!finished) return undefined;
    const snapshot =
      config.train.keepBest === 0
        ? last()
        : await bestOf(best.snapshots, (candidate) => play(candidate, "choice"));
    if (snapshot === undefined) return undefined;
    const outcomes = await (final ?? play(snapshot, "final"));
    if (outcomes === undefined) return undefined;
    const evaluation = summarize(outcomes);
    const hold = await finalHold(run, snapshot, evaluation.successRate, workers);
    if (stopRequested()) return undefined;
    const result = runResult(run, agent, progress, snapshot.steps, evaluation, hold);
    folder.lock.verify();
    // The last policy is saved already.
    if (snapshot.steps !== progress.steps) savePolicy(run, snapshot);
    writeResult(folder.path, result);
    return result;
  } catch (error) {
    throw error instanceof EpisodeError ? reportFailure(error, folder, progress, agent) : error;
  } finally {
    logs.close();
  }
}

/** Loads the newest checkpoint into agent and progress, marks the run as incomplete, and returns the checkpoint. */
function restore({ config, folder, reporter }: TrainingRun, agent: Ddpg, progress: TrainingProgress) {
  const { state, path } = loadNewestRunState(folder.checkpoints, (line) => reporter.print(line));
  agent.setState(state.agent, `${path}: agent`);
  progress.setState(state.progress);
  // Only now: a run that cannot be resumed stays complete.
  if (config.train.steps !== folder.manifest.config.train.steps)
    writeManifest(folder.path, { ...folder.manifest, config });
  removeResult(folder.path);
  removeLastSteps(folder.path);
  return state;
}

/** Saves policy and checkpoint. */
async function saveRun(
  run: TrainingRun,
  agent: Ddpg,
  progress: TrainingProgress,
  evaluations: Evaluations,
  best: BestPolicies,
  collection: Collection,
  logs: RunLogs,
): Promise<void> {
  const { config, folder, reporter } = run;
  const ahead = config.train.diagnostics ? await agent.learner.lookAhead() : undefined;
  folder.lock.verify();
  const { steps } = progress;
  const lengths = logs.flush();
  savePolicy(run, takeSnapshot(agent, steps));
  saveRunState(folder.checkpoints, steps, {
    config,
    agent: agent.getState(),
    ahead,
    progress: progress.getState(),
    evaluation: evaluations.getState(),
    best: best.getState(),
    ...collection.getState(),
    logs: lengths,
  });
  for (const line of pruneCheckpoints(folder.checkpoints, steps, config.train.keepCheckpoints))
    reporter.print(line);
}

function savePolicy({ config, folder, env }: TrainingRun, snapshot: PolicySnapshot): void {
  writePolicy(policyPath(folder.policies, snapshot.steps), snapshot, config, episodeSizes(env));
}

function runResult(
  { config, engine }: TrainingRun,
  agent: Ddpg,
  progress: TrainingProgress,
  policyStep: number,
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
    policyStep,
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
