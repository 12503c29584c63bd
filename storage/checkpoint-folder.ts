/**
 * @file Checkpoints on disk: folders `step-<N>` that are whole or not there, and are proved before use.
 *
 * A checkpoint is some safetensors files and checkpoint.json, which holds the caller's state, the
 * length and SHA-256 of each file, and a SHA-256 of its own body. Any flipped bit is found.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError, internal, refuse, unquoted } from "../shared/errors.ts";
import { type Content, removeFolderAtomically, writeFolderAtomically } from "./atomic-file.ts";
import { diskError, errorCode } from "./disk-error.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsOptions,
  type Tensors,
} from "./safetensors.ts";
import { statPath } from "./stat-path.ts";
import { formatJson, parseJson } from "./strict-json.ts";
import { LARGEST_FILE, readWholeFile } from "./whole-file.ts";

/** The layout that this file writes, and the only one it reads. */
const SCHEMA_VERSION = 1;
const FORMAT = "steadyarm-checkpoint";
const INDEX = "checkpoint.json";

/** Bytes that checkpoint.json may have: what is large belongs into tensors. */
const LARGEST_INDEX = 2 ** 26;

/** What a caller saves. */
export interface CheckpointContents {
  /** Tensors by file, named without the ending: letters, digits and hyphens. */
  readonly files: Readonly<Record<string, Tensors>>;
  /** Plain data that JSON can hold. */
  readonly state: unknown;
}

/** What a caller gets back, all of it its own. */
export interface Checkpoint extends CheckpointContents {
  readonly step: number;
}

export type CheckpointOptions = Pick<SafetensorsOptions, "allowNonFinite">;

const FileName = z.stringFormat("file name", /^[a-z0-9-]+\.safetensors$/);
const Digest = z.stringFormat("SHA-256", /^[0-9a-f]{64}$/);
const FileRecord = z.strictObject({ bytes: z.int().nonnegative(), sha256: Digest });
const Envelope = z.strictObject({ format: z.literal(FORMAT), checksum: Digest, body: z.unknown() });
const Body = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  step: z.int().nonnegative(),
  files: z.record(FileName, FileRecord),
  state: z.unknown(),
});
type FileRecord = z.infer<typeof FileRecord>;

/**
 * Saves a checkpoint; when it returns, the checkpoint outlives a power cut.
 *
 * A checkpoint of that step that is there and whole is kept: a step has but one state. A damaged
 * one is replaced.
 *
 * @param folder where the checkpoints are, made if missing; the folder above it must be there
 * @returns whether it was written, false where a whole one was there
 * @throws InputError naming file and tensor if a number is not finite, or if the disk does not take it;
 *   the checkpoints that were there stay as they were
 */
export function writeCheckpoint(
  folder: string,
  step: number,
  { files, state }: CheckpointContents,
  options: CheckpointOptions = {},
): boolean {
  if (!Number.isSafeInteger(step) || step < 0) throw internal(`writeCheckpoint: step ${step}`);
  const path = checkpointPath(folder, step);
  const contents = new Map<string, Content>();
  const records: Record<string, FileRecord> = {};
  for (const [name, tensors] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = `${name}.safetensors`;
    if (!FileName.safeParse(file).success) throw internal(`writeCheckpoint: ${file} is no name for a file`);
    const pieces = encodeSafetensors(tensors, join(path, file), options);
    contents.set(file, pieces);
    records[file] = { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), sha256: sha256(pieces) };
  }
  const index = renderIndex({ schemaVersion: SCHEMA_VERSION, step, files: records, state }, path);
  // A character takes up to three bytes.
  if (index.length > LARGEST_INDEX / 3) throw internal(`${path}: ${index.length} characters of state`);
  contents.set(INDEX, index);
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw diskError(error, folder, "write");
  }
  if (statPath(path) !== undefined) {
    if (isWhole(folder, step, options)) return false;
    removeFolderAtomically(path);
  }
  writeFolderAtomically(path, contents);
  return true;
}

/** The steps of the checkpoints in a folder, oldest first; none if the folder is not there. */
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
 * Reads a checkpoint after proving every byte of it against its checksums.
 *
 * @throws InputError of one line saying which file is missing, cut short, changed, foreign or too new
 */
export function readCheckpoint(folder: string, step: number, options: CheckpointOptions = {}): Checkpoint {
  const path = checkpointPath(folder, step);
  const index = readIndex(path);
  if (index.step !== step) throw refuse(join(path, INDEX), `step ${step}, as the folder says`, index.step);
  const proved = Object.entries(index.files).map(([file, record]) => {
    return [file, readProved(join(path, file), record)] as const;
  });
  const files = proved.map(([file, bytes]) => {
    const { tensors } = decodeSafetensors(bytes, join(path, file), options);
    return [file.slice(0, -".safetensors".length), tensors] as const;
  });
  return { step, files: Object.fromEntries(files), state: index.state };
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @param warn told one line for each newer one that had to be passed over
 * @throws InputError if there is none, or if the newest is of a newer steadyarm: going on from an
 *   older one would throw away what that did
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
      if (!(error instanceof InputError) || error instanceof NewerCheckpoint) throw error;
      warn(`${error.message}. This checkpoint is passed over; an older one is looked for`);
    }
  }
  throw refuse(folder, "a checkpoint that can be read", unquoted(`none in ${steps.length}`));
}

/**
 * Removes all but the newest checkpoints. Call it only after `writeCheckpoint` has returned.
 *
 * @param newest the step just saved: later ones are of a future that was not gone on from, and go too
 * @param keep   checkpoints to leave, `newest` included
 * @returns one line for each that could not be removed; it is in nobody's way
 */
export function pruneCheckpoints(folder: string, newest: number, keep: number): string[] {
  const steps = listCheckpoints(folder);
  const kept = new Set(steps.filter((step) => step <= newest).slice(-keep));
  if (keep < 1 || !kept.has(newest))
    throw internal(`pruneCheckpoints: step ${newest} of ${steps}, keep ${keep}`);
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

/** Where the checkpoint of a step is. */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${step}`);
}

class NewerCheckpoint extends InputError {}

function readIndex(path: string): z.infer<typeof Body> {
  const where = join(path, INDEX);
  const bytes = readWholeFile(where, LARGEST_INDEX);
  const envelope = Envelope.safeParse(parseJson(bytes, where));
  if (!envelope.success) throw new InputError(`${where}: this is not a checkpoint of steadyarm`);
  const { body, checksum } = envelope.data;
  // The text must be the very one we would write: a flip that means the same, 1e-7 for 1E-7, is damage too.
  const text = renderIndex(body, where);
  if (checksum !== bodyChecksum(body, where) || !Buffer.from(text).equals(bytes)) {
    throw new InputError(`${where}: its checksum does not match; the file is damaged`);
  }
  const version = z.object({ schemaVersion: z.int() }).safeParse(body);
  if (version.success && version.data.schemaVersion > SCHEMA_VERSION) {
    const { schemaVersion } = version.data;
    throw new NewerCheckpoint(
      `${where}: written by a newer steadyarm (schema ${schemaVersion}, this one reads ${SCHEMA_VERSION}); upgrade to read it`,
    );
  }
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    throw refuse(
      where,
      "a checkpoint's fields",
      parsed.error.issues[0]?.path.join("."),
      "It is of no known version",
    );
  }
  return parsed.data;
}

function readProved(path: string, { bytes: expected, sha256: digest }: FileRecord): Uint8Array {
  const bytes = readWholeFile(path, Math.min(expected, LARGEST_FILE));
  if (bytes.length !== expected)
    throw refuse(path, `${expected} bytes`, bytes.length, "The file is cut short");
  if (sha256([bytes]) !== digest)
    throw new InputError(`${path}: its checksum does not match; the file is damaged`);
  return bytes;
}

function isWhole(folder: string, step: number, options: CheckpointOptions): boolean {
  try {
    readCheckpoint(folder, step, options);
    return true;
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof NewerCheckpoint) throw error;
    return false;
  }
}

function renderIndex(body: unknown, where: string): string {
  return `${formatJson({ format: FORMAT, checksum: bodyChecksum(body, where), body }, where)}\n`;
}

function bodyChecksum(body: unknown, where: string): string {
  return sha256([new TextEncoder().encode(formatJson(body, where))]);
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) {
    // One call takes less than 2³¹ bytes.
    for (let at = 0; at < piece.length; at += 2 ** 30) hash.update(piece.subarray(at, at + 2 ** 30));
  }
  return hash.digest("hex");
}
