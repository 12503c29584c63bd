/** @file result.json: the final metrics of a run. It is written last, so a run with it is complete. */

import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { validate } from "../shared/validate.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { refuseOtherSchema } from "./manifest.ts";
import { readRegularFile } from "./regular-file.ts";
import { statPath } from "./stat-path.ts";
import { formatJson, parseJson } from "./strict-json.ts";

/** Name of the file in a run folder; a folder with it contains a complete run. */
export const RESULT_FILE = "result.json";

const SCHEMA_VERSION = 1;
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
  writeFileAtomically(path, `${formatJson({ schemaVersion: SCHEMA_VERSION, ...result }, path)}\n`);
}

/**
 * Reads the result of a run.
 *
 * @returns undefined if the run is not complete
 * @throws InputError of one line if the file is damaged, foreign or of a newer steadyarm
 */
export function readResult(folder: string): RunResult | undefined {
  const path = join(folder, RESULT_FILE);
  if (statPath(path) === undefined) return undefined;
  const value = parseJson(readRegularFile(path, MAX_RESULT_BYTES), path);
  if (!isRecord(value) || !("schemaVersion" in value)) {
    throw new InputError(`${path}: this is not the result of a steadyarm run`);
  }
  const { schemaVersion, ...fields } = value;
  refuseOtherSchema(path, schemaVersion, SCHEMA_VERSION);
  return validate(Result, fields, path);
}
