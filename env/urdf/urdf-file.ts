/** @file Reads a URDF file; never a file that it names. */

import { createHash } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { refuse, unquoted } from "../../shared/errors.ts";
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
 * @param expected required checksum; "" for any
 * @throws InputError if the file is missing, too large, or has another checksum
 */
export function readUrdfFile(path: string, expected = ""): UrdfFile {
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
  if (expected !== "" && sha256 !== expected) {
    throw refuse(
      path,
      `the file that the run was started with, checksum ${expected.slice(0, 12)}…`,
      unquoted(`checksum ${sha256.slice(0, 12)}…`),
      "Restore the file, or start a new run",
    );
  }
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
