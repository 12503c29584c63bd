/** @file From what a person typed after `steadyarm bench` to a sweep, its shard and its numbers. */

import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { builtInSuite, SUITE_NAMES } from "../experiments/sweep/suites.ts";
import { parseSeeds, parseSweep, type SweepSpec } from "../experiments/sweep/sweep-spec.ts";
import { InputError, refuse, suggest } from "../shared/errors.ts";
import { readSettingsFile } from "./settings-file.ts";

/** Jobs of a whole that is worked on in parts. */
export interface Shard {
  /** From 1. */
  readonly part: number;
  readonly of: number;
}

const MOST_SHARDS = 100_000;

/**
 * A built-in suite by name, or a sweep from a file.
 *
 * @param seeds replaces the sweep's own, where given
 * @throws InputError if there is neither, or the file is no sweep
 */
export function readSweep(named: string, seeds: string | undefined): SweepSpec {
  const sweep = builtInSuite(named) ?? readSweepFile(named);
  return seeds === undefined ? sweep : { ...sweep, seeds: parseSeeds(seeds, "--seeds") };
}

function readSweepFile(path: string): SweepSpec {
  const isPath = path === "-" || /[./\\]/.test(path) || existsSync(path);
  if (!isPath) {
    throw new InputError(
      `${path}: no suite is called that, and no file. ${suggest(path, SUITE_NAMES)}, or name a YAML or JSON file (docs/benchmarks.md)`,
    );
  }
  return parseSweep(readSettingsFile(path), path, path === "-" ? "sweep" : basename(path, extname(path)));
}

/** Reads `2/8`. Throws InputError if there is no such part. */
export function parseShard(text: string): Shard {
  const found = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [part, of] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || of < 1 || of > MOST_SHARDS || part < 1 || part > of) {
    throw refuse("--shard", "a part and how many there are, such as 1/8 to 8/8", text);
  }
  return { part, of };
}
