/** @file What lies at a path that a person has named, if anything can. */

import { type Stats, statSync } from "node:fs";
import { diskError, errorCode } from "./disk-error.ts";

/** Where nothing can be: below a file, or under a name that no disk takes. */
const NOWHERE: readonly (string | undefined)[] = ["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

/**
 * What the system knows of a path, links followed; undefined where there is nothing.
 *
 * @throws InputError if it cannot be looked at, such as for want of permission
 */
export function statPath(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (NOWHERE.includes(errorCode(error))) return undefined;
    throw diskError(error, path, "read");
  }
}
