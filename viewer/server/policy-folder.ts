/** @file The policies in a folder, by the training steps they are of. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statPath } from "../../storage/stat-path.ts";

/** `step-<N>.safetensors` in a run's or a zoo entry's folder, or in its `policies/`, ascending; empty if there are none. */
export function policySteps(folder: string): number[] {
  return stepsIn(policiesOf(folder));
}

/** Where the policies of a folder are. */
export function policiesOf(folder: string): string {
  const inside = join(folder, "policies");
  return statPath(inside)?.isDirectory() ? inside : folder;
}

function stepsIn(folder: string): number[] {
  if (!statPath(folder)?.isDirectory()) return [];
  return readdirSync(folder)
    .flatMap((name) => /^step-(0|[1-9]\d{0,14})\.safetensors$/.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
