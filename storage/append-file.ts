/**
 * @file A file that only grows, and that a resumed run cuts back to where its checkpoint was.
 *
 * What a killed run wrote after its checkpoint, a torn last line included, is dropped; the resumed
 * run writes it again.
 */

import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { refuse } from "../shared/errors.ts";
import { syncFolder, writeFully } from "./atomic-file.ts";
import { diskError } from "./disk-error.ts";

export class AppendFile {
  readonly path: string;
  readonly #file: number;
  #length = 0;
  #open = true;

  /**
   * Opens a file to append to.
   *
   * @param resumeAt bytes to keep of the file that is there; 0 starts over, whether it is there or not; undefined
   *   makes a file that must not be there yet
   * @throws InputError if a new file's name is taken, if a resumed one is missing or too short, or if the disk refuses
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
      if (resumeAt !== undefined) this.#cutBack(resumeAt);
      fsyncSync(this.#file);
      syncFolder(dirname(path));
    } catch (error) {
      closeSync(this.#file);
      throw diskError(error, path, "write");
    }
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends all of the bytes or, after an error, none of them. */
  append(bytes: Uint8Array): void {
    try {
      writeFully(this.#file, bytes, this.#length);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw diskError(error, this.path, "write");
    }
    this.#length += bytes.length;
  }

  /** Makes all that was appended outlive a power cut; returns the length in bytes. */
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

  #cutBack(length: number): void {
    const { size } = fstatSync(this.#file);
    if (size < length) {
      throw refuse(
        this.path,
        `at least ${length} bytes, as at the checkpoint`,
        size,
        "The file was cut short",
      );
    }
    ftruncateSync(this.#file, length);
    this.#length = length;
  }
}
