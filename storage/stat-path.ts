/** @file File status of a path given by the user. */

import { type Stats, statSync } from "node:fs";
import { diskError, errorCode } from "./disk-error.ts";

/** Codes of paths at which no file can exist: below a file, or with an invalid name. */
const IMPOSSIBLE_PATH: readonly (string | undefined)[] = ["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

/**
 * Returns the file status of a path, following links; undefined if nothing is there.
 *
 * @throws InputError if it cannot be read, such as for lack of permission
 */
export function statPath(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (IMPOSSIBLE_PATH.includes(errorCode(error))) return undefined;
    throw diskError(error, path, "read");
  }
}
