/** @file Reading a file whole, as it is at one moment, without trusting that it is one. */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { refuse, unquoted } from "../shared/errors.ts";
import { diskError } from "./disk-error.ts";

/** Bytes asked of one system call, which gives no more than 2³¹ − 1. */
const LARGEST_READ = 2 ** 26;

/** Bytes that one buffer can hold on every supported Node. */
export const LARGEST_FILE = 2 ** 32;

/**
 * Reads a regular file whole; a symbolic link, a pipe or a folder is refused before anything is read.
 *
 * @param largest bytes that the file may have at most, so that a wrong file cannot fill the memory; ≤ LARGEST_FILE
 * @returns the bytes, in a buffer that starts with them and is the caller's own
 * @throws InputError if it is missing, unreadable, not a regular file, too large or changes meanwhile
 */
export function readWholeFile(path: string, largest = LARGEST_FILE): Uint8Array<ArrayBuffer> {
  try {
    // Without O_NONBLOCK, opening a pipe waits for someone to write to it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile())
        throw refuse(path, "a file", unquoted(stat.isDirectory() ? "a folder" : "something else"));
      if (stat.size > largest) throw refuse(path, `a file of at most ${largest} bytes`, stat.size);
      const bytes = new Uint8Array(stat.size);
      for (let done = 0; done < bytes.length; ) {
        const got = readSync(file, bytes, done, Math.min(bytes.length - done, LARGEST_READ), done);
        if (got === 0)
          throw refuse(path, `${bytes.length} bytes`, done, "It became shorter while it was read");
        done += got;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw diskError(error, path, "read");
  }
}
