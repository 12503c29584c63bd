/** @file Reads a file that a run depends on, and whose checksum its settings record: a robot file, or a module. */

import { createHash } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { InputError, refuse, unquoted } from "../shared/errors.ts";

/** Bytes; the file of a robot with hundreds of links has a tenth of that. */
const MAX_BYTES = 2 ** 22;

/** What a file must be. */
export interface ExpectedFile {
  /** `a URDF or MJCF file` */
  readonly kind: string;
  /** Setting with its path: `env.urdf.file`. */
  readonly setting: string;
  /** Required checksum; "" for any. */
  readonly sha256?: string;
}

export interface CheckedFile {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a file.
 *
 * With a required checksum, the path may come from a policy or run of somebody else, so the error is the same whatever
 * is there: it tells nothing about other files.
 *
 * @throws InputError if the file is missing, too large, or has another checksum
 */
export function readCheckedFile(path: string, expected: ExpectedFile): CheckedFile {
  const { sha256 = "" } = expected;
  if (sha256 === "") return readAnyFile(path, expected);
  try {
    const file = readAnyFile(path, expected);
    if (file.sha256 === sha256) return file;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw refuse(
    path,
    `the file that the run was started with, checksum ${sha256.slice(0, 12)}…`,
    unquoted("another one or none"),
    "Restore the file, or start a new run",
  );
}

function readAnyFile(path: string, { kind, setting }: ExpectedFile): CheckedFile {
  const stats = statsOf(path, kind);
  if (stats === undefined) throw refuse(path, kind, unquoted("no file"), `Check the path in ${setting}`);
  if (!stats.isFile()) {
    throw refuse(path, kind, unquoted(stats.isDirectory() ? "a folder" : "no regular file"));
  }
  if (stats.size > MAX_BYTES) throw refuse(path, `at most ${MAX_BYTES} bytes`, stats.size);
  const bytes = contents(path, kind);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Returns undefined if there is no file. */
function statsOf(path: string, kind: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    const denied = unquoted("a path that cannot be read");
    throw refuse(path, `the path of ${kind}`, denied, "Check its folders and permissions");
  }
}

function contents(path: string, kind: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw refuse(path, kind, unquoted("an unreadable one"), "Check its permissions");
  }
}
