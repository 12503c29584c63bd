/** @file Runs all examinations of a run. */

import { InputError } from "../../shared/errors.ts";
import type { ExaminedRun } from "../examined-run.ts";
import { examineConsistency } from "./consistency.ts";
import type { Figures } from "./examination.ts";
import { examineGoals } from "./goals.ts";
import { examineMotors } from "./motors.ts";
import { examineMovement } from "./movement.ts";
import { examineNextUpdate } from "./next-update.ts";
import { examineRepeatedEpisodes } from "./repeated-episodes.ts";
import { examineRepeatedEvaluation } from "./repeated-evaluation.ts";
import { examineRepeatedUpdates } from "./repeated-updates.ts";
import { examineResponse } from "./response.ts";
import { examineRoom } from "./room.ts";
import { examineSensitivity } from "./sensitivity.ts";
import { examineSensors } from "./sensors.ts";
import { examineUpdates } from "./updates.ts";
import { examineValues } from "./values.ts";

type Examination = (run: ExaminedRun) => Figures | string | Promise<Figures | string>;

/** By what they examine, in the order in which a signal passes: from the goal through the arm to the networks. */
const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  "repeated episodes": examineRepeatedEpisodes,
  "repeated evaluation": examineRepeatedEvaluation,
  "repeated updates": examineRepeatedUpdates,
  "the next update": examineNextUpdate,
  goals: examineGoals,
  "response to actions": examineResponse,
  motors: examineMotors,
  sensors: examineSensors,
  "consistency of the observations": examineConsistency,
  "movement of the networks": examineMovement,
  "use of the goal": examineSensitivity,
  "agreement of values with returns": examineValues,
  "what intact updates would do": examineUpdates,
  "room in the networks": examineRoom,
};

export interface Examined {
  readonly figures: Figures;
  /** Examinations that could not be made, and why. */
  readonly skipped: readonly string[];
}

/** An examination's result, or why it could not be made: a simulation may diverge. */
async function resultOf(examination: Examination, run: ExaminedRun): Promise<Figures | string> {
  try {
    return await examination(run);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

export async function examine(run: ExaminedRun): Promise<Examined> {
  const figures: Record<string, number> = {};
  const namesByReason = new Map<string, string[]>();
  for (const [name, examination] of Object.entries(EXAMINATIONS)) {
    const found = await resultOf(examination, run);
    if (typeof found === "string") namesByReason.set(found, [...(namesByReason.get(found) ?? []), name]);
    else Object.assign(figures, found);
  }
  return { figures, skipped: [...namesByReason].map(([reason, names]) => `${names.join(", ")}: ${reason}`) };
}
