/**
 * @file Creating and opening run folders, with a lock and a check that the disk is writable.
 *
 * Problems that would prevent saving are reported here, before the first training step.
 */

import { lstatSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { isTemporaryName, removeLeftovers, syncFolder, temporaryPath, writeDurably } from "./atomic-file.ts";
import { diskError, errorCode } from "./disk-error.ts";
import { listFolder } from "./list-folder.ts";
import { MANIFEST_FILE, type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { LOCK_FILE, lockRun, type RunLock } from "./run-lock.ts";
import { statPath } from "./stat-path.ts";

/** Bytes that a disk must have free before a run starts: a few checkpoints of a small agent. */
const PROBE_BYTES = 2 ** 20;

/** A run folder locked by this process. */
export interface RunFolder {
  readonly path: string;
  readonly manifest: Manifest;
  readonly lock: RunLock;
  /** `checkpoints/`, see checkpoint-folder.ts. */
  readonly checkpoints: string;
  /** `policies/`: one small file per checkpoint, never pruned. */
  readonly policies: string;
}

/**
 * Creates the folder of a new run, locks it, checks that it is writable and writes the manifest.
 *
 * @param path a folder that does not exist or is empty
 * @throws InputError if it is not empty, not a folder, not writable, out of space or locked by another
 *   process; a folder created for the run is removed
 */
export function createRunFolder(path: string, manifest: Manifest): RunFolder {
  const created = createFolder(path);
  return initialise(path, manifest, created);
}

/**
 * Creates a run folder under the next free name `<env>-<reward>-s<seed>-<n>`, otherwise as createRunFolder.
 *
 * @param root the folder of runs, created if missing
 */
export function createNumberedRunFolder(root: string, manifest: Manifest): RunFolder {
  const prefix = runNamePrefix(manifest.config);
  createFolder(root);
  for (let n = lastNumber(root, prefix) + 1; ; n++) {
    const path = join(root, `${prefix}${n}`);
    try {
      // If two processes try the same name, mkdir succeeds for only one.
      mkdirSync(path);
      syncFolder(root);
    } catch (error) {
      if (errorCode(error) === "EEXIST") continue;
      throw diskError(error, path, "write");
    }
    return initialise(path, manifest, true);
  }
}

/**
 * Opens the folder of a run to resume it: locks it and removes temporary files of a killed process.
 *
 * @throws InputError if it contains no run, is not writable or is locked by another process
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

/** The prefix of the names of runs with these settings. */
export function runNamePrefix({ env, train }: RunConfig): string {
  return `${env.id}-${env.reward}-s${train.seed}-`;
}

function initialise(path: string, manifest: Manifest, created: boolean): RunFolder {
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
    if (created && lock !== undefined) removeEmpty(join(path, "checkpoints"), join(path, "policies"));
    lock?.release();
    if (created) removeEmpty(path);
    throw diskError(error, path, "write");
  }
}

function describe(path: string, manifest: Manifest, lock: RunLock): RunFolder {
  const checkpoints = join(path, "checkpoints");
  const policies = join(path, "policies");
  for (const part of [checkpoints, policies]) {
    if (lstatSync(part, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    const remedy = "Replace it by a real folder; the run's own folder may be a link";
    throw refuse(part, "a folder", unquoted("a symbolic link"), remedy);
  }
  return { path, manifest, lock, checkpoints, policies };
}

/** Creates a folder and its parents; returns false if it existed. */
function createFolder(path: string): boolean {
  // mkdir's recursive mode reports a read-only disk as a missing folder, and does not end on /proc.
  const parent = dirname(path);
  try {
    if (parent !== path && statPath(parent) === undefined) createFolder(parent);
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

/** Throws InputError unless a folder is empty; a lock, temporary files and empty folders are allowed. */
function refuseUsed(path: string): void {
  const names = listFolder(path).filter((name) => name !== LOCK_FILE && !isTemporaryName(name));
  if (names.includes(MANIFEST_FILE)) {
    throw new InputError(
      `${path}: it already contains a run. Resume it with "steadyarm train --resume ${path}" or choose another --out`,
    );
  }
  const other = names.find((name) => !isEmptyFolder(join(path, name)));
  if (other !== undefined)
    throw refuse(path, "an empty folder", unquoted(`one with ${other}`), "Choose another --out");
}

function isEmptyFolder(path: string): boolean {
  return statPath(path)?.isDirectory() === true && listFolder(path).length === 0;
}

/** Writes and flushes a file: only this detects a disk that is full or read-only. */
function probe(folder: string): void {
  // Incompressible, so that a compressing file system cannot hide a full disk.
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
  const numbers = listFolder(root)
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
      // The caller reports an earlier error.
    }
  }
}
