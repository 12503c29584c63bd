/** @file last-steps.json: the episode in which training stopped with an error, for `steadyarm replay`. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { refuse, unquoted } from "../shared/errors.ts";
import { Count } from "../shared/state-schemas.ts";
import { validate } from "../shared/validate.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { readRegularFile } from "./regular-file.ts";
import { statPath } from "./stat-path.ts";

/** Name of the file in a run folder. */
export const LAST_STEPS_FILE = "last-steps.json";

const MAX_BYTES = 2 ** 28;

/** Any number as JSON, which has no NaN and no ±Infinity. */
const AnyNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]);
const Numbers = z.array(AnyNumber).readonly();

const LastSteps = z.strictObject({
  /** What was wrong. */
  message: z.string(),
  /** Environment steps of training until then. */
  steps: Count,
  updates: Count,
  /** 1-based index of the training episode; null if the episode belonged to an evaluation. */
  episode: Count.nullable(),
  /** The arguments of `reset`. */
  reset: z.strictObject({
    seed: z.number().optional(),
    training: z.boolean().optional(),
    goal: Numbers.optional(),
    configuration: Numbers.optional(),
  }),
  /** All actions of the episode, [steps × A]. With the seed they reproduce every state of the simulation. */
  actions: z.array(Numbers).readonly(),
  /** Index of the first of the observations and achieved goals; earlier ones are left out. */
  firstKept: Count,
  observations: z.array(Numbers).readonly(),
  achievedGoals: z.array(Numbers).readonly(),
  /** Absent if the reset failed. */
  desiredGoal: Numbers.optional(),
  /** Of all steps; absent if they were not kept. */
  rewards: Numbers.optional(),
  /** The step that failed; absent if the reset or learning failed. */
  failedStep: z
    .strictObject({
      action: Numbers,
      observation: Numbers.optional(),
      achievedGoal: Numbers.optional(),
      reward: AnyNumber.optional(),
    })
    .optional(),
});
export type LastSteps = z.infer<typeof LastSteps>;

/** Writes the file into a run folder. Throws InputError if the disk refuses. */
export function writeLastSteps(run: string, content: LastSteps): void {
  const path = join(run, LAST_STEPS_FILE);
  const encoded = Object.fromEntries(Object.entries(content).map(([key, value]) => [key, encode(value)]));
  writeFileAtomically(path, formatChecked(encoded, path));
}

/** Reads the file of a run folder. Throws InputError of one line if it is missing or damaged. */
export function readLastSteps(run: string): LastSteps {
  const path = join(run, LAST_STEPS_FILE);
  if (statPath(path) === undefined) {
    const remedy = "Only a run that stopped with an error in an episode has it";
    throw refuse(path, "the last steps of a run", unquoted("no file"), remedy);
  }
  const kind = "the last steps of a steadyarm run";
  const bytes = readRegularFile(path, MAX_BYTES);
  const { fields, verify } = parseChecked(bytes, path, kind, (value) => "schemaVersion" in value);
  const found = validate(LastSteps, fields, path);
  verify();
  return found;
}

/** Removes the file of a run that is resumed. */
export function removeLastSteps(run: string): void {
  rmSync(join(run, LAST_STEPS_FILE), { force: true });
}

/** Returns data with names instead of numbers that are not finite. */
function encode(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : `${value}`;
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
}
