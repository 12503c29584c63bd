/**
 * @file Tensors in one safetensors file with a checksum of the complete file.
 *
 * `checksum` in the file's metadata is the SHA-256 of the file with zeros in its place, so every byte counts and other
 * readers of safetensors still read the file.
 */

import { InputError } from "../shared/errors.ts";
import { sha256 } from "./checkpoint-index.ts";
import { encodeSafetensors, type Tensors } from "./safetensors.ts";

const UNSET = "0".repeat(64);

/** Encodes tensors as encodeSafetensors does, with a checksum in the metadata. */
export function encodeChecked(
  tensors: Tensors,
  where: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const pieces = encodeSafetensors(tensors, where, { metadata: { ...metadata, checksum: UNSET } });
  placeChecksum(pieces[0]!, UNSET, sha256(pieces));
  return pieces;
}

/**
 * Throws InputError unless a file is exactly what encodeChecked wrote.
 *
 * @param bytes    the complete file
 * @param checksum of its metadata; undefined if it has none
 */
export function verifyChecked(bytes: Uint8Array, checksum: string | undefined, where: string): void {
  const unset = bytes.slice();
  if (checksum !== undefined && placeChecksum(unset, checksum, UNSET) && sha256([unset]) === checksum) return;
  throw new InputError(`${where}: its checksum does not match; the file is damaged`);
}

/** Replaces the checksum in a file's header; returns whether it was found. */
function placeChecksum(header: Uint8Array, old: string, checksum: string): boolean {
  const field = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  const at = field.indexOf(`"checksum":"${old}"`);
  if (at < 0) return false;
  field.write(checksum, at + '"checksum":"'.length, "latin1");
  return true;
}
