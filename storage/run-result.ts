/** @file result.json: the final metrics of a run. It is written last, so a run with it is complete. */

import { renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { InputError } from "../shared/errors.ts";
import { validate } from "../shared/validate.ts";
import { syncFolder, writeFileAtomically } from "./atomic-file.ts";
import { DamagedFile, formatChecked, NewerSchema, parseChecked } from "./checked-json.ts";
import { readRegularFile } from "./regular-file.ts";
import { statPath } from "./stat-path.ts";

/** Name of the file in a run folder; a folder with it contains a complete run. */
export const RESULT_FILE = "result.json";

const MAX_RESULT_BYTES = 2 ** 20;

const Result = z.looseObject({
  /** Fraction of the final evaluation's episodes with the goal achieved at the last step. */
  successRate: z.number().min(0).max(1),
  /** Fraction with the goal achieved at some step. */
  successOnce: z.number().min(0).max(1),
  /** Mean distance between achieved and desired goal at the last step, metres. */
  meanFinalDistance: z.number(),
  /** Episodes of the final evaluation. */
  episodes: z.int().nonnegative(),
  /** Test of holding beyond the time limit (docs/holding.md); absent if there was none. */
  hold: z
    .looseObject({
      seconds: z.number(),
      episodes: z.int().nonnegative(),
      /** Second → fraction at the goal. */
      holdRate: z.record(z.string(), z.number()),
      /** The same at 1 s, 2 s, … */
      holdCurve: z.array(z.number()).readonly(),
      /** Fraction at the goal at every moment from 3 s on. */
      held: z.number(),
    })
    .optional(),
  /** Environment steps trained. */
  steps: z.int().nonnegative(),
  /** Environment steps trained by the run's policy; absent in results of older versions: `steps`. */
  policyStep: z.int().nonnegative().optional(),
  /** Environment steps at the first evaluation with a success rate ≥ 0.95; null if there is none. */
  stepsTo95: z.int().nonnegative().nullable(),
  /** The rule that ended the run before train.steps; absent if none did. */
  stoppedEarly: z.enum(["converged", "hopeless"]).optional(),
  wallSeconds: z.number().nonnegative(),
  updatesPerSecond: z.number().nonnegative(),
  envStepsPerSecond: z.number().nonnegative(),
  engine: z.string(),
  env: z.string(),
  reward: z.string(),
  seed: z.int().nonnegative(),
});

/** These fields and any others: later versions may add some. */
export type RunResult = z.infer<typeof Result>;

/** Marks a run as complete. Throws InputError if the disk refuses. */
export function writeResult(folder: string, result: RunResult): void {
  const path = join(folder, RESULT_FILE);
  writeFileAtomically(path, formatChecked(result, path));
}

/**
 * Reads the result of a run.
 *
 * @returns undefined if the run is not complete
 * @throws InputError of one line if the file is damaged, foreign or of a newer steadyarm
 */
export function readResult(folder: string): RunResult | undefined {
  const found = readOrDamage(folder);
  if (!(found instanceof DamagedFile)) return found;
  throw new InputError(`${found.message}. Make it again: steadyarm train --resume ${folder}`);
}

/**
 * Reads the result of a run as readResult does, except that a damaged one counts as none: it must not keep other runs
 * from being trained or shown, and resuming its run makes it again.
 *
 * @param onDamage receives what is wrong with a damaged file, in one line
 */
export function readIntactResult(
  folder: string,
  onDamage: (line: string) => void = () => {},
): RunResult | undefined {
  const found = readOrDamage(folder);
  if (!(found instanceof DamagedFile)) return found;
  onDamage(found.message);
  return undefined;
}

/**
 * Renames a damaged result, so that the run can be resumed. Call it as the owner of the run's lock.
 *
 * @returns what was wrong and the new name, in one line; undefined if the result is intact or missing
 */
export function setAsideDamagedResult(folder: string): string | undefined {
  const found = readOrDamage(folder);
  if (!(found instanceof DamagedFile)) return undefined;
  const path = join(folder, RESULT_FILE);
  let aside = `${path}.damaged`;
  for (let n = 2; statPath(aside) !== undefined; n++) aside = `${path}.damaged-${n}`;
  renameSync(path, aside);
  syncFolder(folder);
  return `${found.message}. Renamed to ${basename(aside)}; made again from the last checkpoint`;
}

/** Removes the result of a run that is trained further. */
export function removeResult(folder: string): void {
  rmSync(join(folder, RESULT_FILE), { force: true });
  syncFolder(folder);
}

function readOrDamage(folder: string): RunResult | undefined | DamagedFile {
  const path = join(folder, RESULT_FILE);
  if (statPath(path) === undefined) return undefined;
  const bytes = readRegularFile(path, MAX_RESULT_BYTES);
  try {
    const kind = "the result of a steadyarm run";
    const { fields, verify } = parseChecked(bytes, path, kind, (value) => "schemaVersion" in value);
    const result = validate(Result, fields, path);
    verify();
    return result;
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof NewerSchema) throw error;
    return error instanceof DamagedFile ? error : new DamagedFile(error.message);
  }
}
