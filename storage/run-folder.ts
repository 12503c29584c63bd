/**
 * @file A run's folder: its name, its files, and the right to write to it.
 *
 * Everything that could keep a run from being saved is found here, before the first step.
 */

import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { isTemporaryName, removeLeftovers, syncFolder, temporaryPath, writeDurably } from "./atomic-file.ts";
import { diskError, errorCode } from "./disk-error.ts";
import { MANIFEST_FILE, type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { LOCK_FILE, lockRun, type RunLock } from "./run-lock.ts";
import { statPath } from "./stat-path.ts";

/** Bytes that a disk must take before a run is begun: some checkpoints of a small agent. */
const PROBE_BYTES = 2 ** 20;

/** A folder that this process alone may write to, until it releases the lock. */
export interface RunFolder {
  readonly path: string;
  readonly manifest: Manifest;
  readonly lock: RunLock;
  /** `checkpoints/`: what checkpoint-folder.ts keeps. */
  readonly checkpoints: string;
  /** `policies/`: a small file for each checkpoint ever taken. */
  readonly policies: string;
}

/**
 * Makes the folder of a new run, proves that it can be written to, locks it and writes the manifest.
 *
 * @param path a folder that is not there yet, or is empty
 * @throws InputError if it holds a run or anything else, is not a folder, cannot be written to, has
 *   no room, or is another process's; a folder that was made for it is removed again
 */
export function createRunFolder(path: string, manifest: Manifest): RunFolder {
  const made = makeFolder(path);
  return begin(path, manifest, made);
}

/**
 * As createRunFolder, under the first free name `<env>-<reward>-s<seed>-<n>` in a folder of runs.
 *
 * @param root made if missing
 */
export function createNumberedRunFolder(root: string, manifest: Manifest): RunFolder {
  const prefix = runNamePrefix(manifest.config);
  makeFolder(root);
  for (let n = lastNumber(root, prefix) + 1; ; n++) {
    const path = join(root, `${prefix}${n}`);
    try {
      // Of two processes that try one name, mkdir lets one through.
      mkdirSync(path);
      syncFolder(root);
    } catch (error) {
      if (errorCode(error) === "EEXIST") continue;
      throw diskError(error, path, "write");
    }
    return begin(path, manifest, true);
  }
}

/**
 * Opens the folder of a run to go on with it: locks it and removes what a killed writer left behind.
 *
 * @throws InputError if it holds no run, cannot be written to, or is another process's
 */
export function reopenRunFolder(path: string): RunFolder {
  const stat = statPath(path);
  if (stat === undefined) throw refuse(path, "the folder of a run", unquoted("nothing there"));
  if (!stat.isDirectory()) throw refuse(path, "the folder of a run", unquoted("a file"));
  const manifest = readManifest(path);
  const lock = lockRun(path);
  try {
    const folder = describe(path, manifest, lock);
    for (const each of [path, folder.checkpoints, folder.policies]) removeLeftovers(each);
    probe(path);
    return folder;
  } catch (error) {
    lock.release();
    throw diskError(error, path, "write");
  }
}

/** How the names of runs with these settings begin. */
export function runNamePrefix({ env, train }: RunConfig): string {
  return `${env.id}-${env.reward}-s${train.seed}-`;
}

/** Where the policy of a step is. */
export function policyPath(policies: string, step: number): string {
  return join(policies, `step-${step}.safetensors`);
}

function begin(path: string, manifest: Manifest, made: boolean): RunFolder {
  let lock: RunLock | undefined;
  try {
    lock = lockRun(path);
    refuseUsed(path);
    removeLeftovers(path);
    probe(path);
    const folder = describe(path, manifest, lock);
    for (const each of [folder.checkpoints, folder.policies]) mkdirSync(each, { recursive: true });
    writeManifest(path, manifest);
    return folder;
  } catch (error) {
    if (made && lock !== undefined) removeEmpty(join(path, "checkpoints"), join(path, "policies"));
    lock?.release();
    if (made) removeEmpty(path);
    throw diskError(error, path, "write");
  }
}

function describe(path: string, manifest: Manifest, lock: RunLock): RunFolder {
  const checkpoints = join(path, "checkpoints");
  const policies = join(path, "policies");
  return { path, manifest, lock, checkpoints, policies };
}

/** Makes a folder and those above it; returns whether it was made, rather than there. */
function makeFolder(path: string): boolean {
  // Step by step: mkdir's own recursion calls a read-only disk a missing folder, and never ends on /proc.
  const above = dirname(path);
  try {
    if (above !== path && statPath(above) === undefined) makeFolder(above);
    mkdirSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EEXIST") throw diskError(error, path, "write");
    if (!statPath(path)?.isDirectory()) {
      throw refuse(path, "a folder", unquoted("a file"), "Choose another --out");
    }
    return false;
  }
  syncFolder(dirname(path));
  return true;
}

/** A run killed between its first files and its manifest left nothing worth keeping: its folder is as good as empty. */
function refuseUsed(path: string): void {
  const names = readdirSync(path).filter((name) => name !== LOCK_FILE && !isTemporaryName(name));
  if (names.includes(MANIFEST_FILE)) {
    throw new InputError(
      `${path}: it already holds a run. Resume it with "steadyarm train --resume ${path}" or choose another --out`,
    );
  }
  const other = names.find((name) => !isEmptyFolder(join(path, name)));
  if (other !== undefined)
    throw refuse(path, "an empty folder", unquoted(`one with ${other}`), "Choose another --out");
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

/** Really writes and flushes, since a full, read-only or foreign disk only then says so. */
function probe(folder: string): void {
  // Noise, lest a compressing disk find room for it.
  const rng = Rng.fromSeed(0);
  const noise = Uint32Array.from({ length: PROBE_BYTES / 4 }, () => rng.bits());
  const temporary = temporaryPath(join(folder, "probe"));
  try {
    writeDurably(temporary, new Uint8Array(noise.buffer));
  } catch (error) {
    throw diskError(error, folder, "write");
  } finally {
    rmSync(temporary, { force: true });
  }
}

function lastNumber(root: string, prefix: string): number {
  const numbers = readdirSync(root)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => /^[1-9]\d{0,9}$/.test(rest))
    .map(Number);
  return Math.max(0, ...numbers);
}

function removeEmpty(...folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // It is not empty, not there or not ours; the error that led here matters more.
    }
  }
}

/**
 * The newest policy of a run or zoo entry, or the policy file itself if that is what is named.
 *
 * @throws InputError if there is neither
 */
export function newestPolicy(path: string): string {
  const stat = statPath(path);
  if (stat === undefined)
    throw refuse(path, "the folder of a run, or a policy file", unquoted("nothing there"));
  if (stat.isFile()) return path;
  const policies = join(path, "policies");
  const steps = (statPath(policies)?.isDirectory() ? readdirSync(policies) : [])
    .flatMap((name) => /^step-(0|[1-9]\d{0,15})\.safetensors$/.exec(name)?.slice(1) ?? [])
    .map(Number);
  if (steps.length === 0) {
    // What is no run says so; a run that has not saved yet says that.
    readManifest(path);
    throw refuse(policies, "a policy", unquoted("none"), "The run has not saved one yet");
  }
  return policyPath(policies, Math.max(...steps));
}
