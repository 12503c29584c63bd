/** @file `steadyarm train`: begins a run, or goes on with one. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../agent/engine/engine.ts";
import { loadEngine } from "../agent/engine/select.ts";
import { leftOutOf, makeEnv } from "../env/registry.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import { syncFolder } from "../storage/atomic-file.ts";
import { describeMachine, describeVersions } from "../storage/machine.ts";
import { createManifest, type Manifest, readManifest, writeManifest } from "../storage/manifest.ts";
import {
  createNumberedRunFolder,
  createRunFolder,
  type RunFolder,
  reopenRunFolder,
} from "../storage/run-folder.ts";
import { RESULT_FILE, type RunResult, readResult } from "../storage/run-result.ts";
import { ProgressLine } from "../training/progress-line.ts";
import { runTraining } from "../training/training-run.ts";
import { hasDesktop, openBrowser } from "./browser.ts";
import { type ConfigFlags, resolveConfig } from "./run-config.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { startViewer, type ViewerProcess } from "./viewer-process.ts";

export interface TrainFlags extends ConfigFlags {
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Where runs without a name of their own go. */
const RUNS = "runs";

/**
 * Trains until done or stopped.
 *
 * @returns 0 when the run is complete, 128 + signal when it was stopped and saved
 * @throws InputError if flags, files or the machine are not what they should be
 */
export async function trainCommand(flags: TrainFlags): Promise<number> {
  const sitting = flags.resume === undefined ? planStart(flags) : planResume(flags.resume, flags);
  if (sitting === undefined) return 0;
  const { config } = sitting;
  const signals = catchStopSignals();
  // Before the folder is made: a missing engine or environment leaves nothing behind.
  const engine = await loadEngine(config.agent.engine);
  const env = await makeEnv(config.env, config.agent.gamma);
  const folder = sitting.open(engine);
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
    if (engine.reason !== "") progress.print(engine.reason);
    sayLeftOut(config, progress);
    if (flags.watch === true) viewer = watchBeside(folder.path, (line) => progress.print(line));
    const result = await runTraining({
      config,
      folder,
      env,
      engine,
      reporter: progress,
      resume: flags.resume !== undefined,
      stopRequested: () => signals.caught() !== undefined,
    });
    progress.close();
    if (result === undefined) {
      stream.write(`stopped and saved. Go on with: steadyarm train --resume ${folder.path}\n`);
      return signals.exitCode();
    }
    stream.write(`${lastLine(result, folder.path)}\n`);
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ run: folder.path, ...result })}\n`);
    return 0;
  } finally {
    viewer?.end();
    progress.close();
    folder.lock.release();
    env.dispose();
    signals.release();
  }
}

/** Says in one line that an imported arm is not all that its file has. */
function sayLeftOut({ env }: RunConfig, progress: ProgressLine): void {
  const { length } = leftOutOf(env);
  if (length === 0) return;
  const list = `steadyarm check-env --set env.urdf.file=${env.urdf.file} --set env.urdf.tip=${env.urdf.tip}`;
  progress.print(
    `${env.urdf.file}: ${length} things left out of the simulation, meshes and such; listed by: ${list}`,
  );
}

/** Starts the viewer on a run, and tells where it is once it is there. */
function watchBeside(run: string, say: (line: string) => void): ViewerProcess {
  return startViewer(run, say, (address) => {
    say(`watch at ${address}`);
    if (hasDesktop()) openBrowser(address);
  });
}

/** What a sitting needs before it can begin. */
interface Sitting {
  readonly config: RunConfig;
  open(engine: Engine): RunFolder;
}

function planStart(flags: TrainFlags): Sitting {
  const config = resolveConfig(flags);
  const { out } = flags;
  return {
    config,
    open: (engine) => {
      const manifest = createManifest(config, engine.name);
      return out === undefined ? createNumberedRunFolder(RUNS, manifest) : createRunFolder(out, manifest);
    },
  };
}

/** Undefined where nothing is left to do. */
function planResume(path: string, flags: TrainFlags): Sitting | undefined {
  const given = (["preset", "config", "env", "reward", "control", "seed", "engine", "out"] as const).filter(
    (name) => flags[name] !== undefined,
  );
  const others = flags.set !== undefined ? [...given, "set"] : given;
  if (others.length > 0) {
    throw new InputError(
      `--resume ${path}: goes on with the run's own settings, so ${others.map((name) => `--${name}`).join(", ")} cannot change; only --steps can`,
    );
  }
  const { config: begun } = readManifest(path);
  const steps = flags.steps === undefined ? begun.train.steps : resolveConfig(flags).train.steps;
  if (steps < begun.train.steps) {
    throw new InputError(
      `--steps ${steps}: the run was begun for ${begun.train.steps}; it can be raised, not lowered`,
    );
  }
  const done = readResult(path);
  if (done !== undefined && (steps <= done.steps || done.stoppedEarly !== undefined)) {
    process.stdout.write(`${lastLine(done, path)}\n`);
    process.stdout.write(
      done.stoppedEarly === undefined
        ? "The run is complete; raise --steps to go on with it.\n"
        : `The run is complete: it was stopped early as ${done.stoppedEarly}.\n`,
    );
    return undefined;
  }
  const config = parseConfig({ ...begun, train: { ...begun.train, steps } }, path);
  return {
    config,
    open: (engine) => {
      const folder = reopenRunFolder(path);
      try {
        warnOfChanges(folder.manifest, engine);
        if (steps !== begun.train.steps) writeManifest(path, { ...folder.manifest, config });
        if (done !== undefined) {
          rmSync(join(path, RESULT_FILE));
          syncFolder(path);
        }
        return folder;
      } catch (error) {
        folder.lock.release();
        throw error;
      }
    },
  };
}

/** Says what is not as it was when the run began: the same bits can then not be promised. */
function warnOfChanges(manifest: Manifest, engine: Engine): void {
  const now = describeVersions();
  const changes = Object.entries(manifest.versions)
    .filter(([name, version]) => now[name] !== version)
    .map(([name, version]) => `${name} was ${version}, is ${now[name] ?? "not installed"}`);
  if (engine.name !== manifest.engine) changes.push(`the engine was ${manifest.engine}, is ${engine.name}`);
  const { cpu } = describeMachine();
  if (cpu !== manifest.machine.cpu) changes.push(`the processor was ${manifest.machine.cpu}, is ${cpu}`);
  if (changes.length > 0) {
    process.stderr.write(
      `note: results may differ from those of an undisturbed run: ${changes.join("; ")}\n`,
    );
  }
}

function headline({ env, train, agent }: RunConfig, engine: Engine, folder: RunFolder): string {
  const hindsight = agent.her.k === 0 ? "no hindsight" : `hindsight k = ${agent.her.k}`;
  return [
    `${env.id} (${env.control}, ${env.reward} reward, ${hindsight})`,
    `seed ${train.seed}`,
    `${train.steps.toLocaleString("en")} steps`,
    `${engine.name} ${engine.version}`,
    folder.path,
  ].join(" · ");
}

/** `success_rate 0.99 (99/100 held at the end) · 20,000 steps · 41 s · runs/<id>` */
function lastLine(result: RunResult, path: string): string {
  const held = Math.round(result.successRate * result.episodes);
  return [
    `success_rate ${result.successRate.toFixed(2)} (${held}/${result.episodes} held at the end)`,
    `${result.steps.toLocaleString("en")} steps${result.stoppedEarly === undefined ? "" : ` (stopped early: ${result.stoppedEarly})`}`,
    `${Math.round(result.wallSeconds)} s`,
    path,
  ].join(" · ");
}
