/** @file manifest.json: what a run is, written once at its start; whoever has it can run it again. */

import { join } from "node:path";
import { z } from "zod";
import { isRecord, parseConfig, type RunConfig } from "../shared/config.ts";
import { InputError, refuse } from "../shared/errors.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { Commit, describeMachine, describeVersions, Machine, readCommit } from "./machine.ts";
import { formatJson, parseJson } from "./strict-json.ts";
import { readWholeFile } from "./whole-file.ts";

/** The file's name in a run's folder; a folder that has it holds a run. */
export const MANIFEST_FILE = "manifest.json";

const FORMAT = "steadyarm-run";
const SCHEMA_VERSION = 1;
const LARGEST_MANIFEST = 2 ** 20;

const Facts = z.object({
  seed: z.int().nonnegative(),
  /** What runs the update graph, as the engine calls itself. */
  engine: z.string(),
  /** Version by name: steadyarm, node and the packages that compute. */
  versions: z.record(z.string(), z.string()),
  machine: Machine,
  commit: Commit.nullable(),
  /** When the run was created, ISO 8601 in UTC. */
  created: z.iso.datetime(),
});

/** All that a run was started with. */
export type Manifest = z.infer<typeof Facts> & { readonly config: RunConfig };

/** The manifest of a run that begins now, on this machine. */
export function beginManifest(config: RunConfig, engine: string): Manifest {
  return {
    config,
    seed: config.train.seed,
    engine,
    versions: describeVersions(),
    machine: describeMachine(),
    commit: readCommit(import.meta.dirname),
    created: new Date().toISOString(),
  };
}

/** Writes a run's manifest. Throws InputError if the disk does not take it. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const path = join(folder, MANIFEST_FILE);
  const { config, ...facts } = manifest;
  const text = formatJson({ format: FORMAT, schemaVersion: SCHEMA_VERSION, ...facts, config }, path);
  writeFileAtomically(path, `${text}\n`);
}

/**
 * Reads a run's manifest; settings that are newer than the run get their defaults.
 *
 * @returns a manifest of the caller's own
 * @throws InputError of one line if there is no run, or if the file is damaged, foreign or of a newer steadyarm
 */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  const value = parseJson(readWholeFile(path, LARGEST_MANIFEST), path);
  if (!isRecord(value) || value["format"] !== FORMAT) {
    throw new InputError(`${path}: this is not the manifest of a steadyarm run`);
  }
  refuseOtherSchema(path, value["schemaVersion"], SCHEMA_VERSION);
  const facts = Facts.safeParse(value);
  if (!facts.success) {
    const at = facts.error.issues[0]?.path ?? [];
    const got = at.reduce<unknown>((node, key) => (isRecord(node) ? node[String(key)] : undefined), value);
    throw refuse(`${path}: ${at.join(".")}`, "what a manifest has there", got);
  }
  const config = parseConfig(value["config"], path);
  if (config.train.seed !== facts.data.seed) {
    throw refuse(`${path}: seed`, `${config.train.seed}, as in its config`, facts.data.seed);
  }
  return { ...facts.data, config };
}

/** Refuses a file of a schema that this steadyarm does not know. */
export function refuseOtherSchema(path: string, found: unknown, known: number): void {
  if (found === known) return;
  const newer = typeof found === "number" && found > known;
  throw refuse(
    `${path}: schemaVersion`,
    `${known}`,
    found,
    newer ? "It was written by a newer steadyarm; upgrade to read it" : "The file is damaged",
  );
}
