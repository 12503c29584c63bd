/**
 * @file JSON files with a checksum of their own content: manifest.json and result.json.
 *
 * The last field, `checksum`, is the SHA-256 of the text without it. The text must be exactly what was written, so a
 * changed digit, name or space is found.
 */

import { InputError, refuse } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { sha256 } from "./checkpoint-index.ts";
import { formatJson, parseJson } from "./strict-json.ts";

/** Thrown for a file whose content is not what was written. */
export class DamagedFile extends InputError {}

/** Thrown for a file of a newer steadyarm. */
export class NewerSchema extends InputError {}

/** The layout that this version writes. Files of schema 1 have no checksum; they are read unverified. */
const SCHEMA_VERSION = 2;
const UNCHECKED_VERSION = 1;

/** Returns the text of a file with the given fields, after which come schema version and checksum. */
export function formatChecked(fields: Readonly<Record<string, unknown>>, where: string): string {
  const versioned = { schemaVersion: SCHEMA_VERSION, ...fields };
  return `${formatJson({ ...versioned, checksum: checksumOf(versioned, where) }, where)}\n`;
}

export interface CheckedJson {
  /** All fields but schema version and checksum. */
  readonly fields: Record<string, unknown>;
  /** Throws DamagedFile if the checksum does not match. Call it last: an invalid field gives a better error. */
  verify(): void;
}

/**
 * Parses a file that formatChecked wrote.
 *
 * @param accepts whether an object is this kind of file
 * @param kind    what it is, for the error: "the manifest of a steadyarm run"
 * @throws DamagedFile if the file is torn or foreign; NewerSchema if it is of a newer steadyarm
 */
export function parseChecked(
  bytes: Uint8Array,
  where: string,
  kind: string,
  accepts: (value: Readonly<Record<string, unknown>>) => boolean,
): CheckedJson {
  const value = parseOrDamaged(bytes, where);
  if (!isRecord(value) || !accepts(value)) throw new DamagedFile(`${where}: this is not ${kind}`);
  const { checksum, ...versioned } = value;
  const { schemaVersion, ...fields } = versioned;
  if (schemaVersion === UNCHECKED_VERSION && checksum === undefined) return { fields, verify: () => {} };
  refuseOtherSchema(where, schemaVersion, SCHEMA_VERSION);
  const verify = () => {
    const isIntact = checksum === checksumOf(versioned, where);
    if (isIntact && Buffer.from(formatChecked(fields, where)).equals(bytes)) return;
    throw new DamagedFile(`${where}: its checksum does not match; the file is damaged or was edited`);
  };
  return { fields, verify };
}

/** Throws InputError if a file has another schema version than this version of steadyarm reads. */
export function refuseOtherSchema(path: string, found: unknown, known: number): void {
  if (found === known) return;
  const line = (remedy: string) => refuse(`${path}: schemaVersion`, `${known}`, found, remedy).message;
  if (typeof found === "number" && found > known)
    throw new NewerSchema(line("It was written by a newer steadyarm; upgrade to read it"));
  throw new DamagedFile(line("The file is damaged"));
}

function parseOrDamaged(bytes: Uint8Array, where: string): unknown {
  try {
    return parseJson(bytes, where);
  } catch (error) {
    if (error instanceof InputError) throw new DamagedFile(error.message);
    throw error;
  }
}

function checksumOf(fields: Readonly<Record<string, unknown>>, where: string): string {
  return sha256([new TextEncoder().encode(formatJson(fields, where))]);
}
