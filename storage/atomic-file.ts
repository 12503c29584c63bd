/**
 * @file Files and folders that appear whole or not at all, whatever kills the process or fills the disk.
 *
 * A temporary sibling is written whole, its length checked, flushed to the disk and renamed over
 * the name; then the folder is flushed, so that the rename itself outlives a power cut. Readers
 * know the temporary names and pass over them.
 */

import {
  closeSync,
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

/** What a file is to hold: text as UTF-8, or bytes, in one piece or several. */
export type Content = string | Uint8Array | readonly Uint8Array[];

/** Bytes handed to one system call: it takes no more than 2³¹ − 1, and says so only by writing less. */
const LARGEST_WRITE = 2 ** 26;

/**
 * Writes a file whole: after a failure or a kill the old one is still there, untouched.
 *
 * @throws InputError naming the path where disk or permissions are at fault; the temporary file is removed
 */
export function writeFileAtomically(path: string, content: Content): void {
  const temporary = temporaryPath(path);
  try {
    writeDurably(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw diskError(error, path, "write");
  }
  syncFolder(dirname(path));
}

/**
 * Writes several files into a new folder, which is there with all of them or not at all.
 *
 * @param path  the folder to make; nothing may be there yet, its parent must be
 * @param files name in the folder and content, written in this order
 * @throws InputError naming the path where disk or permissions are at fault; nothing is left behind
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
    removeQuietly(temporary);
    throw diskError(error, path, "write");
  }
  syncFolder(dirname(path));
}

/**
 * Removes a folder such that a kill half-way leaves no torn one: it loses its name first.
 *
 * @throws InputError if it cannot be removed
 */
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

/** Whether a name in a folder is a writer's temporary one, which readers pass over. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+-\d+\.tmp$/.test(name);
}

/**
 * Removes what killed writers left in a folder. Only for the folder's one writer, which has nothing under way.
 *
 * @returns the names removed; those that cannot be are passed over, as readers do too
 */
export function removeLeftovers(folder: string): string[] {
  return readdirSync(folder)
    .filter(isTemporaryName)
    .filter((name) => removeQuietly(join(folder, name)));
}

/** The temporary sibling that this thread writes a path through; one at a time, so it needs no counter. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${threadId}.tmp`);
}

/** Flushes the names in a folder to the disk. Throws InputError where the disk is at fault. */
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

/** Writes all of some bytes at a position; the system may take fewer at a time without calling it an error. */
export function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const wanted = Math.min(bytes.length - done, LARGEST_WRITE);
    const written = writeSync(file, bytes, done, wanted, position + done);
    if (written === 0) throw internal("a write took no byte and gave no reason");
    done += written;
  }
}

/** Writes and flushes a file that nobody knows of yet, so it may be torn by a kill; throws the system's error. */
export function writeDurably(path: string, content: Content): void {
  const file = openSync(path, "w");
  try {
    let length = 0;
    for (const piece of piecesOf(content)) {
      writeFully(file, piece, length);
      length += piece.length;
    }
    const found = fstatSync(file).size;
    if (found !== length) throw internal(`${path} has ${found} bytes after writing ${length}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function piecesOf(content: Content): readonly Uint8Array[] {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Whether it could be removed; used where an earlier error matters more than this one. */
function removeQuietly(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
