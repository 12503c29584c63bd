/** @file What a disk's refusal means to a person: the system's error codes as one line with a remedy. */

import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../shared/errors.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then resume",
  EDQUOT: "the disk quota is used up. Free some space, then resume",
  EFBIG: "the file would be larger than this system allows (see ulimit -f)",
  EROFS: "the disk is read-only. Choose a folder that can be written to",
  EACCES: "permission denied. Choose another folder or change its permissions",
  EPERM: "the operation is not permitted here. Choose another folder or change its permissions",
  EIO: "the disk reported an input/output error. Check the disk before you trust it",
  ENOENT: "no such file or folder",
  EEXIST: "something of that name is there already",
  ENOTEMPTY: "the folder that is there is not empty",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "it is a symbolic link, or a loop of them",
  EMFILE: "too many files are open (see ulimit -n)",
  ENFILE: "too many files are open on this machine",
  ENOTSUP: "this kind of disk cannot do it. Choose another folder",
  EOPNOTSUPP: "this kind of disk cannot do it. Choose another folder",
  ENXIO: "it is not a regular file",
};

/** The system's code of an error, such as ENOENT, or undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * Makes the error to throw after a file operation failed.
 *
 * @param path  the file as the person knows it, not a temporary one beside it
 * @param doing what could not be done, as it follows "cannot"
 * @returns an InputError of one line where disk, path or permissions are at fault, else the error itself
 */
export function diskError(
  error: unknown,
  path: string,
  doing: "read" | "write" | "remove" | "lock",
): unknown {
  const code = errorCode(error);
  const meaning = code === undefined ? undefined : MEANINGS[code];
  if (meaning === undefined) return error;
  const free = code === "ENOSPC" ? freeSpace(path) : "";
  return new InputError(`${path}: cannot ${doing}: ${meaning}${free}`, { cause: error });
}

function freeSpace(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return ` (${Math.floor((bavail * bsize) / 1024)} KiB are free there)`;
  } catch {
    return "";
  }
}
