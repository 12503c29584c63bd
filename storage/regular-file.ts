/** @file Reading a regular file completely, with a size limit. */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { refuse, unquoted } from "../shared/errors.ts";
import { diskError } from "./disk-error.ts";

/** Bytes per system call, which reads at most 2³¹ − 1. */
const MAX_READ = 2 ** 26;

/** Bytes that one buffer can hold on every supported Node version. */
export const MAX_FILE_BYTES = 2 ** 32;

/**
 * Returns the bytes of a regular file, at the start of a new buffer. Rejects links, pipes and folders before reading.
 *
 * @param maxBytes limit that keeps a wrong file from filling the memory; ≤ MAX_FILE_BYTES
 * @throws InputError if the file is missing, unreadable, not regular, too large or shortened meanwhile
 */
export function readRegularFile(path: string, maxBytes = MAX_FILE_BYTES): Uint8Array<ArrayBuffer> {
  try {
    // Without O_NONBLOCK, opening a pipe waits for a writer.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) {
        throw refuse(path, "a file", unquoted(stat.isDirectory() ? "a folder" : "a special file"));
      }
      if (stat.size > maxBytes) throw refuse(path, `a file of at most ${maxBytes} bytes`, stat.size);
      const bytes = new Uint8Array(stat.size);
      for (let done = 0; done < bytes.length; ) {
        const count = readSync(file, bytes, done, Math.min(bytes.length - done, MAX_READ), done);
        if (count === 0) throw refuse(path, `${bytes.length} bytes`, done, "It became shorter while reading");
        done += count;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw diskError(error, path, "read");
  }
}
