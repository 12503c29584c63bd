/** @file A URDF on disk: read once, whole, and nothing that it names. */

import { createHash } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { refuse, unquoted } from "../../shared/errors.ts";

/** Bytes; a robot with hundreds of links has a tenth of that. */
const LARGEST_FILE = 2 ** 22;

export interface UrdfFile {
  readonly text: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a file.
 *
 * @param expected the checksum that it must have; "" for any
 * @throws InputError if there is none, if it is no UTF-8 text, too large, or another than expected
 */
export function readUrdfFile(path: string, expected = ""): UrdfFile {
  const found = look(path);
  if (found === undefined) throw refuse(path, "a URDF file", unquoted("nothing there"));
  if (!found.isFile())
    throw refuse(path, "a URDF file", unquoted(found.isDirectory() ? "a folder" : "something else"));
  if (found.size > LARGEST_FILE) throw refuse(path, `at most ${LARGEST_FILE} bytes`, found.size);
  const bytes = contents(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (expected !== "" && sha256 !== expected) {
    throw refuse(
      path,
      `the file that the run was begun with, checksum ${expected.slice(0, 12)}…`,
      unquoted(`another, ${sha256.slice(0, 12)}…`),
      "Put the file back as it was, or begin another run",
    );
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), sha256 };
  } catch {
    throw refuse(path, "UTF-8 text", unquoted("other bytes"));
  }
}

/** What lies there; undefined if nothing does. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    const unseen = unquoted("one that cannot be looked at");
    throw refuse(path, "the path of a URDF file", unseen, "Check its folders and permissions");
  }
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw refuse(path, "a URDF file that can be read", unquoted("one that cannot"), "Check its permissions");
  }
}
