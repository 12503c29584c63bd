/** @file The command-line arguments of `bench/peers.ts`. */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { InputError, refuse, suggest } from "../../shared/errors.ts";

export const PARTS = ["update", "env", "train"] as const;
export type Part = (typeof PARTS)[number];

interface PeersArguments {
  /** Path of a Python interpreter with the packages of requirements.txt. */
  readonly python: string;
  readonly parts: readonly Part[];
  /** Undefined for each part's default. */
  readonly rounds: number | undefined;
  /** `train.collectors` of our training on two cores. */
  readonly collectors: number;
  readonly json: boolean;
}

export const INSTALL = "python3 -m venv peers && peers/bin/pip install -r bench/peers/requirements.txt";

/** Parses the words after the script's name. Throws InputError. */
export function peersArguments(words: readonly string[]): PeersArguments {
  const { python, rounds, collectors, only, json } = parse(words);
  if (python === undefined) {
    throw new InputError(`--python: expected a Python with the peers, got nothing. Install one: ${INSTALL}`);
  }
  const parts = only === undefined ? PARTS : PARTS.filter((part) => part === only);
  if (only !== undefined && parts.length === 0) {
    throw refuse("--only", "update, env or train", only, suggest(only, PARTS));
  }
  return {
    // Processes start in the repository's folder.
    python: python.includes("/") ? resolve(python) : python,
    parts,
    rounds: rounds === undefined ? undefined : count("--rounds", rounds, 1),
    collectors: count("--collectors", collectors, 0),
    json,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        python: { type: "string" },
        rounds: { type: "string" },
        collectors: { type: "string", default: "2" },
        only: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const [message = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InputError(`bench/peers.ts: ${message}`);
  }
}

function count(flag: string, text: string, min: number): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min)) throw refuse(flag, `an integer in [${min}, 999]`, text);
  return value;
}
