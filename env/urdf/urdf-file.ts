/** @file Reads a URDF or MJCF file; never a file that it names. */

import { readCheckedFile } from "../checked-file.ts";
import { decodeXml } from "./xml-text.ts";

export interface UrdfFile {
  readonly text: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a robot file.
 *
 * @param expected required checksum; "" for any
 * @throws InputError as readCheckedFile does
 */
export function readUrdfFile(path: string, expected = ""): UrdfFile {
  const { bytes, sha256 } = readCheckedFile(path, {
    kind: "a URDF or MJCF file",
    setting: "env.urdf.file",
    sha256: expected,
  });
  return { text: decodeXml(bytes), sha256 };
}
