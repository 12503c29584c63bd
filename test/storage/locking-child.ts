/** @file Locks a run folder, prints so, and releases it at a line on stdin: `locking-child <folder>`. */

import { writeSync } from "node:fs";
import { InputError } from "../../shared/errors.ts";
import { lockRun } from "../../storage/run-lock.ts";

try {
  const lock = lockRun(process.argv[2] ?? "");
  writeSync(1, "locked\n");
  process.stdin.once("data", () => {
    lock.release();
    writeSync(1, "released\n");
    process.exit();
  });
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  writeSync(1, `${error.message}\n`);
}
