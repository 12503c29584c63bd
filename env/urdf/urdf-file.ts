/** @file Reads a URDF file; never a file that it names. */

import { createHash } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { decodeXml } from "./xml-text.ts";

/** Bytes; a robot with hundreds of links has a tenth of that. */
const MAX_BYTES = 2 ** 22;

export interface UrdfFile {
  readonly text: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a URDF file.
 *
 * With a required checksum, the path may come from a policy or run of somebody else, so the error is the same whatever
 * is there: it tells nothing about other files.
 *
 * @param expected required checksum; "" for any
 * @throws InputError if the file is missing, too large, or has another checksum
 */
export function readUrdfFile(path: string, expected = ""): UrdfFile {
  if (expected === "") return readAnyUrdf(path);
  try {
    const file = readAnyUrdf(path);
    if (file.sha256 === expected) return file;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw refuse(
    path,
    `the file that the run was started with, checksum ${expected.slice(0, 12)}…`,
    unquoted("another one or none"),
    "Restore the file, or start a new run",
  );
}

function readAnyUrdf(path: string): UrdfFile {
  const stats = statsOf(path);
  if (stats === undefined) {
    throw refuse(path, "a URDF file", unquoted("no file"), "Check the path in env.urdf.file");
  }
  if (!stats.isFile()) {
    throw refuse(path, "a URDF file", unquoted(stats.isDirectory() ? "a folder" : "no regular file"));
  }
  if (stats.size > MAX_BYTES) throw refuse(path, `at most ${MAX_BYTES} bytes`, stats.size);
  const bytes = contents(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { text: decodeXml(bytes), sha256 };
}

/** Returns undefined if there is no file. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    const denied = unquoted("a path that cannot be read");
    throw refuse(path, "the path of a URDF file", denied, "Check its folders and permissions");
  }
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw refuse(path, "a readable URDF file", unquoted("an unreadable one"), "Check its permissions");
  }
}
