/** @file The policy files of a run or zoo entry: `policies/step-<N>.safetensors`, and which of them is its policy. */

import { join } from "node:path";
import { refuse, unquoted } from "../shared/errors.ts";
import { listFolder } from "./list-folder.ts";
import { readManifest } from "./manifest.ts";
import { withZoo } from "./package-root.ts";
import { type RunResult, readResult } from "./run-result.ts";
import { statPath } from "./stat-path.ts";

/**
 * Environment steps N of the policies in a run's or zoo entry's folder, ascending.
 *
 * @throws InputError if the folder cannot be read
 */
export function policySteps(folder: string): number[] {
  const policies = policiesOf(folder);
  if (!statPath(policies)?.isDirectory()) return [];
  return listFolder(policies)
    .flatMap((name) => /^step-(0|[1-9]\d{0,14})\.safetensors$/.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The folder's subfolder `policies`, or the folder itself if there is none. */
export function policiesOf(folder: string): string {
  const inside = join(folder, "policies");
  return statPath(inside)?.isDirectory() ? inside : folder;
}

/** The path of a step's policy. */
export function policyPath(policies: string, step: number): string {
  return join(policies, `step-${step}.safetensors`);
}

/**
 * The step of a run's policy: the one that a complete run has chosen (`train.keepBest`), otherwise the newest.
 *
 * @param read  how the run's result is read
 * @returns undefined if the run has no policy yet
 * @throws InputError as `read` does, by default if the result is damaged
 */
export function chosenStep(
  folder: string,
  read: (folder: string) => RunResult | undefined = readResult,
): number | undefined {
  const steps = policySteps(folder);
  const newest = steps.at(-1);
  const result = read(folder);
  const chosen = result?.policyStep;
  // A complete run may have been continued since.
  if (result === undefined || chosen === undefined || newest !== result.steps) return newest;
  return steps.includes(chosen) ? chosen : newest;
}

/**
 * The path of the policy of a run or zoo entry, `zoo/<name>` for one of the package; a file's own path.
 *
 * @throws InputError if there is no policy
 */
export function chosenPolicy(given: string): string {
  const path = withZoo(given);
  const stat = statPath(path);
  if (stat === undefined)
    throw refuse(path, "the folder of a run, or a policy file", unquoted("nothing there"));
  if (stat.isFile()) return path;
  const step = chosenStep(path);
  if (step === undefined) {
    // Throws a better error if this is not a run.
    readManifest(path);
    throw refuse(join(path, "policies"), "a policy", unquoted("none"), "The run has not saved one yet");
  }
  return policyPath(policiesOf(path), step);
}
