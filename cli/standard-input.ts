/** @file Reading standard input completely, at once. */

import { readSync } from "node:fs";
import { isatty } from "node:tty";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { errorCode } from "../storage/disk-error.ts";

/** Milliseconds between two attempts to read from a pipe without data. */
const RETRY_AFTER = 5;

const CHUNK_BYTES = 2 ** 16;

/**
 * Returns all bytes of standard input, and waits for its end.
 *
 * @throws InputError if it is a terminal, has more than maxBytes bytes, or cannot be read
 */
export function readStandardInput(maxBytes: number): Buffer {
  if (isatty(0)) throw refuse("standard input", "settings from a file or pipe", unquoted("a terminal"));
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const count = readAvailable(chunk);
    if (count === 0) return Buffer.concat(chunks);
    total += count;
    if (total > maxBytes) throw refuse("standard input", `at most ${maxBytes} bytes`, unquoted("more"));
    chunks.push(chunk.subarray(0, count));
  }
}

/** Returns the number of bytes read; 0 at the end. */
function readAvailable(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      const code = errorCode(error);
      // Windows reports the end of a pipe as an error.
      if (code === "EOF") return 0;
      // Node makes pipes non-blocking, and whoever writes may be slower to start than this process.
      if (code !== "EAGAIN")
        throw new InputError(`standard input: expected settings, got an error while reading (${code})`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER);
    }
  }
}
