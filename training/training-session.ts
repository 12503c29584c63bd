/** @file What `steadyarm train` and `train` of the package do before a training: create or reopen the run's folder. */

import type { Engine } from "../agent/engine/engine.ts";
import { importedArm } from "../env/registry.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { refuse } from "../shared/errors.ts";
import { describeMachine, describeVersions } from "../storage/machine.ts";
import { createManifest, type Manifest } from "../storage/manifest.ts";
import {
  createNumberedRunFolder,
  createRunFolder,
  type RunFolder,
  reopenRunFolder,
} from "../storage/run-folder.ts";
import { type RunResult, readIntactResult, setAsideDamagedResult } from "../storage/run-result.ts";
import { loadDemonstrations } from "./load-demonstrations.ts";
import type { ResolvedRun } from "./resolve-settings.ts";
import { checkHasCheckpoint, readManifestToResume } from "./resume-check.ts";

/** Parent of run folders without a path. */
const RUNS = "runs";

/** A run that can be started or resumed. */
export interface TrainingSession {
  readonly config: RunConfig;
  readonly isResumed: boolean;
  /** Decisions about the arm of a URDF in a new run, in lines. */
  readonly notes: readonly string[];
  /**
   * Creates or reopens the run folder and locks it.
   *
   * @param warn receives a line if a resumed run's results may differ in bits, or its result was damaged
   * @throws InputError if the folder cannot be created, or another process trains the run
   */
  openFolder(engine: Engine, warn: (line: string) => void): RunFolder;
}

/** A run that has nothing left to train. */
export interface CompleteRun {
  readonly path: string;
  readonly complete: RunResult;
}

/** Returns a run that starts. @param out its folder; by default the next number under runs/ */
export function newSession({ config, preset, notes }: ResolvedRun, out?: string): TrainingSession {
  return {
    config,
    isResumed: false,
    notes,
    openFolder: (engine) => {
      const manifest = createManifest(config, engine, preset, importedArm(config.env));
      return out === undefined ? createNumberedRunFolder(RUNS, manifest) : createRunFolder(out, manifest);
    },
  };
}

/**
 * Returns a run that continues from its last checkpoint.
 *
 * @param requested environment steps in all; by default those that it was started with
 * @throws InputError if it is not a run, has more steps already, or a file that it depends on has changed
 */
export function resumeSession(path: string, requested?: number): TrainingSession | CompleteRun {
  const { config: original } = readManifestToResume(path);
  const steps = requested ?? original.train.steps;
  if (steps < original.train.steps) {
    throw refuse("--steps", `at least the run's ${original.train.steps}`, steps);
  }
  const result = readIntactResult(path);
  if (result !== undefined && (steps <= result.steps || result.stoppedEarly !== undefined))
    return { path, complete: result };
  checkHasCheckpoint(path);
  const config = parseConfig({ ...original, train: { ...original.train, steps } }, path);
  loadDemonstrations(config);
  return {
    config,
    isResumed: true,
    notes: [],
    openFolder: (engine, warn) => {
      const folder = reopenRunFolder(path);
      try {
        const damage = setAsideDamagedResult(path);
        if (damage !== undefined) warn(damage);
        const changes = changesSince(folder.manifest, engine);
        if (changes.length > 0)
          warn(`warning: results may differ from those of an uninterrupted run: ${changes.join("; ")}`);
        return folder;
      } catch (error) {
        folder.lock.release();
        throw error;
      }
    },
  };
}

/** Returns which versions, engine or processor changed since the run started. */
function changesSince(manifest: Manifest, engine: Engine): string[] {
  const now: Record<string, string> = { ...describeVersions(), ...engine.libraries };
  const changes = Object.entries(manifest.versions)
    .filter(([name, version]) => now[name] !== version)
    .map(([name, version]) => `${name} was ${version}, now ${now[name] ?? "not installed"}`);
  if (engine.name !== manifest.engine) changes.push(`engine was ${manifest.engine}, now ${engine.name}`);
  const { cpu } = describeMachine();
  if (cpu !== manifest.machine.cpu) changes.push(`processor was ${manifest.machine.cpu}, now ${cpu}`);
  return changes;
}
