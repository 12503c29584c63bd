/** @file Scratch folders of `bench worker`: each has its owner's lock, so that those of killed workers can be removed. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../shared/errors.ts";
import { diskError } from "../storage/disk-error.ts";
import { hasDeadOwner, isRunLocked, lockRun } from "../storage/run-lock.ts";

const PREFIX = "steadyarm-worker-";

export interface Scratch {
  readonly path: string;
  /** Removes the folder; a second call does nothing. */
  remove(): void;
}

/**
 * Creates a scratch folder and removes those that killed workers have left beside it.
 *
 * @param parent created if missing
 * @throws InputError if the disk refuses
 */
export function createScratch(parent: string): Scratch {
  let path: string;
  try {
    mkdirSync(parent, { recursive: true });
    path = mkdtempSync(join(parent, PREFIX));
  } catch (error) {
    throw diskError(error, parent, "write");
  }
  const lock = lockRun(path);
  sweep(parent);
  return {
    path,
    remove() {
      lock.release();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function sweep(parent: string): void {
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(PREFIX)) continue;
    const path = join(parent, entry.name);
    try {
      // A training of the killed worker may still be saving; a later start removes its folder.
      if (!hasDeadOwner(path) || readdirSync(path).some((run) => isRunLocked(join(path, run)))) continue;
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      // The folder of another user, in a shared parent.
      if (!(error instanceof InputError) && !(error instanceof Error && "code" in error)) throw error;
    }
  }
}
