/** @file The policy files in a folder, by training step. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statPath } from "../../storage/stat-path.ts";

/** Steps N of the files `step-<N>.safetensors` in a run's or zoo entry's policies, ascending. */
export function policySteps(folder: string): number[] {
  const policies = policiesOf(folder);
  if (!statPath(policies)?.isDirectory()) return [];
  return readdirSync(policies)
    .flatMap((name) => /^step-(0|[1-9]\d{0,14})\.safetensors$/.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The folder's subfolder `policies`, or the folder itself if there is none. */
export function policiesOf(folder: string): string {
  const inside = join(folder, "policies");
  return statPath(inside)?.isDirectory() ? inside : folder;
}
