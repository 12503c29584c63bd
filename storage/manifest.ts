/** @file manifest.json: configuration and environment of a run, written once at its start; enough to reproduce it. */

import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../agent/engine/engine.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import { refuse } from "../shared/errors.ts";
import { validate } from "../shared/validate.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { Commit, describeMachine, describeVersions, Machine, readCommit } from "./machine.ts";
import { readRegularFile } from "./regular-file.ts";

/** Name of the file in a run folder; a folder with it contains a run. */
export const MANIFEST_FILE = "manifest.json";

const FORMAT = "steadyarm-run";
const MAX_MANIFEST_BYTES = 2 ** 20;

const Facts = z.object({
  seed: z.int().nonnegative(),
  /** Name of the engine that runs the update graph. */
  engine: z.string(),
  /** Version by name: those of describeVersions, and the engine's native libraries. */
  versions: z.record(z.string(), z.string()),
  machine: Machine,
  commit: Commit.nullable(),
  /** Creation time, ISO 8601 in UTC. */
  created: z.iso.datetime(),
  /** Name of the preset that the config started from; absent without one and in runs of older versions. */
  preset: z.string().optional(),
  /** What an arm from a URDF has instead of values that the file lacks, and what it lacks; absent without a URDF. */
  imported: z.object({ assumed: z.array(z.string()), leftOut: z.array(z.string()) }).optional(),
});

export type Manifest = z.infer<typeof Facts> & { readonly config: RunConfig };

/** The manifest of a run that starts now on this machine. */
export function createManifest(
  config: RunConfig,
  { name, libraries }: Pick<Engine, "name" | "libraries">,
  preset?: string,
  imported?: { readonly assumed: readonly string[]; readonly leftOut: readonly string[] },
): Manifest {
  return {
    config,
    seed: config.train.seed,
    engine: name,
    versions: { ...describeVersions(), ...libraries },
    machine: describeMachine(),
    commit: readCommit(import.meta.dirname),
    created: new Date().toISOString(),
    ...(preset === undefined ? {} : { preset }),
    ...(imported === undefined
      ? {}
      : { imported: { assumed: [...imported.assumed], leftOut: [...imported.leftOut] } }),
  };
}

/** Writes a run's manifest. Throws InputError if the disk refuses. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const path = join(folder, MANIFEST_FILE);
  const { config, ...facts } = manifest;
  writeFileAtomically(path, formatChecked({ format: FORMAT, ...facts, config }, path));
}

/**
 * Reads a run's manifest; settings added since the run get their defaults.
 *
 * @throws InputError of one line if there is no run, or the file is damaged, edited, foreign or of a newer steadyarm
 */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  const bytes = readRegularFile(path, MAX_MANIFEST_BYTES);
  const { fields, verify } = parseChecked(bytes, path, "the manifest of a steadyarm run", isManifest);
  const facts = validate(Facts, fields, path);
  const config = parseConfig(fields["config"], path);
  if (config.train.seed !== facts.seed) {
    throw refuse(`${path}: seed`, `${config.train.seed}, as in its config`, facts.seed);
  }
  verify();
  return { ...facts, config };
}

/** Whether parsed JSON is a manifest; its `config` then has the run's settings. */
export function isManifest(value: Readonly<Record<string, unknown>>): boolean {
  return value["format"] === FORMAT;
}
