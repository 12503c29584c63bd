/** @file `steadyarm train`: starts a run or resumes one. */

import type { Engine } from "../agent/engine/engine.ts";
import { loadEngine } from "../agent/engine/select.ts";
import { importSummary } from "../env/import-lines.ts";
import { makeEnv, workerModules } from "../env/registry.ts";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { DEFAULT_PRESET } from "../shared/presets.ts";
import { maxOpenFiles, outOfFilesMessage } from "../storage/open-files.ts";
import type { RunFolder } from "../storage/run-folder.ts";
import type { RunResult } from "../storage/run-result.ts";
import { ProgressLine } from "../training/progress-line.ts";
import { runTraining } from "../training/training-run.ts";
import {
  type CompleteRun,
  newSession,
  resumeSession,
  type TrainingSession,
} from "../training/training-session.ts";
import { defaultCollectors } from "../training/worker-pool.ts";
import { hasDesktop, openBrowser } from "./browser.ts";
import { keepNotesIn, printLines } from "./output.ts";
import { type ConfigFlags, resolveConfig, resolveRun } from "./run-config.ts";
import { sparkline } from "./sparkline.ts";
import { catchStopSignals, type StopSignals } from "./stop-signals.ts";
import { startViewer, type ViewerProcess } from "./viewer-process.ts";

export interface TrainFlags extends ConfigFlags {
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  readonly watch?: boolean;
  /** With `watch`: whether the browser is opened. */
  readonly open?: boolean;
  readonly json?: boolean;
}

/** Files that a thread may open at once while it loads its modules; two threads' worth is for the main thread. */
const FILES_TO_LOAD = 64;

/**
 * Trains until the run is complete or stopped.
 *
 * @returns 0 if the run is complete, 128 + signal if it was stopped and saved
 * @throws InputError if a flag or file is invalid, or the disk is full
 */
export async function trainCommand(flags: TrainFlags): Promise<number> {
  const session = flags.resume === undefined ? startedBy(flags) : resumedBy(flags.resume, flags);
  if ("complete" in session) {
    printComplete(session.complete, session.path);
    return 0;
  }
  const { config } = session;
  if (maxOpenFiles() < FILES_TO_LOAD * (2 + config.train.collectors))
    throw new InputError(outOfFilesMessage());
  const signals = catchStopSignals();
  try {
    // Before the run folder is created, so that a missing engine or environment leaves no folder behind.
    const engine = await loadEngine(config.agent.engine);
    const env = await makeEnv(config.env, config.agent.gamma);
    try {
      const folder = session.openFolder(engine, (line) => printLines(process.stderr, [line]));
      return await trainIn(folder, { session, engine, env, signals, flags });
    } finally {
      env.dispose();
    }
  } finally {
    signals.release();
  }
}

interface Training {
  readonly session: TrainingSession;
  readonly engine: Engine;
  readonly env: GoalEnv;
  readonly signals: StopSignals;
  readonly flags: TrainFlags;
}

/** Trains into a locked run folder, and releases the lock. Returns the exit code. */
async function trainIn(
  folder: RunFolder,
  { session, engine, env, signals, flags }: Training,
): Promise<number> {
  const { config } = session;
  keepNotesIn(folder.path);
  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new ProgressLine({
    stream,
    total: config.train.steps,
    now: () => performance.now() / 1000,
    env: process.env,
  });
  let viewer: ViewerProcess | undefined;
  try {
    progress.print(headline(config, engine, folder));
    const { preset } = folder.manifest;
    if (!session.isResumed && flags.preset === undefined && preset !== undefined && preset !== DEFAULT_PRESET)
      progress.print(`preset ${preset}, that of the task; choose another with --preset`);
    if (engine.reason !== "") progress.print(engine.reason);
    for (const line of [...importSummary(config.env), ...session.notes]) progress.print(line);
    if (flags.watch === true)
      viewer = watchRun(folder.path, flags.open !== false, (line) => progress.print(line));
    const result = await runTraining({
      config,
      folder,
      env,
      ...workerModules(config.env, config.agent.gamma),
      engine,
      reporter: progress,
      resume: session.isResumed,
      stopRequested: () => signals.stop.aborted,
    });
    progress.close();
    if (result === undefined) {
      printLines(stream, [`stopped and saved. Resume with: steadyarm train --resume ${folder.path}`]);
      return signals.exitCode();
    }
    printLines(stream, [...holdLines(result), lastLine(result, folder.path)]);
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ run: folder.path, ...result })}\n`);
    else if (viewer !== undefined && !signals.stop.aborted) {
      signals.release();
      // So that the viewer shows a finished run, and another program can continue it.
      folder.lock.release();
      await keepViewer(viewer, stream);
    }
    return 0;
  } finally {
    viewer?.end();
    progress.close();
    folder.lock.release();
  }
}

function startedBy(flags: TrainFlags): TrainingSession {
  return newSession(resolveRun(flags, { "train.collectors": defaultCollectors() }), flags.out);
}

/** Starts the viewer on a run and prints its address. */
function watchRun(run: string, open: boolean, print: (line: string) => void): ViewerProcess {
  return startViewer(run, print, (address) => {
    print(`watch at ${address}`);
    if (open && hasDesktop()) openBrowser(address);
  });
}

/** Serves the complete run until Ctrl-C, or until the viewer has exited. */
async function keepViewer(viewer: ViewerProcess, stream: NodeJS.WritableStream): Promise<void> {
  const signals = catchStopSignals("stopping the viewer");
  const stopped = new Promise<void>((resolve) => {
    signals.stop.addEventListener("abort", () => resolve());
  });
  const exited = viewer.exited();
  const { address } = viewer;
  stream.write(
    `The run is complete. ${address === undefined ? "" : `Watch it at ${address}. `}Ctrl-C stops the viewer\n`,
  );
  await Promise.race([stopped, exited]);
  signals.release();
}

/** Throws InputError if flags give other settings than --steps, or as resumeSession does. */
function resumedBy(path: string, flags: TrainFlags): TrainingSession | CompleteRun {
  const given = (
    ["preset", "config", "env", "reward", "control", "seed", "engine", "demos", "out"] as const
  ).filter((name) => flags[name] !== undefined);
  const others = flags.set !== undefined ? [...given, "set"] : given;
  if (others.length > 0) {
    throw refuse(
      `--resume ${path}`,
      "no other settings than --steps",
      unquoted(others.map((name) => `--${name}`).join(", ")),
      "A resumed run keeps its settings",
    );
  }
  return resumeSession(path, flags.steps === undefined ? undefined : resolveConfig(flags).train.steps);
}

function printComplete(result: RunResult, path: string): void {
  printLines(process.stdout, [
    lastLine(result, path),
    result.stoppedEarly === undefined
      ? `The run is complete. Train it for longer: steadyarm train --resume ${path} --steps ${2 * result.steps}`
      : `The run is complete: it stopped early (${result.stoppedEarly}).`,
  ]);
}

function headline({ env, train, agent }: RunConfig, engine: Engine, folder: RunFolder): string {
  const her = agent.her.k === 0 ? "no HER" : `HER k = ${agent.her.k}`;
  return [
    `${env.id} (${env.control}, ${env.reward} reward, ${her})`,
    `seed ${train.seed}`,
    `${train.steps.toLocaleString("en")} steps`,
    ...(train.collectors === 0 ? [] : [`${train.collectors} collectors`]),
    `${engine.name} ${engine.version}`,
    folder.path,
  ].join(" · ");
}

/** `at the goal after 20 s 0.90 (9/10) ███▇▇ 1 to 20 s`: the test of holding, if there was one. */
function holdLines({ hold }: RunResult): string[] {
  const last = hold?.holdCurve.at(-1);
  if (hold === undefined || last === undefined) return [];
  const count = Math.round(last * hold.episodes);
  const curve = sparkline(hold.holdCurve, [0, 1]);
  const end = hold.holdCurve.length;
  return [`at the goal after ${end} s ${last.toFixed(2)} (${count}/${hold.episodes}) ${curve} 1 to ${end} s`];
}

/** `policy of step 15,000`, if it is not the last one. */
function policyNote({ steps, policyStep = steps }: RunResult): string[] {
  return policyStep === steps ? [] : [`policy of step ${policyStep.toLocaleString("en")}`];
}

/** `success_rate 0.99 (99/100 held at the end) · 20,000 steps · 41 s · runs/<id>` */
function lastLine(result: RunResult, path: string): string {
  const held = Math.round(result.successRate * result.episodes);
  return [
    `success_rate ${result.successRate.toFixed(2)} (${held}/${result.episodes} held at the end)`,
    `${result.steps.toLocaleString("en")} steps${result.stoppedEarly === undefined ? "" : ` (stopped early: ${result.stoppedEarly})`}`,
    ...policyNote(result),
    `${Math.round(result.wallSeconds)} s`,
    path,
  ].join(" · ");
}
