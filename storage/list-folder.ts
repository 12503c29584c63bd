/** @file The names in a folder given by the user. */

import { readdirSync } from "node:fs";
import { diskError } from "./disk-error.ts";

/** Returns the names in a folder, sorted. Throws InputError if it cannot be read, such as for lack of permission. */
export function listFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    throw diskError(error, path, "read");
  }
}
