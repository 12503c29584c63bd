/** @file Diagnoses of short runs with injected faults, for tests. */

import { join } from "node:path";
import type { EnvironmentSettings } from "../../bench/faults/case.ts";
import { CASES } from "../../bench/faults/cases.ts";
import { trainCase } from "../../bench/faults/train-case.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Enough steps for faults with immediate symptoms; too few to learn. */
const SHORT: EnvironmentSettings = {
  "train.steps": 600,
  "train.evaluateEvery": 200,
  "train.evaluationEpisodes": 5,
  "train.finalEpisodes": 5,
  "agent.warmupSteps": 200,
  "agent.batchSize": 64,
};

/** Enough random actions to examine the response to them. */
export const HALF_RANDOM: EnvironmentSettings = { ...SHORT, "train.steps": 1000, "agent.warmupSteps": 500 };

const diagnoses = new Map<string, ReturnType<typeof diagnose>>();

/** Trains with a fault and diagnoses, once for all tests that ask for the same. */
export function diagnosisOf(name: string, settings = SHORT): ReturnType<typeof diagnose> {
  const key = `${name} ${JSON.stringify(settings)}`;
  const diagnosis = diagnoses.get(key) ?? trainAndDiagnose(name, settings);
  diagnoses.set(key, diagnosis);
  return diagnosis;
}

async function trainAndDiagnose(name: string, settings: EnvironmentSettings): ReturnType<typeof diagnose> {
  const faultCase = CASES.find((each) => each.name === name);
  if (faultCase === undefined) throw new Error(`no case ${name}`);
  const run = join(temporaryFolder(), "run");
  await trainCase(faultCase, "planar2-reach", 1, run, settings);
  return diagnose(readRunRecord(run));
}

/** The cause that a case injects. */
export function causeOf(name: string): string | undefined {
  return CASES.find((each) => each.name === name)?.cause;
}
