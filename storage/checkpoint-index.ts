/**
 * @file checkpoint.json: the part of a checkpoint that is not tensors, with the checksums of its files.
 *
 * It holds the length and SHA-256 of each tensor file and a SHA-256 of its own body.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { InputError, internal } from "../shared/errors.ts";
import { validate } from "../shared/validate.ts";
import { readRegularFile } from "./regular-file.ts";
import { formatJson, parseJson } from "./strict-json.ts";

/** The layout that this version writes, and the only one it reads. */
const SCHEMA_VERSION = 2;
const FORMAT = "steadyarm-checkpoint";

export const INDEX_FILE = "checkpoint.json";

/** Maximum size of checkpoint.json in bytes: large data belongs in tensors. */
const MAX_INDEX_BYTES = 2 ** 26;

const Digest = z.stringFormat("SHA-256", /^[0-9a-f]{64}$/);
const FileName = z.stringFormat("file name", /^[a-z0-9-]+\.safetensors$/);
const FileRecord = z.strictObject({ bytes: z.int().nonnegative(), sha256: Digest });
export type FileRecord = z.infer<typeof FileRecord>;

const CheckpointIndex = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  step: z.int().nonnegative(),
  /** Tensor files by name. */
  files: z.record(FileName, FileRecord),
  /** The saved tree, its typed arrays replaced by references. */
  state: z.record(z.string(), z.unknown()),
});
export type CheckpointIndex = z.infer<typeof CheckpointIndex>;

const Envelope = z.strictObject({ format: z.literal(FORMAT), checksum: Digest, body: z.unknown() });

/** Thrown for a checkpoint of another schema; readers must not fall back to an older checkpoint. */
export class SchemaMismatch extends InputError {}

/** The text of checkpoint.json. Throws an internal error if JSON cannot hold the state or it is too large. */
export function formatIndex(index: Omit<CheckpointIndex, "schemaVersion">, folder: string): string {
  const parsed = z.record(FileName, FileRecord).safeParse(index.files);
  if (!parsed.success) throw internal(`${folder}: invalid file name in ${Object.keys(index.files)}`);
  const text = render({ schemaVersion: SCHEMA_VERSION, ...index }, join(folder, INDEX_FILE));
  // UTF-8 takes up to three bytes for a UTF-16 code unit.
  if (text.length > MAX_INDEX_BYTES / 3) throw internal(`${folder}: ${text.length} characters of state`);
  return text;
}

/** Reads and verifies checkpoint.json. Throws InputError if it is missing, damaged, foreign or of another schema. */
export function readIndex(folder: string): CheckpointIndex {
  const where = join(folder, INDEX_FILE);
  const bytes = readRegularFile(where, MAX_INDEX_BYTES);
  const envelope = Envelope.safeParse(parseJson(bytes, where));
  if (!envelope.success) throw new InputError(`${where}: this is not a checkpoint of steadyarm`);
  const { body, checksum } = envelope.data;
  // The text must be exactly what render writes: a flip that keeps the meaning (1e-7, 1E-7) is damage too.
  if (checksum !== bodyChecksum(body, where) || !Buffer.from(render(body, where)).equals(bytes)) {
    throw new InputError(`${where}: its checksum does not match; the file is damaged`);
  }
  refuseOtherSchema(body, where);
  return validate(CheckpointIndex, body, where);
}

/** The SHA-256 of some bytes in pieces, in hexadecimal. */
export function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) {
    // One call takes less than 2³¹ bytes.
    for (let at = 0; at < piece.length; at += 2 ** 30) hash.update(piece.subarray(at, at + 2 ** 30));
  }
  return hash.digest("hex");
}

function refuseOtherSchema(body: unknown, where: string): void {
  const { schemaVersion } = z.object({ schemaVersion: z.int() }).safeParse(body).data ?? {};
  if (schemaVersion === undefined || schemaVersion === SCHEMA_VERSION) return;
  const remedy =
    schemaVersion > SCHEMA_VERSION
      ? "A newer steadyarm wrote it; upgrade to read it"
      : 'Resume the run with the version in its manifest.json, or train again; "steadyarm eval" and "watch" still read its policies';
  throw new SchemaMismatch(
    `${where}: expected checkpoint schema ${SCHEMA_VERSION}, got ${schemaVersion}. ${remedy}`,
  );
}

function render(body: unknown, where: string): string {
  return `${formatJson({ format: FORMAT, checksum: bodyChecksum(body, where), body }, where)}\n`;
}

function bodyChecksum(body: unknown, where: string): string {
  return sha256([new TextEncoder().encode(formatJson(body, where))]);
}
