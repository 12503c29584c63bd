/**
 * @file A log file that a resumed run truncates to its length at the checkpoint.
 *
 * Whatever a killed run wrote after its checkpoint, including a torn last line, is dropped; the resumed
 * run writes it again.
 */

import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { refuse } from "../shared/errors.ts";
import { syncFolder, writeAll } from "./atomic-file.ts";
import { diskError } from "./disk-error.ts";

export class AppendFile {
  readonly path: string;
  readonly #file: number;
  #length = 0;
  #open = true;

  /**
   * Opens a file for appending.
   *
   * @param resumeAt bytes to keep of an existing file; 0 empties or creates it; undefined creates a
   *   file that must not exist
   * @throws InputError if a new file exists, if a resumed one is missing or too short, or if the disk refuses
   */
  constructor(path: string, resumeAt: number | undefined) {
    this.path = path;
    try {
      const { O_RDWR, O_NOFOLLOW, O_CREAT, O_EXCL } = constants;
      const create = resumeAt === undefined ? O_CREAT | O_EXCL : resumeAt === 0 ? O_CREAT : 0;
      this.#file = openSync(path, O_RDWR | O_NOFOLLOW | create, 0o666);
    } catch (error) {
      throw diskError(error, path, "write");
    }
    try {
      if (resumeAt !== undefined) this.#truncate(resumeAt);
      fsyncSync(this.#file);
      syncFolder(dirname(path));
    } catch (error) {
      closeSync(this.#file);
      throw diskError(error, path, "write");
    }
  }

  /** Length in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Appends all of the bytes or, after an error, none of them. */
  append(bytes: Uint8Array): void {
    try {
      writeAll(this.#file, bytes, this.#length);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw diskError(error, this.path, "write");
    }
    this.#length += bytes.length;
  }

  /** Flushes to the disk, so that a power cut loses nothing; returns the length in bytes. */
  flush(): number {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw diskError(error, this.path, "write");
    }
    return this.#length;
  }

  /** Flushes and closes; a second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #truncate(length: number): void {
    const { size } = fstatSync(this.#file);
    if (size < length) {
      throw refuse(
        this.path,
        `at least ${length} bytes, as at the checkpoint`,
        size,
        "The file is truncated",
      );
    }
    ftruncateSync(this.#file, length);
    this.#length = length;
  }
}
