/** @file Checks, before anything is changed, that a run can be resumed: its checkpoints are there and made with its settings. */

import { join } from "node:path";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { InputError, refuse, show, unquoted } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { NewerSchema } from "../storage/checked-json.ts";
import { checkpointPath, listCheckpoints } from "../storage/checkpoint-folder.ts";
import { readIndex } from "../storage/checkpoint-index.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { isManifest, MANIFEST_FILE, type Manifest, readManifest } from "../storage/manifest.ts";
import { policySteps } from "../storage/policy-folder.ts";
import { readRegularFile } from "../storage/regular-file.ts";
import { statPath } from "../storage/stat-path.ts";
import { parseJson } from "../storage/strict-json.ts";

/** Differing settings that the error lists. */
const MAX_LISTED = 5;

/**
 * Returns the manifest of a run that is to be resumed.
 *
 * @throws InputError of one line if it is damaged, or naming the settings that were changed since the run was trained
 */
export function readManifestToResume(run: string): Manifest {
  const trained = newestCheckpointConfig(join(run, "checkpoints"));
  let manifest: Manifest;
  try {
    manifest = readManifest(run);
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof NewerSchema) throw error;
    const edited = editedConfig(run);
    if (edited !== undefined && trained !== undefined) refuseOtherSettings(run, edited, trained);
    const rest = edited === undefined ? `Restore it from a copy. ${intactPolicies(run)}` : remedy(run);
    throw new InputError(`${error.message}. ${rest}`);
  }
  // `--resume --steps` raises the steps in the manifest.
  const { steps } = manifest.config.train;
  if (trained !== undefined)
    refuseOtherSettings(run, manifest.config, { ...trained, train: { ...trained.train, steps } });
  return manifest;
}

/** Throws InputError if a run was trained, but its checkpoints are gone: resuming would start over. */
export function checkHasCheckpoint(run: string): void {
  const checkpoints = join(run, "checkpoints");
  if (listCheckpoints(checkpoints).length > 0) return;
  const metrics = statPath(join(run, JSONL_FILE))?.size ?? 0;
  // A run killed before its first checkpoint has no evaluation, and at most the policy of step 0.
  if (metrics === 0 && !policySteps(run).some((step) => step > 0)) return;
  throw refuse(checkpoints, "a checkpoint to resume", unquoted("none"), remedy(run));
}

function remedy(run: string): string {
  return `Restore it from a copy, or train again: steadyarm train --config ${join(run, MANIFEST_FILE)} --out <new folder>. ${intactPolicies(run)}`;
}

function intactPolicies(run: string): string {
  return `Its policies can be used: steadyarm eval ${run}`;
}

/** Throws InputError if settings differ from those of the checkpoint. */
function refuseOtherSettings(run: string, found: RunConfig, trained: RunConfig): void {
  const changes = differences(found, trained, "");
  if (changes.length === 0) return;
  const listed = changes.slice(0, MAX_LISTED);
  if (changes.length > listed.length) listed.push(`${changes.length - listed.length} more`);
  const path = join(run, MANIFEST_FILE);
  throw new InputError(
    `${path}: expected the settings of the checkpoints, got ${listed.join(", ")}. Undo the change to resume; to train with it: steadyarm train --config ${path} --out <new folder>`,
  );
}

/** Lists differing settings: `agent.tau 0.5 instead of 0.02`. */
function differences(found: unknown, trained: unknown, path: string): string[] {
  if (isRecord(found) && isRecord(trained)) {
    const keys = [...new Set([...Object.keys(found), ...Object.keys(trained)])];
    return keys.flatMap((key) => differences(found[key], trained[key], path === "" ? key : `${path}.${key}`));
  }
  const [got, expected] = [show(found), show(trained)];
  return JSON.stringify(found) === JSON.stringify(trained) ? [] : [`${path} ${got} instead of ${expected}`];
}

/** Returns the settings of the newest readable checkpoint; undefined without one, or if it has none. */
function newestCheckpointConfig(checkpoints: string): RunConfig | undefined {
  for (const step of listCheckpoints(checkpoints).toReversed()) {
    const path = checkpointPath(checkpoints, step);
    try {
      const { config } = readIndex(path).state;
      return config === undefined ? undefined : parseConfig(config, path);
    } catch (error) {
      // Loading the checkpoint reports it.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

/** Returns the settings of a manifest whose checksum does not match; undefined if they are not valid. */
function editedConfig(run: string): RunConfig | undefined {
  const path = join(run, MANIFEST_FILE);
  try {
    const value = parseJson(readRegularFile(path), path);
    return isRecord(value) && isManifest(value) ? parseConfig(value["config"], path) : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
