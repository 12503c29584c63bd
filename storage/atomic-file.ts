/**
 * @file Files and folders that appear complete or not at all, even if the process is killed or the disk fills up.
 *
 * Content goes to a temporary sibling, which is flushed to the disk and renamed; then the folder is
 * flushed, so that the rename survives a power cut. Readers skip temporary names.
 */

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { internal } from "../shared/errors.ts";
import { diskError } from "./disk-error.ts";

/** Text, written as UTF-8, or bytes in one or several pieces. */
export type Content = string | Uint8Array | readonly Uint8Array[];

/** Bytes per system call. One call writes at most 2³¹ − 1 and does not report an error for more. */
const MAX_WRITE = 2 ** 26;

/**
 * Writes a file; after a failure or a kill, the old file is unchanged.
 *
 * @throws InputError naming the path if disk or permissions prevent it; the temporary file is removed
 */
export function writeFileAtomically(path: string, content: Content): void {
  const temporary = temporaryPath(path);
  try {
    writeDurably(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    tryRemove(temporary);
    throw diskError(error, path, "write");
  }
  syncFolder(dirname(path));
}

/**
 * Creates a folder with several files; it exists with all of them or not at all.
 *
 * @param path  must not exist; its parent must
 * @param files content by name, written in this order
 * @throws InputError naming the path if disk or permissions prevent it; nothing remains
 */
export function writeFolderAtomically(path: string, files: ReadonlyMap<string, Content>): void {
  const temporary = temporaryPath(path);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    for (const [name, content] of files) {
      if (name !== basename(name)) throw internal(`writeFolderAtomically: ${name} is not a plain file name`);
      writeDurably(join(temporary, name), content);
    }
    flushNames(temporary);
    renameSync(temporary, path);
  } catch (error) {
    tryRemove(temporary);
    throw diskError(error, path, "write");
  }
  syncFolder(dirname(path));
}

/** Removes a folder; a kill leaves no partial folder under its name. Throws InputError if it cannot be removed. */
export function removeFolderAtomically(path: string): void {
  const temporary = temporaryPath(path);
  try {
    rmSync(temporary, { recursive: true, force: true });
    renameSync(path, temporary);
    rmSync(temporary, { recursive: true, force: true });
  } catch (error) {
    throw diskError(error, path, "remove");
  }
}

/** Whether a name is that of a temporary file or folder, which readers skip. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+-\d+\.tmp$/.test(name);
}

/**
 * Removes temporary files of killed processes. Call it only as the folder's sole writer, with no write in progress.
 *
 * @returns the names removed; one that cannot be removed is skipped
 */
export function removeLeftovers(folder: string): string[] {
  return readdirSync(folder)
    .filter(isTemporaryName)
    .filter((name) => tryRemove(join(folder, name)));
}

/** The temporary sibling of a path. Each thread writes one file at a time, so the name needs no counter. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${threadId}.tmp`);
}

/** Flushes the names in a folder to the disk. Throws InputError if the disk fails. */
export function syncFolder(folder: string): void {
  try {
    flushNames(folder);
  } catch (error) {
    throw diskError(error, folder, "write");
  }
}

function flushNames(folder: string): void {
  // Windows cannot open a folder; its journal keeps renames in order.
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes all of the bytes at a position; a system call may write fewer without an error. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(bytes.length - done, MAX_WRITE);
    const written = writeSync(file, bytes, done, length, position + done);
    if (written === 0) throw internal("the system wrote 0 bytes and reported no error");
    done += written;
  }
}

/** Writes and flushes a file, not atomically: use it under a temporary name. Throws the system's error. */
export function writeDurably(path: string, content: Content): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666);
  try {
    let length = 0;
    for (const piece of piecesOf(content)) {
      writeAll(file, piece, length);
      length += piece.length;
    }
    const { size } = fstatSync(file);
    if (size !== length) throw internal(`${path} has ${size} bytes after writing ${length}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function piecesOf(content: Content): readonly Uint8Array[] {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Removes a file or folder; returns whether it succeeded. */
function tryRemove(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
