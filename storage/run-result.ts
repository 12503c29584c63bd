/** @file result.json: how a run ended. It is written last, so a run that has it is complete. */

import { join } from "node:path";
import { z } from "zod";
import { isRecord } from "../shared/config.ts";
import { InputError, refuse } from "../shared/errors.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { refuseOtherSchema } from "./manifest.ts";
import { statPath } from "./stat-path.ts";
import { formatJson, parseJson } from "./strict-json.ts";
import { readWholeFile } from "./whole-file.ts";

/** The file's name in a run's folder; a folder that has it holds a finished run. */
export const RESULT_FILE = "result.json";

const SCHEMA_VERSION = 1;
const LARGEST_RESULT = 2 ** 20;

const Result = z.looseObject({
  /** Share of the final episodes with the goal held at the last step. */
  successRate: z.number().min(0).max(1),
  /** Share of the final episodes with the goal achieved at some step. */
  successOnce: z.number().min(0).max(1),
  /** Metres between achieved and desired goal at the last step, averaged. */
  meanFinalDistance: z.number(),
  /** Episodes of the final evaluation. */
  episodes: z.int().nonnegative(),
  /** Environment steps trained for. */
  steps: z.int().nonnegative(),
  /** Environment steps at the first evaluation with a success rate of at least 0.95. */
  stepsTo95: z.int().nonnegative().nullable(),
  /** Why it ended before all steps were taken; missing where it did not. */
  stoppedEarly: z.enum(["converged", "hopeless"]).optional(),
  wallSeconds: z.number().nonnegative(),
  updatesPerSecond: z.number().nonnegative(),
  envStepsPerSecond: z.number().nonnegative(),
  engine: z.string(),
  env: z.string(),
  reward: z.string(),
  seed: z.int().nonnegative(),
});

/** At least these figures; a later version may have more. */
export type RunResult = z.infer<typeof Result>;

/** Marks a run as complete. Throws InputError if the disk does not take it. */
export function writeResult(folder: string, result: RunResult): void {
  const path = join(folder, RESULT_FILE);
  writeFileAtomically(path, `${formatJson({ schemaVersion: SCHEMA_VERSION, ...result }, path)}\n`);
}

/**
 * Reads how a run ended.
 *
 * @returns undefined if the run is not complete
 * @throws InputError of one line if the file is damaged, foreign or of a newer steadyarm
 */
export function readResult(folder: string): RunResult | undefined {
  const path = join(folder, RESULT_FILE);
  if (statPath(path) === undefined) return undefined;
  const value = parseJson(readWholeFile(path, LARGEST_RESULT), path);
  if (!isRecord(value) || !("schemaVersion" in value)) {
    throw new InputError(`${path}: this is not the result of a steadyarm run`);
  }
  const { schemaVersion, ...figures } = value;
  refuseOtherSchema(path, schemaVersion, SCHEMA_VERSION);
  const result = Result.safeParse(figures);
  if (!result.success) {
    const at = String(result.error.issues[0]?.path[0] ?? "");
    throw refuse(`${path}: ${at}`, "what a result has there", figures[at]);
  }
  return result.data;
}
