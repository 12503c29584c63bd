/** @file Reads a sweep by suite name or file, and parses --shard. */

import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { builtInSuite, SUITE_NAMES } from "../experiments/sweep/suites.ts";
import { parseSeeds, parseSweep, type SweepSpec } from "../experiments/sweep/sweep-spec.ts";
import { refuse, suggest } from "../shared/errors.ts";
import { readSettingsFile } from "./settings-file.ts";

/** Part of a sweep's jobs. */
export interface Shard {
  /** 1-based. */
  readonly part: number;
  readonly of: number;
}

const MAX_SHARDS = 100_000;

/**
 * Returns a built-in suite by name, or reads a sweep from a file.
 *
 * @param seeds replaces the sweep's seeds
 * @throws InputError if there is no such suite or file, or the file is not a valid sweep
 */
export function readSweep(nameOrPath: string, seeds: string | undefined): SweepSpec {
  const sweep = builtInSuite(nameOrPath) ?? readSweepFile(nameOrPath);
  return seeds === undefined ? sweep : { ...sweep, seeds: parseSeeds(seeds, "--seeds") };
}

function readSweepFile(path: string): SweepSpec {
  const isPath = path === "-" || /[./\\]/.test(path) || existsSync(path);
  if (!isPath) {
    throw refuse(
      "sweep",
      "a suite's name, or a YAML or JSON file (docs/benchmarks.md)",
      path,
      suggest(path, SUITE_NAMES),
    );
  }
  return parseSweep(readSettingsFile(path), path, path === "-" ? "sweep" : basename(path, extname(path)));
}

/** Parses `2/8`. Throws InputError if it is invalid. */
export function parseShard(text: string): Shard {
  const found = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [part, of] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || of < 1 || of > MAX_SHARDS || part < 1 || part > of) {
    throw refuse("--shard", "part/parts, such as 1/8 to 8/8", text);
  }
  return { part, of };
}
