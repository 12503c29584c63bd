/**
 * @file Checkpoints on disk: folders `step-<N>`, written atomically and verified before use.
 *
 * A checkpoint is a tree of state. Each top-level part with typed arrays gets a file of tensors:
 * `agent.safetensors` for the part `agent`. The rest is checkpoint.json.
 */

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError, internal, refuse, unquoted } from "../shared/errors.ts";
import { type Content, removeFolderAtomically, writeFolderAtomically } from "./atomic-file.ts";
import {
  type FileRecord,
  formatIndex,
  INDEX_FILE,
  readIndex,
  SchemaMismatch,
  sha256,
} from "./checkpoint-index.ts";
import { diskError, errorCode } from "./disk-error.ts";
import { MAX_FILE_BYTES, readRegularFile } from "./regular-file.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsOptions } from "./safetensors.ts";
import { statPath } from "./stat-path.ts";
import { joinTree, splitTree } from "./state-tree.ts";

/**
 * Nested plain objects and arrays of numbers, strings, booleans, null and typed arrays.
 * Top-level keys with typed arrays are file names: lower-case letters, digits and hyphens.
 */
export type CheckpointState = Readonly<Record<string, unknown>>;

export interface Checkpoint {
  readonly step: number;
  readonly state: CheckpointState;
}

export type CheckpointOptions = Pick<SafetensorsOptions, "allowNonFinite">;

/**
 * Saves a checkpoint durably: after it returns, the checkpoint survives a power cut.
 *
 * A valid checkpoint of that step is kept: states of one step differ at most in an evaluation that is still in progress in
 * the earlier one, and a resumed run completes it. A damaged one is replaced.
 *
 * @param folder the folder of checkpoints, created if missing; its parent must exist
 * @returns whether it was written; false if a valid one was there
 * @throws InputError naming file and tensor if a number is not finite, or if the disk refuses;
 *   earlier checkpoints are unchanged
 */
export function writeCheckpoint(
  folder: string,
  step: number,
  state: CheckpointState,
  options: CheckpointOptions = {},
): boolean {
  if (!Number.isSafeInteger(step) || step < 0) throw internal(`writeCheckpoint: step ${step}`);
  const path = checkpointPath(folder, step);
  const contents = new Map<string, Content>();
  const records: Record<string, FileRecord> = {};
  const json: [string, unknown][] = [];
  for (const [key, part] of Object.entries(state)) {
    const split = splitTree(part, `${path}: ${key}`);
    json.push([key, split.json]);
    if (Object.keys(split.tensors).length === 0) continue;
    const file = tensorFile(key);
    const pieces = encodeSafetensors(split.tensors, join(path, file), options);
    contents.set(file, pieces);
    records[file] = { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), sha256: sha256(pieces) };
  }
  contents.set(INDEX_FILE, formatIndex({ step, files: records, state: Object.fromEntries(json) }, path));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw diskError(error, folder, "write");
  }
  if (statPath(path) !== undefined) {
    if (isValid(folder, step, options)) return false;
    removeFolderAtomically(path);
  }
  writeFolderAtomically(path, contents);
  return true;
}

/** The steps of the checkpoints in a folder, oldest first; empty if the folder does not exist. */
export function listCheckpoints(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^step-(0|[1-9]\d{0,15})$/.exec(name)?.slice(1) ?? [])
      .map(Number)
      .filter(Number.isSafeInteger)
      .sort((a, b) => a - b);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw diskError(error, folder, "read");
  }
}

/**
 * Reads a checkpoint and verifies its checksums.
 *
 * @throws InputError of one line naming the file that is missing, truncated, changed, foreign or of another schema
 */
export function readCheckpoint(folder: string, step: number, options: CheckpointOptions = {}): Checkpoint {
  const path = checkpointPath(folder, step);
  const index = readIndex(path);
  if (index.step !== step) {
    throw refuse(join(path, INDEX_FILE), `step ${step}, as in the folder's name`, index.step);
  }
  const parts = Object.entries(index.state).map(([key, json]) => {
    const file = join(path, tensorFile(key));
    const record = index.files[tensorFile(key)];
    const tensors =
      record === undefined ? {} : decodeSafetensors(readVerified(file, record), file, options).tensors;
    return [key, joinTree({ json, tensors }, file)] as const;
  });
  return { step, state: Object.fromEntries(parts) };
}

/**
 * Reads the newest valid checkpoint.
 *
 * @param warn receives one line for each newer checkpoint that was skipped as damaged
 * @throws InputError if there is none, or if the newest is of another schema: resuming from an older
 *   one would lose its progress
 */
export function readNewestCheckpoint(
  folder: string,
  warn: (line: string) => void,
  options: CheckpointOptions = {},
): Checkpoint {
  const steps = listCheckpoints(folder);
  for (const step of steps.toReversed()) {
    try {
      return readCheckpoint(folder, step, options);
    } catch (error) {
      if (!(error instanceof InputError) || error instanceof SchemaMismatch) throw error;
      warn(`${error.message}. Skipping this checkpoint; trying the one before it`);
    }
  }
  throw refuse(folder, "a valid checkpoint", unquoted(`none in ${steps.length}`));
}

/**
 * Removes all but the newest checkpoints. Call it only after `writeCheckpoint` has returned.
 *
 * @param newest the step just saved; later checkpoints belong to an abandoned continuation and are removed too
 * @param keep   number of checkpoints to keep, `newest` included
 * @returns one line for each checkpoint that could not be removed; leftovers are harmless
 */
export function pruneCheckpoints(folder: string, newest: number, keep: number): string[] {
  const steps = listCheckpoints(folder);
  const kept = new Set(steps.filter((step) => step <= newest).slice(-keep));
  if (keep < 1 || !kept.has(newest)) {
    throw internal(`pruneCheckpoints: step ${newest} of ${steps}, keep ${keep}`);
  }
  const failures: string[] = [];
  for (const step of steps) {
    if (kept.has(step)) continue;
    try {
      removeFolderAtomically(checkpointPath(folder, step));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push(error.message);
    }
  }
  return failures;
}

/** The folder of one checkpoint. */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${step}`);
}

function tensorFile(key: string): string {
  return `${key}.safetensors`;
}

function readVerified(path: string, { bytes: expected, sha256: digest }: FileRecord): Uint8Array {
  const bytes = readRegularFile(path, Math.min(expected, MAX_FILE_BYTES));
  if (bytes.length !== expected) {
    throw refuse(path, `${expected} bytes`, bytes.length, "The file is truncated");
  }
  if (sha256([bytes]) !== digest) {
    throw new InputError(`${path}: its checksum does not match; the file is damaged`);
  }
  return bytes;
}

function isValid(folder: string, step: number, options: CheckpointOptions): boolean {
  try {
    readCheckpoint(folder, step, options);
    return true;
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof SchemaMismatch) throw error;
    return false;
  }
}
