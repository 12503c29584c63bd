/** @file Errors of the file system as one line with a remedy. */

import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../shared/errors.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then resume",
  EDQUOT: "the disk quota is used up. Free some space, then resume",
  EFBIG: "the file would exceed the maximum size (see ulimit -f)",
  EROFS: "the disk is read-only. Choose a writable folder",
  EACCES: "permission denied. Choose another folder or change its permissions",
  EPERM: "the operation is not permitted. Choose another folder or change its permissions",
  EIO: "the disk reported an input/output error. Check the disk",
  ENOENT: "no such file or folder",
  EEXIST: "it already exists",
  ENOTEMPTY: "the folder is not empty",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "it is a symbolic link",
  EMFILE: "too many files are open. Raise the limit: ulimit -n 4096",
  ENFILE: "too many files are open on this machine",
  ENOTSUP: "the file system does not support it. Choose another folder",
  EOPNOTSUPP: "the file system does not support it. Choose another folder",
  ENXIO: "it is not a regular file",
};

/** The system's code of an error, such as ENOENT, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * Returns the error to throw after a failed file operation.
 *
 * @param path the user's path, not that of a temporary file
 * @param verb the operation, as it follows "cannot"
 * @returns an InputError of one line if disk, path or permissions are the cause, else the error itself
 */
export function diskError(error: unknown, path: string, verb: "read" | "write" | "remove" | "lock"): unknown {
  const code = errorCode(error);
  const meaning = code === undefined ? undefined : MEANINGS[code];
  if (meaning === undefined) return error;
  const free = code === "ENOSPC" ? freeSpace(path) : "";
  return new InputError(`${path}: cannot ${verb}: ${meaning}${free}`, { cause: error });
}

function freeSpace(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return ` (${Math.floor((bavail * bsize) / 1024)} KiB free)`;
  } catch {
    return "";
  }
}
